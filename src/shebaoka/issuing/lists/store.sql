-- name: enter
-- A file handed in for the first time; the same content from the same organisation is the same list.
INSERT INTO list_file (list_id, kind, organisation_id, name, digest, sealed, received_at)
VALUES (:list_id, :kind, :organisation_id, :name, :digest, :sealed, :now)
ON CONFLICT (kind, organisation_id, digest) DO NOTHING
RETURNING list_id;

-- name: same
-- The list that has this content already.
SELECT list_id, kind, organisation_id, name, received_at, answered_at, total_rows, accepted_rows, rejected_rows,
       repeated_rows, refused, rows_read, rows_faulty, rows_twice, rows_checked, sealed IS NOT NULL AS kept
FROM list_file
WHERE kind = :kind AND organisation_id = :organisation_id AND digest = :digest;

-- name: by_id
-- One list, if it is this caller's to see.
SELECT list_id, kind, organisation_id, name, received_at, answered_at, total_rows, accepted_rows, rejected_rows,
       repeated_rows, refused, rows_read, rows_faulty, rows_twice, rows_checked, sealed IS NOT NULL AS kept
FROM list_file
WHERE list_id = :list_id AND (:everything OR organisation_id = :organisation_id);

-- name: page
-- A caller's lists, newest first: all, or the one with a content.
SELECT list_id, kind, organisation_id, name, received_at, answered_at, total_rows, accepted_rows, rejected_rows,
       repeated_rows, refused, rows_read, rows_faulty, rows_twice, rows_checked, sealed IS NOT NULL AS kept
FROM list_file
WHERE (:everything OR organisation_id = :organisation_id) AND list_id < :before
  AND (:digest::bytea IS NULL OR digest = :digest::bytea)
ORDER BY list_id DESC
LIMIT :page_size;

-- name: content
-- The sealed file itself.
SELECT sealed FROM list_file WHERE list_id = :list_id;

-- name: answer
-- The answer is given once; whoever took in the same file at the same time gives the same one.
UPDATE list_file
SET answered_at = :now, total_rows = :total_rows, accepted_rows = :accepted_rows, rejected_rows = :rejected_rows,
    repeated_rows = :repeated_rows, refused = NULL, rows_checked = :rows_checked
WHERE list_id = :list_id AND answered_at IS NULL
RETURNING list_id;

-- name: keep
-- The content of a file that was refused for its structure before: this time it may be read.
UPDATE list_file SET sealed = :sealed WHERE list_id = :list_id AND sealed IS NULL;

-- name: refuse
-- Refused as a whole. Of a file whose structure cannot be read nothing is kept but that it came, and why it was refused.
UPDATE list_file SET refused = :refused, sealed = CASE WHEN :kept THEN sealed END
WHERE list_id = :list_id AND answered_at IS NULL;

-- name: read
-- The first check is done, and the second begins.
UPDATE list_file
SET rows_read = :rows_read, rows_faulty = :rows_faulty, rows_twice = :rows_twice, refused = NULL
WHERE list_id = :list_id AND answered_at IS NULL;

-- name: checked
-- How far the second check is; the last statement of a chunk, so that two who take in the same list do not lock up.
UPDATE list_file SET rows_checked = greatest(rows_checked, :rows_checked::integer) WHERE list_id = :list_id;

-- name: resend
-- Rows that were sent back before: only such as the sender's own lists really sent back, each once, and what it came to.
INSERT INTO list_resent (list_id, row_no, from_list_id, from_row_no, root_list_id, root_row_no, outcome)
SELECT DISTINCT ON (sent.from_list_id, sent.from_row_no)
       :list_id, sent.row_no, sent.from_list_id, sent.from_row_no,
       coalesce(before.root_list_id, sent.from_list_id), coalesce(before.root_row_no, sent.from_row_no), sent.outcome
FROM unnest(:rows::integer[], :lists::bigint[], :list_rows::integer[], :outcomes::text[])
     AS sent(row_no, from_list_id, from_row_no, outcome)
JOIN list_file AS former ON former.list_id = sent.from_list_id AND former.kind = :kind
     AND former.organisation_id = :organisation_id AND former.answered_at IS NOT NULL
LEFT JOIN list_resent AS before ON before.list_id = sent.from_list_id AND before.row_no = sent.from_row_no
WHERE EXISTS (
    SELECT FROM list_reject
    WHERE list_reject.list_id = sent.from_list_id AND list_reject.row_no = sent.from_row_no
      AND list_reject.reason <> ALL(:repeats::text[]))
ORDER BY sent.from_list_id, sent.from_row_no, sent.row_no;

-- name: amends
-- The lists whose failures a list sends again.
SELECT DISTINCT from_list_id FROM list_resent WHERE list_id = :list_id ORDER BY from_list_id;

-- name: amended_by
-- The lists that send a list's failures again.
SELECT DISTINCT list_id FROM list_resent WHERE from_list_id = :list_id ORDER BY list_id;

-- name: mended
-- How many rows of a list that were to be mended have passed since, in whichever later list.
SELECT count(*)
FROM (SELECT DISTINCT row_no FROM list_reject
      WHERE list_id = :list_id AND reason <> ALL(:repeats::text[])) AS failed
