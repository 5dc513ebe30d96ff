-- name: profiles
-- What is told of some outlets.
SELECT institution_id, address_zh, address_en, phone, week FROM outlet WHERE institution_id = ANY(:ids::bigint[]);

-- name: put_profiles
-- What an import tells otherwise than before. Weeks come as one text each, a bar between the days: arrays of arrays must be even.
INSERT INTO outlet (institution_id, address_zh, address_en, phone, week)
SELECT new.institution_id, new.address_zh, new.address_en, new.phone, string_to_array(new.week, '|')
FROM unnest(:ids::bigint[], :addresses_zh::text[], :addresses_en::text[], :phones::text[], :weeks::text[])
     AS new(institution_id, address_zh, address_en, phone, week)
ON CONFLICT (institution_id) DO UPDATE
SET address_zh = excluded.address_zh, address_en = excluded.address_en, phone = excluded.phone, week = excluded.week;

-- name: other_days
-- All days with other hours, to compare an import with.
SELECT institution_id, on_day, hours, reason_zh, reason_en FROM outlet_day;

-- name: other_days_of
-- Days with other hours, of some outlets and of all.
SELECT institution_id, on_day, hours, reason_zh, reason_en
FROM outlet_day
WHERE (institution_id IS NULL OR institution_id = ANY(:ids::bigint[])) AND on_day BETWEEN :first AND :last
ORDER BY on_day, institution_id NULLS LAST;

-- name: drop_other_days
-- The file speaks for all such days: they are written anew.
DELETE FROM outlet_day;

-- name: note_waiting
-- How many wait: the newest note is the only one that tells anybody anything.
INSERT INTO outlet_queue (institution_id, waiting, noted_at, noted_by)
VALUES (:institution_id, :waiting, :now, :noted_by)
ON CONFLICT (institution_id) DO UPDATE
SET waiting = excluded.waiting, noted_at = excluded.noted_at, noted_by = excluded.noted_by;

-- name: waiting
-- How many wait at some outlets, where somebody noted it lately.
SELECT institution_id, waiting, noted_at
FROM outlet_queue
WHERE institution_id = ANY(:ids::bigint[]) AND noted_at > :since;
