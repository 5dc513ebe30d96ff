-- name: claim
-- The first to come claims a key; a second one waits here until the first has committed or rolled back. In order, as all claim them.
INSERT INTO request_key (request_key, organisation_id, endpoint, digest, claimed_at)
SELECT request_key, organisation_id, endpoint, digest, :now
FROM unnest(:keys::text[], :organisations::bigint[], :endpoints::text[], :digests::bytea[])
     AS asked(request_key, organisation_id, endpoint, digest)
ORDER BY endpoint, organisation_id, request_key
ON CONFLICT DO NOTHING
RETURNING endpoint, organisation_id, request_key;

-- name: claimed
-- What was asked and answered under this key.
SELECT digest, status, answer
FROM request_key
WHERE request_key = :request_key AND organisation_id = :organisation_id AND endpoint = :endpoint;

-- name: answered
-- The answers are stored in the transaction that they tell of. They come as one document: each as text would be escaped letter by letter.
UPDATE request_key AS r SET status = told.status, answer = given.answer
FROM unnest(:keys::text[], :organisations::bigint[], :endpoints::text[], :statuses::smallint[])
     WITH ORDINALITY AS told(request_key, organisation_id, endpoint, status, no)
JOIN jsonb_array_elements(:answers::jsonb) WITH ORDINALITY AS given(answer, no) USING (no)
WHERE r.request_key = told.request_key AND r.organisation_id = told.organisation_id AND r.endpoint = told.endpoint;