LEFT JOIN list_resent AS own ON own.list_id = :list_id AND own.row_no = failed.row_no
WHERE EXISTS (
    SELECT FROM list_resent AS later
    WHERE later.root_list_id = coalesce(own.root_list_id, :list_id)
      AND later.root_row_no = coalesce(own.root_row_no, failed.row_no) AND later.outcome <> 'rejected');

-- name: failed_rows
-- A page of the rows that made no application, each by the first thing that was said of it.
SELECT DISTINCT ON (failed.row_no)
       failed.row_no, failed.reason, failed.reason_zh, failed.reason_en, failed.remedy_zh, failed.remedy_en,
       later.outcome IS NOT NULL AS mended, later.list_id AS later_list_id, later.row_no AS later_row_no
FROM list_reject AS failed
LEFT JOIN list_resent AS own ON own.list_id = failed.list_id AND own.row_no = failed.row_no
LEFT JOIN LATERAL (
    SELECT outcome, list_id, row_no FROM list_resent
    WHERE root_list_id = coalesce(own.root_list_id, :list_id)
      AND root_row_no = coalesce(own.root_row_no, failed.row_no) AND outcome <> 'rejected'
    ORDER BY outcome, list_id LIMIT 1
) AS later ON true
WHERE failed.list_id = :list_id AND failed.row_no > :after
ORDER BY failed.row_no, failed.ordinal
LIMIT :rows_max;

-- name: note_rows
-- Of whom rows speak that made no application.
INSERT INTO list_row (person_id, list_id, row_no)
SELECT person_id, :list_id, row_no
FROM unnest(:people::bigint[], :rows::integer[]) AS noted(person_id, row_no)
ON CONFLICT DO NOTHING;

-- name: people_of_rows
-- Of whom a page of such rows speaks.
SELECT row_no, person_id FROM list_row WHERE list_id = :list_id AND row_no = ANY(:rows::integer[]);

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

-- name: closed_notices
-- Notices whose days are over and that nobody has looked at since, oldest first; they count as looked at now. Of two runs at once the
-- later finds them looked at.
UPDATE pupil_notice
SET looked_on = :today
FROM (
    SELECT person_id, school_id, notified_on FROM pupil_notice WHERE looked_on IS NULL AND apply_by < :today
    ORDER BY apply_by
    LIMIT :people_max
) AS due
WHERE pupil_notice.person_id = due.person_id AND pupil_notice.school_id = due.school_id
  AND pupil_notice.notified_on = due.notified_on AND pupil_notice.looked_on IS NULL
RETURNING pupil_notice.person_id, pupil_notice.school_id, pupil_notice.guardian_id, pupil_notice.list_id,
          pupil_notice.notified_on, pupil_notice.apply_by;

-- name: with_time
-- Which of these pupils have a notice whose days are not over.
SELECT DISTINCT person_id FROM pupil_notice WHERE person_id = ANY(:people::bigint[]) AND apply_by >= :today;

-- name: notice_of
-- The notices of one person, newest first.
SELECT person_id, school_id, guardian_id, list_id, notified_on, apply_by
FROM pupil_notice
WHERE person_id = :person_id
ORDER BY notified_on DESC;

-- name: totals
-- All rows ever handed in by those who apply; extracts of the register are no applications. A row that was sent back and
-- sent again counts once, by the best it came to: the sums count it as often as it was sent, and are put right by row.
WITH sent AS (
    SELECT list_resent.root_list_id, list_resent.root_row_no, list_resent.outcome
    FROM list_resent JOIN list_file ON list_file.list_id = list_resent.list_id
    WHERE list_file.kind <> :register
), best AS (
    SELECT bool_or(outcome = 'accepted') AS accepted, bool_or(outcome = 'repeated') AS repeated
    FROM sent GROUP BY root_list_id, root_row_no
), again AS (
    SELECT count(*) AS rows, count(*) FILTER (WHERE outcome = 'accepted') AS accepted,
           count(*) FILTER (WHERE outcome = 'rejected') AS rejected, count(*) FILTER (WHERE outcome = 'repeated') AS repeated
    FROM sent
), final AS (
    SELECT count(*) FILTER (WHERE accepted) AS accepted, count(*) FILTER (WHERE repeated AND NOT accepted) AS repeated
    FROM best
)
SELECT count(*) AS lists,
       (coalesce(sum(total_rows), 0) - (SELECT rows FROM again))::bigint AS total_rows,
       (coalesce(sum(accepted_rows), 0) - (SELECT accepted FROM again) + (SELECT accepted FROM final))::bigint AS accepted_rows,
       (coalesce(sum(rejected_rows), 0) - (SELECT rejected FROM again)
        - (SELECT accepted + repeated FROM final))::bigint AS rejected_rows,
       (coalesce(sum(repeated_rows), 0) - (SELECT repeated FROM again) + (SELECT repeated FROM final))::bigint AS repeated_rows
FROM list_file
WHERE kind <> :register;
