-- name: take_turn
-- One dispatcher at a time, so that events of one topic are delivered in their order.
SELECT pg_advisory_xact_lock(741002);

-- name: due
-- The oldest undelivered events whose time has come.
SELECT person_id, event_id, topic, payload, attempts
FROM outbox
WHERE delivered_at IS NULL AND (next_try_at IS NULL OR next_try_at <= :now)
ORDER BY event_id
LIMIT :events_max;

-- name: claim
-- The subscriber takes the events that it has not acted on before.
INSERT INTO event_handled (person_id, event_id, subscriber)
SELECT person_id, event_id, :subscriber FROM unnest(:people::bigint[], :events::bigint[]) AS due(person_id, event_id)
ON CONFLICT DO NOTHING
RETURNING person_id, event_id;

-- name: delivered
-- All subscribers have acted.
UPDATE outbox SET delivered_at = :now
FROM unnest(:people::bigint[], :events::bigint[]) AS done(person_id, event_id)
WHERE outbox.person_id = done.person_id AND outbox.event_id = done.event_id;

-- name: failed
-- Try again later; each failure doubles the wait, up to an hour. Counted in seconds, by functions that a machine
-- of a cluster may run on its own rows: adding an interval depends on the time zone and may not.
UPDATE outbox
SET attempts = attempts + 1, last_error = :error,
    next_try_at = to_timestamp(
        extract(epoch FROM :now::timestamptz)::float8 + least(3600, power(2, least(attempts, 12))))
WHERE person_id = :person_id AND event_id = :event_id;

-- name: waiting
-- How many events wait, and how many of them have failed before.
SELECT count(*) AS waiting, count(*) FILTER (WHERE attempts > 0) AS failing FROM outbox WHERE delivered_at IS NULL;
