-- name: take_turn
-- One process at a time moves parcels by the courier's word: a message and the dispatch it waits for must not miss each other.
SELECT pg_advisory_xact_lock(741041);

-- name: serials
-- Fresh waybill numbers; a gap after a rollback does no harm.
SELECT nextval('waybill_serial') FROM generate_series(1, :count::bigint);

-- name: add_directory
-- Finds a parcel by its waybill; a superseded waybill keeps pointing to it.
INSERT INTO parcel_directory (waybill, person_id, parcel_id)
SELECT waybill, person_id, parcel_id
FROM unnest(:waybills::text[], :people::bigint[], :parcels::bigint[]) AS fresh(waybill, person_id, parcel_id);

-- name: having_parcels
-- Which of these applications have a parcel already; one that came back is sent again as itself, one that was lost is not.
SELECT parcel.application_id
FROM parcel
JOIN unnest(:people::bigint[], :applications::bigint[]) AS wanted(person_id, application_id)
    ON parcel.person_id = wanted.person_id AND parcel.application_id = wanted.application_id
WHERE parcel.status <> :lost;

-- name: manifests
-- Manifests with parcels that the courier has not answered for.
SELECT DISTINCT manifest_id FROM parcel WHERE status = :status AND refused_at IS NULL ORDER BY manifest_id;

-- name: manifest_parcels
-- What is still to be sent of a manifest, with the sealed labels.
SELECT person_id, parcel_id, application_id, waybill, label
FROM parcel
WHERE manifest_id = :manifest_id AND status = :status AND refused_at IS NULL
ORDER BY parcel_id;

-- name: dispatch
-- The courier has taken them. Found by key, never by status (hence the roundabout condition): statistics lag behind.
UPDATE parcel
SET status = :to_status, dispatched_at = :now, updated_at = :now
FROM unnest(:people::bigint[], :parcels::bigint[], :waybills::text[]) AS done(person_id, parcel_id, waybill)
WHERE parcel.person_id = done.person_id AND parcel.parcel_id = done.parcel_id AND parcel.waybill = done.waybill
  AND array_position(ARRAY[:from_status::text], parcel.status) IS NOT NULL AND parcel.refused_at IS NULL
RETURNING parcel.person_id, parcel.parcel_id;

-- name: refuse
-- The courier will not take them; they stay prepared until a person has mended the cause.
UPDATE parcel
SET refused_at = :now, word = done.word, updated_at = :now
FROM unnest(:people::bigint[], :parcels::bigint[], :waybills::text[], :words::bytea[])
    AS done(person_id, parcel_id, waybill, word)
WHERE parcel.person_id = done.person_id AND parcel.parcel_id = done.parcel_id AND parcel.waybill = done.waybill
  AND parcel.status = :status AND parcel.refused_at IS NULL
RETURNING parcel.person_id, parcel.parcel_id;

-- name: send_again
-- A new waybill and a new label; the old waybill's messages no longer move it.
UPDATE parcel
SET status = :to_status, waybill = :waybill, manifest_id = :manifest_id, label = :label, word = NULL,
    refused_at = NULL, dispatched_at = NULL, updated_at = :now
WHERE person_id = :person_id AND parcel_id = :parcel_id AND status = :from_status AND waybill = :old_waybill;

-- name: start_reading
-- The first reading begins at the beginning.
INSERT INTO partner_cursor (partner, position, moved_at) VALUES (:partner, '', :now) ON CONFLICT DO NOTHING;

-- name: position
-- How far the feed was read.
SELECT position FROM partner_cursor WHERE partner = :partner;

-- name: read_on
-- Only from where the page was asked for: of two readers one moves it.
UPDATE partner_cursor SET position = :position, moved_at = :now WHERE partner = :partner AND position = :was;

-- name: known_events
-- Which of these messages have been told before.
SELECT event_id FROM courier_event WHERE event_id = ANY(:events::text[]);

-- name: add_events
-- Each message enters once, with what became of it.
INSERT INTO courier_event (event_id, waybill, kind, occurred_at, sealed, received_at, outcome)
SELECT event_id, waybill, kind, occurred_at, sealed, :now, outcome
FROM unnest(
    :events::text[], :waybills::text[], :kinds::text[], :moments::timestamptz[], :sealed::bytea[], :outcomes::text[]
) AS told(event_id, waybill, kind, occurred_at, sealed, outcome);

