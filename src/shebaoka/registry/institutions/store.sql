-- name: take_turn
-- One import at a time: two would give one code two identifiers.
SELECT pg_advisory_xact_lock(741010);

-- name: districts
-- All districts.
SELECT district_code, name_zh, name_en FROM district ORDER BY district_code;

-- name: put_districts
-- New and renamed districts; rows that say what is stored are not touched.
INSERT INTO district (district_code, name_zh, name_en)
SELECT * FROM unnest(:codes::text[], :names_zh::text[], :names_en::text[])
ON CONFLICT (district_code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en;

-- name: all
-- Every institution, to compare an import with.
SELECT institution_id, code, kind, name_zh, name_en, parent_id, district_code, uscc, elsewhere, live_from,
       readiness, instant
FROM institution;

-- name: by_codes
-- Institutions by their own codes.
SELECT institution_id, code, kind, name_zh, name_en, parent_id, district_code, uscc, elsewhere, live_from,
       readiness, instant
FROM institution
WHERE code = ANY(:codes::text[]);

-- name: by_usccs
-- Institutions by their unified social credit codes.
SELECT institution_id, code, kind, name_zh, name_en, parent_id, district_code, uscc, elsewhere, live_from,
       readiness, instant
FROM institution
WHERE uscc = ANY(:usccs::text[]);

-- name: by_ids
-- Institutions by our identifiers.
SELECT institution_id, code, kind, name_zh, name_en, parent_id, district_code, uscc, elsewhere, live_from,
       readiness, instant
FROM institution
WHERE institution_id = ANY(:ids::bigint[]);

-- name: of_kinds
-- All institutions of some kinds, in the order of their codes.
SELECT institution_id, code, kind, name_zh, name_en, parent_id, district_code, uscc, elsewhere, live_from,
       readiness, instant
FROM institution
WHERE kind = ANY(:kinds::text[])
ORDER BY code;

-- name: in_district
-- All institutions of some kinds in a district, in the order of their codes.
SELECT institution_id, code, kind, name_zh, name_en, parent_id, district_code, uscc, elsewhere, live_from,
       readiness, instant
FROM institution
WHERE kind = ANY(:kinds::text[]) AND district_code = :district
ORDER BY code;

-- name: page_of_kind
-- A page of one kind: a large city has employers by the hundred thousand.
SELECT institution_id, code, kind, name_zh, name_en, parent_id, district_code, uscc, elsewhere, live_from,
       readiness, instant
FROM institution
WHERE kind = :kind AND code > :after AND (instant OR NOT :instant::boolean)
ORDER BY code
LIMIT :limit;

-- name: release_usccs
-- Codes that are about to move between institutions are let go first: each belongs to one at any moment.
UPDATE institution SET uscc = NULL
WHERE institution_id = ANY(:ids::bigint[]) AND uscc IS NOT NULL;

-- name: change
-- Institutions that an import describes otherwise than before. The day of one that has gone live is no list's to change.
UPDATE institution
SET kind = new.kind, name_zh = new.name_zh, name_en = new.name_en, parent_id = new.parent_id,
    district_code = new.district_code, uscc = new.uscc, elsewhere = new.elsewhere,
    live_from = CASE WHEN institution.readiness IN ('live', 'suspended') THEN institution.live_from ELSE new.live_from END,
    instant = new.instant
FROM unnest(:ids::bigint[], :kinds::text[], :names_zh::text[], :names_en::text[], :parents::bigint[],
            :districts::text[], :usccs::text[], :elsewhere::boolean[], :live_from::date[], :instant::boolean[])
     AS new(institution_id, kind, name_zh, name_en, parent_id, district_code, uscc, elsewhere, live_from, instant)
WHERE institution.institution_id = new.institution_id;

-- name: payroll_banks
-- The payroll banks of some employers, by rank.
SELECT employer_id, rank, bank_id, bank_name, chosen
FROM payroll_bank
WHERE employer_id = ANY(:employers::bigint[])
ORDER BY employer_id, rank;

-- name: chosen_by
-- Who chose the bank of each of some employers, so that a rewritten row keeps it.
SELECT employer_id, chosen_by FROM payroll_bank WHERE employer_id = ANY(:employers::bigint[]) AND chosen;

-- name: drop_payroll_banks
-- The rows that are about to be written anew.
DELETE FROM payroll_bank WHERE employer_id = ANY(:employers::bigint[]);

-- name: lock_employer
-- One choice at a time for one employer.
SELECT institution_id FROM institution WHERE institution_id = :employer_id AND kind = 'employer' FOR UPDATE;

-- name: ready
-- How ready some institutions are, locked: two steps of one come one after the other, parents before children.
SELECT institution_id, code, kind, readiness, readiness_since AS since, live_from
FROM institution
WHERE institution_id = ANY(:ids::bigint[])
ORDER BY institution_id
FOR NO KEY UPDATE;

-- name: readiness
-- How ready one institution is.
SELECT institution_id, code, kind, readiness, readiness_since AS since, live_from
FROM institution
WHERE institution_id = :institution_id;

-- name: move
-- How ready an institution is from now on.
UPDATE institution SET readiness = :readiness, readiness_since = :now, live_from = :live_from
WHERE institution_id = :institution_id;

-- name: take_over
-- Institutions that served before readiness was kept: planned ones with a day.
UPDATE institution SET readiness = 'live', readiness_since = :now
WHERE readiness = 'planned' AND live_from IS NOT NULL
RETURNING institution_id, live_from;

-- name: readiness_counts
-- How many institutions of some kinds are how ready on a day, by district; one whose day is to come is tested only.
SELECT coalesce(district_code, '') AS district_code, kind,
       CASE WHEN readiness = 'live' AND live_from > :on THEN 'tested' ELSE readiness END AS readiness,
       count(*) AS institutions
FROM institution
WHERE kind = ANY(:kinds::text[])
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;

-- name: not_live
-- Institutions of some kinds that do not serve on a day, longest in their status first.
SELECT institution_id, code, kind, readiness, readiness_since AS since, live_from
FROM institution
WHERE kind = ANY(:kinds::text[]) AND (readiness <> 'live' OR live_from > :on)
ORDER BY readiness_since, institution_id
LIMIT :limit;

-- name: note_choice
-- A choice as it was made; the table takes no change.
INSERT INTO payroll_choice (
    choice_id, employer_id, bank_id, former_bank_id, pays_wages, rule_id, why, chosen_by, organisation_id, chosen_at)
VALUES (
    :choice_id, :employer_id, :bank_id, :former_bank_id, :pays_wages, :rule_id, :why, :chosen_by, :organisation_id, :now);

-- name: choices
-- The choices of one employer, newest first: a hundred are more than anybody reads.
SELECT choice_id, bank_id, former_bank_id, pays_wages, rule_id, why, chosen_by, organisation_id, chosen_at
FROM payroll_choice
WHERE employer_id = :employer_id
ORDER BY choice_id DESC
LIMIT 100;
