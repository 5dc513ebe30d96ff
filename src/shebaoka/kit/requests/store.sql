-- name: claim
-- The first to come claims the key; a second one waits here until the first has committed or rolled back.
INSERT INTO request_key (request_key, organisation_id, endpoint, digest, claimed_at)
VALUES (:request_key, :organisation_id, :endpoint, :digest, :now)
ON CONFLICT DO NOTHING
RETURNING request_key;

-- name: claimed
-- What was asked and answered under this key.
SELECT digest, status, answer
FROM request_key
WHERE request_key = :request_key AND organisation_id = :organisation_id AND endpoint = :endpoint;

-- name: answered
-- The answer is stored in the transaction that it tells of.
UPDATE request_key SET status = :status, answer = :answer
WHERE request_key = :request_key AND organisation_id = :organisation_id AND endpoint = :endpoint;