-- name: note_outcomes
-- What became of messages.
UPDATE courier_event SET outcome = done.outcome
FROM unnest(:events::text[], :outcomes::text[]) AS done(event_id, outcome)
WHERE courier_event.event_id = done.event_id;

-- name: waiting_events
-- Messages that came before the dispatch of their parcel was known.
SELECT event_id, waybill, kind, occurred_at, sealed FROM courier_event
WHERE waybill = ANY(:waybills::text[]) AND outcome = :waiting;

-- name: find_waybills
-- The parcels of waybills, superseded ones too.
SELECT waybill, person_id, parcel_id FROM parcel_directory WHERE waybill = ANY(:waybills::text[]);

-- name: collect
-- The outlet has handed them over.
UPDATE parcel SET status = :to_status, received_at = :now, updated_at = :now
FROM unnest(:people::bigint[], :parcels::bigint[]) AS done(person_id, parcel_id)
WHERE parcel.person_id = done.person_id AND parcel.parcel_id = done.parcel_id
  AND array_position(ARRAY[:from_status::text], parcel.status) IS NOT NULL;

-- name: parcels
-- Parcels by their keys.
SELECT parcel.person_id, parcel.parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at,
       dispatched_at, received_at, updated_at
FROM parcel
JOIN unnest(:people::bigint[], :parcels::bigint[]) AS wanted(person_id, parcel_id)
    ON parcel.person_id = wanted.person_id AND parcel.parcel_id = wanted.parcel_id;

-- name: word
-- The courier's last word about a parcel, sealed.
SELECT word FROM parcel WHERE person_id = :person_id AND parcel_id = :parcel_id;

-- name: move
-- The one door to a parcel's status by the courier's word; who has moved on meanwhile is missing from the answer.
UPDATE parcel
SET status = :to_status, word = coalesce(due.word, parcel.word),
    received_at = coalesce(parcel.received_at, due.received_at), updated_at = :now
FROM unnest(:people::bigint[], :parcels::bigint[], :were::text[], :words::bytea[], :received::timestamptz[])
    AS due(person_id, parcel_id, was, word, received_at)
WHERE parcel.person_id = due.person_id AND parcel.parcel_id = due.parcel_id AND parcel.status = due.was
RETURNING parcel.person_id, parcel.parcel_id;

-- name: events_of
-- Everything the courier told about these waybills, oldest first.
SELECT event_id, waybill, kind, occurred_at, outcome, sealed
FROM courier_event
WHERE waybill = ANY(:waybills::text[])
ORDER BY occurred_at, event_id;

-- name: exceptions
-- Parcels that a person must look at: refused, returned, failed and not heard of since, silent for too long.
SELECT person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at, dispatched_at,
       received_at, updated_at, word
FROM parcel
WHERE (status = :prepared AND refused_at IS NOT NULL)
   OR status = :returned
   OR (status = ANY(:under_way::text[]) AND updated_at < :silent_since)
ORDER BY updated_at, parcel_id
LIMIT :lines_max;

-- name: strange_events
-- Messages that belong to no parcel, or say what nobody knows, oldest first.
SELECT event_id, waybill, outcome, received_at, sealed
FROM courier_event
WHERE outcome = ANY(:outcomes::text[])
ORDER BY received_at, event_id
LIMIT :lines_max;

-- name: all_at_outlets
-- What waits at any outlet, longest first.
SELECT person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at, dispatched_at,
       received_at, updated_at
FROM parcel
WHERE status = :status
ORDER BY updated_at, parcel_id;

-- name: at_outlet
-- What waits at an outlet, longest first.
SELECT person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at, dispatched_at,
       received_at, updated_at
FROM parcel
WHERE status = :status AND outlet_id = :outlet_id
ORDER BY updated_at, parcel_id
LIMIT :lines_max;

-- name: counts
-- How many parcels stand where.
SELECT status, count(*) FROM parcel GROUP BY status;
