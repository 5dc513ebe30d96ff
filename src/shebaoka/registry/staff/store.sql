-- name: add_staff
-- A new member of staff; nothing when the login is taken.
INSERT INTO staff (staff_id, institution_id, login, name, role, password_hash)
VALUES (:staff_id, :institution_id, :login, :name, :role, :password_hash)
ON CONFLICT (login) DO NOTHING;

-- name: staff
-- Members of staff, all or of one institution, in the order of their logins.
SELECT staff_id, institution_id, login, name, role, active
FROM staff
WHERE :institution_id::bigint IS NULL OR institution_id = :institution_id
ORDER BY login;

-- name: staff_member
-- One member of staff.
SELECT staff_id, institution_id, login, name, role, active FROM staff WHERE staff_id = :staff_id;

-- name: member_at_work
-- One member of staff, with how ready the institution is, and its bank where it is an outlet: read here and not asked of
-- that room, since one query more for every token would double what the gatekeeper asks.
SELECT staff_id, staff.institution_id, staff.role, staff.active, own.code, own.kind, own.readiness, own.readiness_since,
       own.live_from, bank.institution_id, bank.code, bank.kind, bank.readiness, bank.readiness_since, bank.live_from
FROM staff
JOIN institution AS own ON own.institution_id = staff.institution_id
LEFT JOIN institution AS bank ON bank.institution_id = own.parent_id AND own.kind = 'bank_outlet'
WHERE staff_id = :staff_id;

-- name: staff_account
-- What a password is checked against.
SELECT staff_id::text AS name, institution_id, role, password_hash AS secret_hash, active
FROM staff
WHERE login = :login;

-- name: set_password
-- A new password for somebody who is active.
UPDATE staff SET password_hash = :password_hash WHERE staff_id = :staff_id AND active;

-- name: deactivate_staff
-- The account is closed.
UPDATE staff SET active = false WHERE staff_id = :staff_id AND active;

-- name: administrators
-- How many administrators there are; the lock keeps two first ones from being made at once.
SELECT count(*) FROM (SELECT pg_advisory_xact_lock(741021)) AS turn, staff WHERE role = 'administrator' AND active;

-- name: start_session
-- Somebody logged in, unless the account was closed or its password changed since it was checked.
INSERT INTO staff_session (token_digest, staff_id, started_at, seen_at)
SELECT :digest, staff_id, :now, :now FROM staff WHERE staff_id = :staff_id AND active AND password_hash = :secret_hash;

-- name: use_session
-- Whose session this token is, if it is still good; its use is noted. Staff are asked for apart: a cluster would
-- fetch all of them to join them with this local table.
UPDATE staff_session SET seen_at = greatest(seen_at, :now::timestamptz)
WHERE token_digest = :digest AND ended_at IS NULL
  AND seen_at > :now::timestamptz - :idle::interval AND started_at > :now::timestamptz - :longest::interval
RETURNING staff_id, started_at;

-- name: end_session
-- Logged out.
UPDATE staff_session SET ended_at = :now WHERE token_digest = :digest AND ended_at IS NULL RETURNING staff_id;

-- name: end_sessions_of
-- Everywhere logged out: the password changed or the account was closed.
UPDATE staff_session SET ended_at = :now WHERE staff_id = :staff_id AND ended_at IS NULL;

-- name: start_resident_session
-- A platform vouched for a resident; its identity provider's word counts once.
INSERT INTO resident_session (
    token_digest, resident_id, organisation_id, client, assertion_digest, started_at, seen_at)
VALUES (:digest, :resident_id, :organisation_id, :client, :assertion, :now, :now)
ON CONFLICT (organisation_id, assertion_digest) DO NOTHING;

-- name: use_resident_session
-- Which resident comes with this token, if it is still good; its use is noted.
UPDATE resident_session SET seen_at = greatest(seen_at, :now::timestamptz)
WHERE token_digest = :digest AND ended_at IS NULL
  AND seen_at > :now::timestamptz - :idle::interval AND started_at > :now::timestamptz - :longest::interval
RETURNING resident_id, organisation_id, started_at;

-- name: end_resident_session
-- Logged out.
UPDATE resident_session SET ended_at = :now WHERE token_digest = :digest AND ended_at IS NULL RETURNING resident_id;

