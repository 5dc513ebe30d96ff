-- name: begin
-- A new session at a counter; the unique index lets a person have one.
INSERT INTO instant_issue (person_id, application_id, outlet_id, status, begun_by, begun_at, updated_at)
VALUES (:person_id, :application_id, :outlet_id, :status, :begun_by, :now, :now);

-- name: of_outlet
-- One session of an outlet; another outlet's is not found.
SELECT person_id, application_id, outlet_id, status, attempt, card_number, card_id, issued_on, expires_on, begun_by,
       begun_at, updated_at, handed_over_at, reason, chip_reset, chip_code, chip_digest, chip_keys
FROM instant_issue
WHERE application_id = :application_id AND outlet_id = :outlet_id;

-- name: lock
-- One session, which nobody else takes a step of until the transaction ends.
SELECT person_id, application_id, outlet_id, status, attempt, card_number, card_id, issued_on, expires_on, begun_by,
       begun_at, updated_at, handed_over_at, reason, chip_reset, chip_code, chip_digest, chip_keys
FROM instant_issue
WHERE person_id = :person_id AND application_id = :application_id
FOR UPDATE;

-- name: save
-- A session as a step leaves it; its row is locked.
UPDATE instant_issue
SET status = :status, attempt = :attempt, card_number = :card_number, card_id = :card_id, issued_on = :issued_on,
    expires_on = :expires_on, handed_over_at = :handed_over_at, reason = :reason, chip_reset = :chip_reset,
    chip_code = :chip_code, chip_digest = :chip_digest, chip_keys = :chip_keys, updated_at = :now
WHERE person_id = :person_id AND application_id = :application_id;

-- name: live_of_people
-- The sessions of people with which a counter has still to do, in the order of the people.
SELECT person_id, application_id FROM instant_issue
WHERE person_id = ANY (:people::bigint[]) AND status IN ('begun', 'blank_taken', 'made')
ORDER BY person_id, application_id;

-- name: live
-- All sessions with which a counter has still to do; the partial index holds no others.
SELECT person_id, application_id FROM instant_issue
WHERE status IN ('begun', 'blank_taken', 'made') AND application_id > :after
ORDER BY application_id
LIMIT :people_max;

-- name: abandoned
-- How many of them nobody has touched since a moment.
SELECT count(*) FROM instant_issue
WHERE status IN ('begun', 'blank_taken', 'made') AND updated_at < :before;

-- name: listed
-- What an outlet has to do with: live sessions, and cards handed over since a day, longest untouched first.
SELECT person_id, application_id, outlet_id, status, attempt, card_number, card_id, issued_on, expires_on, begun_by,
       begun_at, updated_at, handed_over_at, reason, chip_reset, chip_code, chip_digest, chip_keys
FROM instant_issue
WHERE outlet_id = :outlet_id
  AND (status IN ('begun', 'blank_taken', 'made') OR (status = 'handed_over' AND handed_over_at >= :since))
ORDER BY updated_at, application_id
LIMIT :rows_max;

-- name: at_outlets
-- How many cards are being made from a blank at each outlet, and how many were.
SELECT outlet_id, count(*) FILTER (WHERE status = 'blank_taken') AS being_made, count(card_id) AS made
FROM instant_issue
GROUP BY outlet_id;

-- name: give_chip
-- A chip is given the order of a session's blank, for ever; no row: it was given another one.
INSERT INTO chip_directory (factor, person_id, application_id, attempt, given_by, given_at)
VALUES (:factor, :person_id, :application_id, :attempt, :given_by, :now)
ON CONFLICT (factor) DO NOTHING
RETURNING true;

-- name: note_chip
-- Which chip has the order of the blank that is out; the row is locked.
UPDATE instant_issue
SET chip_reset = :chip_reset, chip_code = :chip_code, chip_digest = :chip_digest, chip_keys = :chip_keys, updated_at = :now
WHERE person_id = :person_id AND application_id = :application_id;
