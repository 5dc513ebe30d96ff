-- name: add_key
-- A secret of a system; the first of a name, or one beside it.
INSERT INTO sender_key (paasid, key_id, institution_id, sealed, made_at)
VALUES (:paasid, :key_id, :institution_id, :sealed, :now);

-- name: keys
-- What a system may sign with, and when that ends; whose it is.
SELECT k.key_id, k.sealed, k.good_until, k.institution_id, i.code, i.name_zh
FROM sender_key AS k JOIN institution AS i USING (institution_id)
WHERE k.paasid = :paasid
ORDER BY k.key_id DESC;

-- name: lock_keys
-- One renewal or withdrawal of a name at a time.
SELECT pg_advisory_xact_lock(hashtextextended(:paasid, 741134));

-- name: end_keys
-- All secrets of a name that are good now end at a moment, or earlier where they would have.
UPDATE sender_key SET good_until = LEAST(good_until, :until)
WHERE paasid = :paasid AND (good_until IS NULL OR good_until > :now);

-- name: told
-- Keys as they are listed.
SELECT k.paasid, k.key_id, i.code AS institution, k.made_at, k.good_until
FROM sender_key AS k JOIN institution AS i USING (institution_id)
WHERE :institution_id::bigint IS NULL OR k.institution_id = :institution_id
ORDER BY i.code, k.paasid, k.key_id;

-- name: take_nonces
-- Nonces come: each once. Of two at once one waits and finds it taken; in order, so that no two calls wait for each other.
INSERT INTO sender_nonce (paasid, nonce, expires_at)
SELECT paasid, nonce, :expires_at FROM unnest(:paasids::text[], :nonces::text[]) AS came(paasid, nonce)
ORDER BY paasid, nonce
ON CONFLICT DO NOTHING
RETURNING paasid, nonce;

-- name: forget_nonces
-- Nonces whose time window is over.
DELETE FROM sender_nonce WHERE expires_at <= :now;

-- name: sign_in
-- An operator begins the day's work.
INSERT INTO sender_sign_in (institution_id, sign_no, paasid, operator, signed_in_at, good_until)
VALUES (:institution_id, :sign_no, :paasid, :operator, :now, :good_until);

-- name: signed_in
-- Who signed in with this number, as long as it is good.
SELECT sign_no, operator, signed_in_at, good_until FROM sender_sign_in
WHERE institution_id = :institution_id AND sign_no = :sign_no AND good_until > :now;

-- name: sign_out
-- The work is over.
UPDATE sender_sign_in SET good_until = :now
WHERE institution_id = :institution_id AND sign_no = :sign_no AND good_until > :now;

-- name: forget_sign_ins
-- Sign-ins that have been over for long; who acted is in the audit facts.
DELETE FROM sender_sign_in WHERE institution_id = :institution_id AND good_until <= :horizon;
