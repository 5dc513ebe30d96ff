-- name: insert_answers
-- The first answer of a bank about an application stays; told again it changes nothing.
INSERT INTO bank_account (person_id, application_id, bank_id, status, sealed, last4, reason, answered_at)
SELECT person_id, application_id, bank_id, CASE WHEN sealed IS NULL THEN 'refused' ELSE 'open' END, sealed, last4, reason, :now
FROM unnest(:people::bigint[], :applications::bigint[], :banks::bigint[], :sealed::bytea[], :last4s::text[], :reasons::text[])
     AS new(person_id, application_id, bank_id, sealed, last4, reason)
ON CONFLICT (person_id, application_id, bank_id) DO NOTHING
RETURNING person_id, application_id, status;

-- name: of_people
-- All answers about people, without what is sealed.
SELECT person_id, application_id, bank_id, status, last4, reason, answered_at
FROM bank_account
WHERE person_id = ANY (:people::bigint[])
ORDER BY person_id, answered_at, application_id;

-- name: sealed
-- The sealed account numbers of a production file.
SELECT bank_account.application_id, bank_account.sealed
FROM unnest(:people::bigint[], :applications::bigint[], :banks::bigint[]) AS asked(person_id, application_id, bank_id)
JOIN bank_account ON bank_account.person_id = asked.person_id
    AND bank_account.application_id = asked.application_id AND bank_account.bank_id = asked.bank_id
WHERE bank_account.status = 'open';
