-- name: enter
-- A file handed in for the first time; the same content from the same organisation is the same list.
INSERT INTO list_file (list_id, kind, organisation_id, name, digest, sealed, received_at)
VALUES (:list_id, :kind, :organisation_id, :name, :digest, :sealed, :now)
ON CONFLICT (kind, organisation_id, digest) DO NOTHING
RETURNING list_id;

-- name: same
-- The list that has this content already.
SELECT list_id, kind, organisation_id, name, received_at, answered_at, total_rows, accepted_rows, rejected_rows,
       repeated_rows
FROM list_file
WHERE kind = :kind AND organisation_id = :organisation_id AND digest = :digest;

-- name: by_id
-- One list, if it is this caller's to see.
SELECT list_id, kind, organisation_id, name, received_at, answered_at, total_rows, accepted_rows, rejected_rows,
       repeated_rows
FROM list_file
WHERE list_id = :list_id AND (:everything OR organisation_id = :organisation_id);

-- name: page
-- A caller's lists, newest first.
SELECT list_id, kind, organisation_id, name, received_at, answered_at, total_rows, accepted_rows, rejected_rows,
       repeated_rows
FROM list_file
WHERE (:everything OR organisation_id = :organisation_id) AND list_id < :before
ORDER BY list_id DESC
LIMIT :page_size;

-- name: content
-- The sealed file itself.
SELECT sealed FROM list_file WHERE list_id = :list_id;

-- name: answer
-- The answer is given once; whoever took in the same file at the same time gives the same one.
UPDATE list_file
SET answered_at = :now, total_rows = :total_rows, accepted_rows = :accepted_rows, rejected_rows = :rejected_rows,
    repeated_rows = :repeated_rows
WHERE list_id = :list_id AND answered_at IS NULL
RETURNING list_id;

-- name: rejects
-- Why rows of a list did not go through.
SELECT row_no, ordinal, column_name, reason, reason_zh, reason_en, remedy_zh, remedy_en
FROM list_reject
WHERE list_id = :list_id AND (row_no, ordinal) > (:row_no, :ordinal)
ORDER BY row_no, ordinal
LIMIT :lines_max;

-- name: rejects_total
-- How many such lines there are: an answer shows the first of them.
SELECT count(*) FROM list_reject WHERE list_id = :list_id;

-- name: notices
-- The running notices of these pupils at one school.
SELECT person_id, list_id
FROM pupil_notice
WHERE person_id = ANY(:people::bigint[]) AND school_id = :school_id AND apply_by >= :on;

-- name: give_notice
-- New notices; a pupil who has one of the same day keeps it.
INSERT INTO pupil_notice (person_id, school_id, guardian_id, list_id, notified_on, apply_by)
SELECT person_id, :school_id, guardian_id, :list_id, :on, :apply_by
FROM unnest(:people::bigint[], :guardians::bigint[]) AS new(person_id, guardian_id)
ON CONFLICT DO NOTHING
RETURNING person_id;

-- name: notice_of
-- The notices of one person, newest first.
SELECT person_id, school_id, guardian_id, list_id, notified_on, apply_by
FROM pupil_notice
WHERE person_id = :person_id
ORDER BY notified_on DESC;

-- name: totals
-- All rows ever handed in by those who apply; extracts of the register are no applications.
SELECT count(*) AS lists, coalesce(sum(total_rows), 0)::bigint AS total_rows,
       coalesce(sum(accepted_rows), 0)::bigint AS accepted_rows, coalesce(sum(rejected_rows), 0)::bigint AS rejected_rows,
       coalesce(sum(repeated_rows), 0)::bigint AS repeated_rows
FROM list_file
WHERE kind <> :register;
