-- name: live_of
-- The live applications of these people; at most one each.
SELECT person_id, application_id, channel, status, applied_at, list_id, row_no, card_id
FROM application
WHERE person_id = ANY(:people::bigint[]) AND status NOT IN ('completed', 'rejected', 'withdrawn');

-- name: insert
-- The unique index application_one_live lets one through where channels race, and who lost is told afterwards.
-- In the order of people, so that two lists with the same people wait for each other and do not lock up.
INSERT INTO application (
    person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
    fallback_outlet_id, sealed, guardian_id, list_id, row_no, replacement_reason, bank_rule, instant, applied_at, updated_at)
SELECT
    person_id, application_id, kind, channel, group_code, :status, organisation_id, bank_id, bank_reason,
    fallback_outlet_id, sealed, guardian_id, list_id, row_no, replacement_reason, bank_rule, instant, applied_at, :now::timestamptz
FROM unnest(
    :people::bigint[], :applications::bigint[], :kinds::text[], :channels::text[], :groups::text[],
    :organisations::bigint[], :banks::bigint[], :bank_reasons::text[], :outlets::bigint[], :sealed::bytea[],
    :guardians::bigint[], :lists::bigint[], :row_nos::integer[], :replacements::text[], :bank_rules::text[],
    :instants::boolean[], :applied::timestamptz[]
) AS new(
    person_id, application_id, kind, channel, group_code, organisation_id, bank_id, bank_reason,
    fallback_outlet_id, sealed, guardian_id, list_id, row_no, replacement_reason, bank_rule, instant, applied_at)
ORDER BY person_id
ON CONFLICT (person_id) WHERE status NOT IN ('completed', 'rejected', 'withdrawn') DO NOTHING
RETURNING application_id;

-- name: move
-- The one door to a status; who has meanwhile moved on by another door stays where it is. Found by key, never by status
-- (hence the roundabout condition): statistics lag behind a queue, and where they see one row may be thousands.
UPDATE application
SET status = :to_status,
    reason = due.reason,
    photo_id = CASE WHEN :without_photo THEN NULL ELSE coalesce(due.photo_id, application.photo_id) END,
    card_id = coalesce(due.card_id, application.card_id),
    bank_id = coalesce(:bank_id::bigint, application.bank_id),
    bank_reason = coalesce(:bank_reason::text, application.bank_reason),
    verified_at = coalesce(:verified_at::timestamptz, application.verified_at),
    due_on = coalesce(:due_on::date, application.due_on),
    updated_at = :now,
    version = application.version + 1
FROM unnest(
    :people::bigint[], :applications::bigint[], :reasons::text[], :photos::bigint[], :cards::bigint[]
) AS due(person_id, application_id, reason, photo_id, card_id)
WHERE application.person_id = due.person_id AND application.application_id = due.application_id
  AND array_position(:from_statuses::text[], application.status) IS NOT NULL
RETURNING application.person_id, application.application_id;

-- name: correct_contact
-- Another mobile or address; the status stays as it is.
UPDATE application SET sealed = :sealed, updated_at = :now, version = version + 1
WHERE person_id = :person_id AND application_id = :application_id AND status = ANY(:statuses::text[]);

-- name: lock
-- Whoever looks at an application before changing it comes alone: fetching, ordering and other counters wait.
-- Found by the whole key, so that a cluster asks one machine: it locks nothing on many.
SELECT person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
       fallback_outlet_id, guardian_id, photo_id, list_id, row_no, applied_at, verified_at, due_on, reason,
       card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
WHERE person_id = :person_id AND application_id = :application_id
  AND (:everything OR organisation_id = ANY(:organisations::bigint[]) OR bank_id = :bank_id
       OR fallback_outlet_id = :outlet_id OR person_id = ANY(:reach::bigint[]))
FOR UPDATE;

-- name: swap_photo
-- Another photo takes the place of one that was wrong; the status stays as it is.
UPDATE application SET photo_id = :photo_id, updated_at = :now, version = version + 1
WHERE person_id = :person_id AND application_id = :application_id AND status = ANY(:statuses::text[]);

-- name: set_outlet
-- Another fallback outlet; the status stays as it is.
UPDATE application SET fallback_outlet_id = :outlet_id, updated_at = :now, version = version + 1
WHERE person_id = :person_id AND application_id = :application_id AND status = ANY(:statuses::text[])
  AND fallback_outlet_id <> :outlet_id;

