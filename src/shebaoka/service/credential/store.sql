-- name: add_ticket
-- A terminal may prove itself to one card.
INSERT INTO card_ticket (ticket_digest, ticket_id, purpose, application_id, actor, organisation_id, role, session, expires_at, factor)
VALUES (:digest, :ticket_id, :purpose, :application_id, :actor, :organisation_id, :role, :session, :expires_at, :factor);

-- name: ticket
-- The ticket that somebody holds.
SELECT ticket_id, purpose, application_id, actor, organisation_id, role, session, expires_at, factor, proofs
FROM card_ticket
WHERE ticket_digest = :digest;

-- name: ticket_now
-- What a ticket that is not good for a proof says of why.
SELECT ticket_id, purpose, application_id, actor, organisation_id, role, session, expires_at, factor, proofs
FROM card_ticket
WHERE ticket_id = :ticket_id;

-- name: use_ticket
-- One more proof, for the card that it was asked for or the first one was for. Of two at once one waits and sees what the other left.
UPDATE card_ticket SET factor = :factor, proofs = proofs + 1
WHERE ticket_id = :ticket_id AND expires_at > :now AND proofs < :proofs_max AND (factor IS NULL OR factor = :factor)
RETURNING proofs;

-- name: add_challenge
-- A card is asked to prove itself.
INSERT INTO card_challenge (challenge_id, actor, organisation_id, challenge, expires_at)
VALUES (:challenge_id, :actor, :organisation_id, :challenge, :expires_at);

-- name: take_challenge
-- A challenge is answered: once, by whoever asked for it. Of two answers at once the second finds it answered.
UPDATE card_challenge SET answered_at = :now
WHERE challenge_id = :challenge_id AND actor = :actor AND organisation_id = :organisation_id AND answered_at IS NULL
RETURNING challenge, expires_at;

-- name: challenge_known
-- Whether somebody asked for a challenge at all.
SELECT true FROM card_challenge
WHERE challenge_id = :challenge_id AND actor = :actor AND organisation_id = :organisation_id;

-- name: note_verdict
-- What the answer showed.
UPDATE card_challenge SET verdict = :verdict, holder_id = :holder_id, card_id = :card_id, good = :good, pin = :pin
WHERE challenge_id = :challenge_id;

-- name: spend_check
-- A card that was checked stands for its holder's consent once, to whoever checked it, soon after.
UPDATE card_challenge SET spent_at = :now
WHERE challenge_id = :challenge_id AND organisation_id = :organisation_id AND spent_at IS NULL
  AND answered_at > :since AND verdict = ANY (:verdicts::text[])
RETURNING holder_id, card_id, pin;

-- name: add_code
-- A holder consents to one request; the code before is good no more. Nothing when somebody else's code is the same.
INSERT INTO identity_code (code_digest, holder_id, given_by, purpose, expires_at)
VALUES (:digest, :holder_id, :given_by, :purpose, :expires_at)
ON CONFLICT (code_digest) DO NOTHING;

-- name: end_code_of
-- The code before.
DELETE FROM identity_code WHERE holder_id = :holder_id;

-- name: meant_by_code
-- Whose code it is or was, whatever it is used for: a request that is refused is shown to its holder too.
SELECT holder_id FROM identity_code WHERE code_digest = :digest;

-- name: meant_by_check
-- Whose card was checked by an organisation.
SELECT holder_id FROM card_challenge
WHERE challenge_id = :challenge_id AND organisation_id = :organisation_id AND holder_id IS NOT NULL;

-- name: spend_code
-- A code is used, once, for what it was given for. Of two at once one finds it used.
UPDATE identity_code SET spent_at = :now
WHERE code_digest = :digest AND purpose = :purpose AND expires_at > :now AND spent_at IS NULL
RETURNING holder_id, given_by;

-- name: register_purpose
-- An institution may ask for a purpose.
INSERT INTO relying_purpose (institution_id, purpose, registered_by, registered_at)
VALUES (:institution_id, :purpose, :actor, :now)
ON CONFLICT DO NOTHING;