-- name: end_resident_sessions_by
-- The client that vouched is closed, or its secret was changed: its word counts no more.
UPDATE resident_session SET ended_at = :now WHERE client = :client AND ended_at IS NULL;

-- name: end_resident_sessions_of
-- Everywhere logged out: a telephone was stolen.
UPDATE resident_session SET ended_at = :now WHERE resident_id = :resident_id AND ended_at IS NULL;

-- name: add_client
-- A new system of an institution; nothing when the name is taken.
INSERT INTO institution_client (client_id, institution_id, secret_hash, role)
VALUES (:client_id, :institution_id, :secret_hash, :role)
ON CONFLICT (client_id) DO NOTHING;

-- name: clients
-- All systems of institutions.
SELECT client_id, institution_id, role, active FROM institution_client ORDER BY client_id;

-- name: client_account
-- What a secret is checked against.
SELECT client_id AS name, institution_id, role, secret_hash, active
FROM institution_client
WHERE client_id = :client_id;

-- name: set_secret
-- A new secret for a client that is active.
UPDATE institution_client SET secret_hash = :secret_hash WHERE client_id = :client_id AND active;

-- name: deactivate_client
-- The client is closed.
UPDATE institution_client SET active = false WHERE client_id = :client_id AND active;

-- name: issue_token
-- A new token, unless the client was closed or its secret changed since it was checked.
INSERT INTO client_token (token_digest, client_id, issued_at, expires_at)
SELECT :digest, client_id, :now, :expires_at
FROM institution_client
WHERE client_id = :client_id AND active AND secret_hash = :secret_hash;

-- name: use_token
-- Who comes with this access token, if it is still good, with how ready the institution and its bank are (member_at_work).
SELECT 'client:' || client_id, institution_client.institution_id, institution_client.role, client_token.expires_at,
       own.code, own.kind, own.readiness, own.readiness_since, own.live_from,
       bank.institution_id, bank.code, bank.kind, bank.readiness, bank.readiness_since, bank.live_from
FROM client_token JOIN institution_client USING (client_id)
JOIN institution AS own ON own.institution_id = institution_client.institution_id
LEFT JOIN institution AS bank ON bank.institution_id = own.parent_id AND own.kind = 'bank_outlet'
WHERE client_token.token_digest = :digest AND client_token.revoked_at IS NULL AND client_token.expires_at > :now
  AND institution_client.active;

-- name: revoke_token
-- Given back before its time.
UPDATE client_token SET revoked_at = :now WHERE token_digest = :digest AND revoked_at IS NULL RETURNING client_id;

-- name: revoke_tokens_of
-- All given back: the secret changed or the client was closed.
UPDATE client_token SET revoked_at = :now WHERE client_id = :client_id AND revoked_at IS NULL AND expires_at > :now;

-- name: take_turn
-- Attempts on one account, and from one source, come one after the other.
SELECT pg_advisory_xact_lock(hashtextextended(encode(:subject::bytea, 'hex'), 741020));

-- name: forget_failures
-- What is too old to count, wherever nobody else is just forgetting it.
DELETE FROM login_failure
USING (
    SELECT subject, attempt_id FROM login_failure WHERE failed_at <= :horizon LIMIT 1000 FOR UPDATE SKIP LOCKED
) AS old
WHERE login_failure.subject = old.subject AND login_failure.attempt_id = old.attempt_id;

-- name: failure_that_blocks
-- The failure that must grow old before the next attempt: the last but so many of a subject.
SELECT failed_at
FROM login_failure
WHERE subject = :subject AND failed_at > :horizon
ORDER BY failed_at DESC
OFFSET :failures_max - 1 LIMIT 1;

-- name: add_attempt
-- An attempt counts as failed until it has succeeded.
INSERT INTO login_failure (subject, attempt_id, failed_at)
SELECT subject, :attempt_id, :now FROM unnest(:subjects::bytea[]) AS attempted(subject);

-- name: attempt_succeeded
-- Only this attempt is taken out: a success of the owner does not give a guesser ten more.
DELETE FROM login_failure
USING unnest(:subjects::bytea[]) AS attempted(subject)
WHERE login_failure.subject = attempted.subject AND attempt_id = :attempt_id;
