-- name: insert
-- A new collection.
INSERT INTO collection (
    collection_id, bank_id, employer_id, status, starts_at, ends_at, place, staff, capacity, set_by, updated_at)
VALUES (
    :collection_id, :bank_id, :employer_id, :status, :starts_at, :ends_at, :place, :staff, :capacity, :set_by, :now);

-- name: lock
-- One collection, if it is this caller's; whoever changes it or its seats takes turns.
SELECT collection_id, bank_id, employer_id, status, starts_at, ends_at, place, staff, capacity, set_by, updated_at
FROM collection
WHERE collection_id = :collection_id AND (:everything OR bank_id = :bank_id)
FOR UPDATE;

-- name: by_id
-- One collection, if it is this caller's to see: the bank's and the employer's.
SELECT collection_id, bank_id, employer_id, status, starts_at, ends_at, place, staff, capacity, set_by, updated_at
FROM collection
WHERE collection_id = :collection_id AND (:everything OR bank_id = :bank_id OR employer_id = :employer_id);

-- name: page
-- A caller's collections, newest first.
SELECT collection_id, bank_id, employer_id, status, starts_at, ends_at, place, staff, capacity, set_by, updated_at
FROM collection
WHERE (:everything OR bank_id = :bank_id OR employer_id = :employer_id) AND collection_id < :before
ORDER BY collection_id DESC
LIMIT :page_size;

-- name: save
-- Another status or another slot; the collection is locked.
UPDATE collection
SET status = :status, starts_at = :starts_at, ends_at = :ends_at, place = :place, staff = :staff, capacity = :capacity,
    updated_at = :now
WHERE collection_id = :collection_id;

-- name: over
-- The next collections that ended before a moment and nobody closed.
SELECT collection_id FROM collection WHERE status = 'planned' AND ends_at < :ended_before
ORDER BY ends_at, collection_id LIMIT :collections_max;

-- name: counts
-- How many seats of collections stand how.
SELECT collection_id, status, count(*) FROM collection_seat
WHERE collection_id = ANY(:collections::bigint[]) GROUP BY collection_id, status;

-- name: newest_seat
-- The last number given in a collection, 0 before the first.
SELECT coalesce(max(seat_no), 0) FROM collection_seat WHERE collection_id = :collection_id;

-- name: seated
-- Who of these is expected somewhere, or has been collected for this very application.
SELECT DISTINCT collection_seat.person_id
FROM collection_seat
JOIN unnest(:people::bigint[], :applications::bigint[]) AS wanted(person_id, application_id)
  ON collection_seat.person_id = wanted.person_id
WHERE collection_seat.status = 'expected'
   OR collection_seat.collection_id = :collection_id
   OR (collection_seat.status = 'done' AND collection_seat.application_id = wanted.application_id);

-- name: seat
-- People who are expected from now on; whoever another bank or clerk has called at this moment is left out.
INSERT INTO collection_seat (person_id, collection_id, application_id, seat_no, status)
SELECT person_id, :collection_id, application_id, seat_no, 'expected'
FROM unnest(:people::bigint[], :applications::bigint[], :seats::integer[]) AS called(person_id, application_id, seat_no)
ORDER BY person_id
ON CONFLICT DO NOTHING
RETURNING person_id;

-- name: seats
-- A page of a collection's seats, by number.
SELECT person_id, collection_id, application_id, seat_no, status, taken, next_outlet_id, noted_at
FROM collection_seat
WHERE collection_id = :collection_id AND seat_no > :after
ORDER BY seat_no
LIMIT :seats_max;

-- name: seats_named
-- Seats of a collection by number.
SELECT person_id, collection_id, application_id, seat_no, status, taken, next_outlet_id, noted_at
FROM collection_seat
WHERE collection_id = :collection_id AND seat_no = ANY(:seats::integer[]);

-- name: expected
-- Who is still expected.
SELECT person_id, collection_id, application_id, seat_no, status, taken, next_outlet_id, noted_at
FROM collection_seat
WHERE collection_id = :collection_id AND status = 'expected'
ORDER BY seat_no;

-- name: note
-- What came of seats, once: only those that are still expected.
UPDATE collection_seat
SET status = noted.status, taken = string_to_array(noted.taken, ' '), next_outlet_id = noted.next_outlet_id,
    noted_by = :noted_by, noted_at = :now
FROM unnest(:people::bigint[], :statuses::text[], :taken::text[], :outlets::bigint[])
     AS noted(person_id, status, taken, next_outlet_id)
WHERE collection_seat.person_id = noted.person_id AND collection_seat.collection_id = :collection_id
  AND collection_seat.status = 'expected'
RETURNING collection_seat.person_id, collection_seat.status;