-- name: withdraw_purpose
-- It may ask no more.
DELETE FROM relying_purpose WHERE institution_id = :institution_id AND purpose = :purpose;

-- name: registered
-- For which purposes institutions may ask: all, or one.
SELECT institution_id, purpose, registered_by, registered_at
FROM relying_purpose
WHERE :institution_id::bigint IS NULL OR institution_id = :institution_id
ORDER BY institution_id, purpose;

-- name: add_request
-- Somebody asked who somebody is, and was answered, or not.
INSERT INTO identity_request (person_id, request_id, asked_at, organisation_id, actor, purpose, consent, given_by, refused, rule_id, sealed)
VALUES (:person_id, :request_id, :asked_at, :organisation_id, :actor, :purpose, :consent, :given_by, :refused, :rule_id, :sealed);

-- name: request
-- One request of an organisation.
SELECT person_id, request_id, asked_at, organisation_id, purpose, consent, given_by, refused, rule_id, sealed
FROM identity_request
WHERE request_id = :request_id AND organisation_id = :organisation_id;

-- name: requests_about
-- Who asked who somebody is, newest first, before a request.
SELECT person_id, request_id, asked_at, organisation_id, purpose, consent, given_by, refused, rule_id, sealed
FROM identity_request
WHERE person_id = :person_id AND request_id < :before
ORDER BY request_id DESC
LIMIT :requests_max;

-- name: requests_old
-- Requests that are kept no longer.
SELECT person_id, request_id FROM identity_request WHERE asked_at <= :horizon ORDER BY asked_at LIMIT :requests_max;

-- name: forget_requests
-- They go. Found by their keys.
DELETE FROM identity_request
USING unnest(:people::bigint[], :requests::bigint[]) AS old(person_id, request_id)
WHERE identity_request.person_id = old.person_id AND identity_request.request_id = old.request_id;

-- name: forget_tickets
-- Tickets that nobody can use any more.
DELETE FROM card_ticket WHERE expires_at <= :horizon;

-- name: forget_challenges
-- Challenges that nobody can answer any more, nor rest consent on.
DELETE FROM card_challenge WHERE expires_at <= :horizon;

-- name: forget_codes
-- Codes that nobody can use any more.
DELETE FROM identity_code WHERE expires_at <= :horizon;

-- name: see_ecard
-- An electronic card is shown: give who saw it first. Whoever asks at the same moment waits, and is told the same.
INSERT INTO ecard_seen (token_id, organisation_id, seen_at, expires_at)
VALUES (:token_id, :organisation_id, :now, :expires_at)
ON CONFLICT (token_id) DO UPDATE SET seen_at = ecard_seen.seen_at
RETURNING organisation_id;

-- name: forget_ecards
-- Electronic cards that are over.
DELETE FROM ecard_seen WHERE expires_at <= :horizon;

-- name: take_turn
-- Requests of one terminal come one after the other, and so do codes of one holder.
SELECT pg_advisory_xact_lock(hashtextextended(encode(:subject::bytea, 'hex'), 741122));

-- name: failure_that_blocks
-- The failure that must grow old before the next request: the last but so many of one terminal.
SELECT failed_at
FROM identity_failure
WHERE subject = :subject AND failed_at > :horizon
ORDER BY failed_at DESC
OFFSET :failures_max - 1 LIMIT 1;

-- name: add_failure
-- One more that failed.
INSERT INTO identity_failure (subject, attempt_id, failed_at) VALUES (:subject, :attempt_id, :now);

-- name: forget_failures
-- What is too old to count, wherever nobody else is just forgetting it.
DELETE FROM identity_failure
USING (
    SELECT subject, attempt_id FROM identity_failure WHERE failed_at <= :horizon LIMIT 1000 FOR UPDATE SKIP LOCKED
) AS old
WHERE identity_failure.subject = old.subject AND identity_failure.attempt_id = old.attempt_id;