-- name: of_card
-- The applications whose new cards were opened and which are not complete yet; found by key, as in `move`.
SELECT application.person_id, application.application_id
FROM application
JOIN unnest(:people::bigint[], :cards::bigint[]) AS opened(person_id, card_id)
  ON application.person_id = opened.person_id AND application.card_id = opened.card_id
WHERE array_position(:from_statuses::text[], application.status) IS NOT NULL;

-- name: with_cards
-- What people's cards were applied for by; an application whose card was made once more has the newest.
SELECT person_id, application_id, card_id
FROM application
WHERE person_id = ANY (:people::bigint[]) AND card_id IS NOT NULL;

-- name: end_when_made
-- A card that is being made comes back first; then the application ends, for its holder is entitled no more.
UPDATE application SET ends_because = :why, updated_at = :now, version = version + 1
WHERE person_id = :person_id AND application_id = :application_id AND status = :in_production;

-- name: send_on
-- A card that was to be made at the counter is made by production after all; while no blank is out for it.
UPDATE application SET instant = false, updated_at = :now, version = version + 1
WHERE person_id = :person_id AND application_id = :application_id AND instant AND status = ANY(:statuses::text[]);

-- name: ending
-- Which of these applications end now that the bureau has answered.
SELECT application.person_id, application.application_id
FROM application
JOIN unnest(:people::bigint[], :applications::bigint[]) AS wanted(person_id, application_id)
  ON application.person_id = wanted.person_id AND application.application_id = wanted.application_id
WHERE application.ends_because IS NOT NULL;

-- name: waiting
-- The next people in one status, oldest application first; those that stay behind are not met twice in a run. Cards
-- that are made at a counter go their own way: no step of the chain takes them.
SELECT person_id, application_id, bank_id
FROM application
WHERE status = :status AND application_id > :after AND NOT instant
ORDER BY application_id
LIMIT :people_max;

-- name: by_id
-- One application, if it is this caller's to see.
SELECT person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
       fallback_outlet_id, guardian_id, photo_id, list_id, row_no, applied_at, verified_at, due_on, reason,
       card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
WHERE application_id = :application_id
  AND (:everything OR organisation_id = ANY(:organisations::bigint[]) OR bank_id = :bank_id
       OR fallback_outlet_id = :outlet_id OR person_id = ANY(:reach::bigint[]));

-- name: by_keys
-- Many applications at once, for the steps that follow.
SELECT application.person_id, application.application_id, kind, channel, group_code, status, organisation_id,
       bank_id, bank_reason, fallback_outlet_id, guardian_id, photo_id, list_id, row_no, applied_at, verified_at,
       due_on, reason, card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
JOIN unnest(:people::bigint[], :applications::bigint[]) AS wanted(person_id, application_id)
  ON application.person_id = wanted.person_id AND application.application_id = wanted.application_id;

-- name: those_in
-- Those of many applications that have come to one of these statuses: whoever waits for a few need not read all.
SELECT application.person_id, application.application_id, kind, channel, group_code, status, organisation_id,
       bank_id, bank_reason, fallback_outlet_id, guardian_id, photo_id, list_id, row_no, applied_at, verified_at,
       due_on, reason, card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
JOIN unnest(:people::bigint[], :applications::bigint[]) AS wanted(person_id, application_id)
  ON application.person_id = wanted.person_id AND application.application_id = wanted.application_id
WHERE status = ANY(:statuses::text[]);

-- name: contacts
-- The sealed contacts of these applications.
SELECT application.application_id, application.sealed
FROM application
JOIN unnest(:people::bigint[], :applications::bigint[]) AS wanted(person_id, application_id)
  ON application.person_id = wanted.person_id AND application.application_id = wanted.application_id;

-- name: newest_contacts
-- What each of these people last applied with: who acted, and the sealed contact.
SELECT DISTINCT ON (person_id) person_id, application_id, guardian_id, sealed
FROM application
WHERE person_id = ANY(:people::bigint[])
ORDER BY person_id, application_id DESC;

-- name: cards_of
-- The cards that were made for these applications.
SELECT application.person_id, application.card_id
FROM application
JOIN unnest(:people::bigint[], :applications::bigint[]) AS wanted(person_id, application_id)
  ON application.person_id = wanted.person_id AND application.application_id = wanted.application_id
WHERE application.card_id IS NOT NULL;

