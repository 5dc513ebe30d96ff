-- name: add_staff
-- A new member of staff; nothing when the login is taken.
INSERT INTO staff (staff_id, institution_id, login, name, role, password_hash, password_temporary)
VALUES (:staff_id, :institution_id, :login, :name, :role, :password_hash, :temporary)
ON CONFLICT (login) DO NOTHING;

-- name: staff
-- Members of staff in the order of their logins, after one, as many as wanted: all, or of an institution, of a role, whose
-- login holds some text.
SELECT staff_id, institution_id, login, name, role, active
FROM staff
WHERE (:institution_id::bigint IS NULL OR institution_id = :institution_id)
  AND (:role::text IS NULL OR role = :role)
  AND (:text::text IS NULL OR position(:text IN login) > 0)
  AND login > :after
ORDER BY login
LIMIT :staff_max;

-- name: staff_by_ids
-- Some members of staff.
SELECT staff_id, institution_id, login, name, role, active FROM staff WHERE staff_id = ANY(:staff_ids::bigint[]);

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
SELECT staff_id::text AS name, institution_id, role, password_hash AS secret_hash, active, password_temporary AS temporary
FROM staff
WHERE login = :login;

-- name: set_password
-- A new password for somebody who is active.
UPDATE staff SET password_hash = :password_hash, password_temporary = :temporary WHERE staff_id = :staff_id AND active;

-- name: deactivate_staff
-- The account is closed.
UPDATE staff SET active = false WHERE staff_id = :staff_id AND active;

-- name: reactivate_staff
-- The account is open again, with another password.
UPDATE staff SET active = true, password_hash = :password_hash, password_temporary = true WHERE staff_id = :staff_id AND NOT active;

-- name: set_role
-- Another role for somebody who is active.
UPDATE staff SET role = :role WHERE staff_id = :staff_id AND active;

-- name: take_administrators_turn
-- Changes of who is an administrator come one after the other. On its own: a statement that waits here and counts would count
-- what was there before it waited.
SELECT pg_advisory_xact_lock(741021);

-- name: administrators
-- How many administrators there are.
SELECT count(*) FROM staff WHERE role = 'administrator' AND active;

-- name: start_session
-- Somebody logged in, unless the account was closed or its password changed since it was checked.
INSERT INTO staff_session (token_digest, staff_id, started_at, seen_at, source, device)
SELECT :digest, staff_id, :now, :now, :source, :device
FROM staff
WHERE staff_id = :staff_id AND active AND password_hash = :secret_hash;

-- name: sessions
-- Sessions that are good, newest first, of everybody or of one, before one, as many as wanted.
SELECT session_id, staff_id, started_at, seen_at, source, device, token_digest
FROM staff_session
WHERE (:staff_id::bigint IS NULL OR staff_id = :staff_id) AND session_id < :before AND ended_at IS NULL
  AND seen_at > :now::timestamptz - :idle::interval AND started_at > :now::timestamptz - :longest::interval
ORDER BY session_id DESC
LIMIT :sessions_max;

-- name: end_one_session
-- One session is ended, of whomever or of one only, and whose it was.
UPDATE staff_session SET ended_at = :now
WHERE session_id = :session_id AND ended_at IS NULL AND (:staff_id::bigint IS NULL OR staff_id = :staff_id)
RETURNING staff_id;

-- name: end_other_sessions
-- All of somebody's sessions but the one that asks.
UPDATE staff_session SET ended_at = :now WHERE staff_id = :staff_id AND token_digest <> :digest AND ended_at IS NULL;

-- name: add_log_in
-- A password was right, and a further step is needed.
INSERT INTO staff_log_in (ticket_digest, staff_id, source, device, started_at)
VALUES (:digest, :staff_id, :source, :device, :now);

-- name: forget_log_ins
-- Log-ins that nobody finished in time.
DELETE FROM staff_log_in WHERE started_at <= :horizon;

-- name: log_in
-- The log-in of a ticket, held until the step is done.
SELECT staff_id, source, device, started_at, proven
FROM staff_log_in
WHERE ticket_digest = :digest AND started_at > :horizon
FOR UPDATE;

-- name: log_in_proven
-- A code was given.
UPDATE staff_log_in SET proven = true WHERE ticket_digest = :digest;

-- name: end_log_in
-- The log-in is over: a ticket leads to one session.
DELETE FROM staff_log_in WHERE ticket_digest = :digest;

-- name: end_log_ins_of
-- Nobody goes on who began before the account changed.
DELETE FROM staff_log_in WHERE staff_id = :staff_id;

-- name: second_factor
-- Somebody's second factor, held: of two codes at once one waits for the other.
SELECT sealed, pending, confirmed_at FROM staff_second_factor WHERE staff_id = :staff_id FOR UPDATE;

-- name: with_second_factor
-- Which of some members of staff have a second factor that counts.
SELECT staff_id FROM staff_second_factor WHERE staff_id = ANY(:staff_ids::bigint[]) AND sealed IS NOT NULL;

-- name: put_pending
-- A secret to be set up; the one that counts stays until a code of this one was given.
INSERT INTO staff_second_factor (staff_id, pending) VALUES (:staff_id, :pending)
ON CONFLICT (staff_id) DO UPDATE SET pending = EXCLUDED.pending;

-- name: confirm_second_factor
-- The secret that was set up counts, and the code that showed it is used.
UPDATE staff_second_factor SET sealed = pending, pending = NULL, confirmed_at = :now, last_step = :step WHERE staff_id = :staff_id;

-- name: take_step
-- A code is used: neither it nor an older one is taken again.
UPDATE staff_second_factor SET last_step = :step WHERE staff_id = :staff_id AND last_step < :step;

-- name: forget_second_factor
-- The second factor is taken away.
DELETE FROM staff_second_factor WHERE staff_id = :staff_id;

-- name: forget_recovery_codes
-- New ones take their place, or none.
DELETE FROM staff_recovery_code WHERE staff_id = :staff_id;

-- name: add_recovery_codes
-- Codes to recover with.
INSERT INTO staff_recovery_code (staff_id, code_digest) SELECT :staff_id, digest FROM unnest(:digests::bytea[]) AS made(digest);

-- name: use_recovery_code
-- One is used, once.
UPDATE staff_recovery_code SET used_at = :now WHERE staff_id = :staff_id AND code_digest = :digest AND used_at IS NULL;

-- name: recovery_codes_left
-- How many are left.
SELECT count(*) FROM staff_recovery_code WHERE staff_id = :staff_id AND used_at IS NULL;

-- name: forget_failures_of
-- An administrator lets somebody try again at once.
DELETE FROM login_failure WHERE subject = ANY(:subjects::bytea[]);

-- name: use_session
-- Whose session this token is, if it is still good; its use is noted. Staff are asked for apart: a cluster would
-- fetch all of them to join them with this local table.
UPDATE staff_session SET seen_at = greatest(seen_at, :now::timestamptz)
WHERE token_digest = :digest AND ended_at IS NULL
  AND seen_at > :now::timestamptz - :idle::interval AND started_at > :now::timestamptz - :longest::interval
RETURNING staff_id, started_at;

-- name: goes_on
-- Whether a session of staff or a client's token is still good; that is no use of it.
SELECT EXISTS (
    SELECT FROM staff_session
    WHERE token_digest = :digest AND ended_at IS NULL
      AND seen_at > :now::timestamptz - :idle::interval AND started_at > :now::timestamptz - :longest::interval
) OR EXISTS (SELECT FROM client_token WHERE token_digest = :digest AND revoked_at IS NULL AND expires_at > :now);

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