-- name: of_person
-- Everything one person ever applied for, newest first.
SELECT person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
       fallback_outlet_id, guardian_id, photo_id, list_id, row_no, applied_at, verified_at, due_on, reason,
       card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
WHERE person_id = :person_id
  AND (:everything OR organisation_id = ANY(:organisations::bigint[]) OR bank_id = :bank_id
       OR fallback_outlet_id = :outlet_id OR person_id = ANY(:reach::bigint[]))
ORDER BY application_id DESC;

-- name: timeline
-- What happened to one person's applications, as the audit facts tell it.
SELECT at, action, subject, actor, organisation_id
FROM audit_fact
WHERE person_id = :person_id AND action LIKE :pattern AND subject = ANY(:subjects::text[])
ORDER BY fact_id;

-- name: page
-- One page of a caller's applications, newest first.
SELECT person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
       fallback_outlet_id, guardian_id, photo_id, list_id, row_no, applied_at, verified_at, due_on, reason,
       card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
WHERE (:everything OR organisation_id = ANY(:organisations::bigint[]) OR bank_id = :bank_id
       OR fallback_outlet_id = :outlet_id OR person_id = ANY(:reach::bigint[]))
  AND (:status::text IS NULL OR status = :status)
  AND application_id < :before
ORDER BY application_id DESC
LIMIT :page_size;

-- name: overdue
-- Verified longer ago than promised and the card not made yet, most overdue first.
SELECT person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
       fallback_outlet_id, guardian_id, photo_id, list_id, row_no, applied_at, verified_at, due_on, reason,
       card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
WHERE due_on < :on
  AND status IN ('verified', 'needs_photo', 'photo_ready', 'account_opened', 'bank_refused', 'in_production')
  AND (:everything OR organisation_id = ANY(:organisations::bigint[]) OR bank_id = :bank_id
       OR fallback_outlet_id = :outlet_id OR person_id = ANY(:reach::bigint[]))
ORDER BY due_on, application_id
LIMIT :page_size;

-- name: counts
-- How many applications by where they came in, whose they are, which bank and how far.
SELECT channel, group_code, bank_id, status, count(*) AS applications
FROM application
GROUP BY channel, group_code, bank_id, status;

-- name: rows_of_list
-- The rows of a list that have become applications already.
SELECT row_no FROM application WHERE list_id = :list_id;

-- name: of_list
-- A page of the applications that rows of a list became, in the order of its rows.
SELECT person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
       fallback_outlet_id, guardian_id, photo_id, list_id, row_no, applied_at, verified_at, due_on, reason,
       card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
WHERE list_id = :list_id AND row_no > :after
ORDER BY row_no
LIMIT :rows_max;

-- name: of_list_rows
-- The applications that single rows of lists became.
SELECT person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
       fallback_outlet_id, guardian_id, photo_id, application.list_id, application.row_no, applied_at, verified_at, due_on,
       reason, card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
JOIN unnest(:lists::bigint[], :rows::integer[]) AS wanted(list_id, row_no)
  ON application.list_id = wanted.list_id AND application.row_no = wanted.row_no;

-- name: newest_through
-- What each of these people last applied for through one organisation.
SELECT DISTINCT ON (person_id)
       person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
       fallback_outlet_id, guardian_id, photo_id, list_id, row_no, applied_at, verified_at, due_on, reason,
       card_id, replacement_reason, bank_rule, instant, updated_at, version
FROM application
WHERE person_id = ANY(:people::bigint[]) AND organisation_id = :organisation_id
ORDER BY person_id, application_id DESC;

-- name: counts_of_list
-- How far the applications of a list are.
SELECT status, count(*) FROM application WHERE list_id = :list_id GROUP BY status;

-- name: of_staff
-- An employer's applications with one bank whose cards are still to be brought: all, those of a list, or those named.
SELECT person_id, application_id
FROM application
WHERE organisation_id = :employer_id AND channel = 'employer' AND bank_id = :bank_id AND status = ANY(:statuses::text[])
  AND (:list_id::bigint IS NULL OR list_id = :list_id)
  AND (:numbers::bigint[] IS NULL OR application_id = ANY(:numbers::bigint[]))
ORDER BY list_id, row_no, application_id;

-- name: live_with_bank
-- How many live applications an employer has made with a bank.
SELECT count(*)
FROM application
WHERE organisation_id = :employer_id AND channel = 'employer' AND bank_id = :bank_id
  AND status NOT IN ('completed', 'rejected', 'withdrawn');
