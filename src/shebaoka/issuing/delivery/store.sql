-- name: take_turn
-- One process at a time moves parcels by the courier's word: a message and the dispatch it waits for must not miss each other.
SELECT pg_advisory_xact_lock(741041);

-- name: serials
-- Fresh waybill numbers; a gap after a rollback does no harm.
SELECT nextval('waybill_serial') FROM generate_series(1, :count::bigint);

-- name: add_directory
-- Finds a parcel by its waybill; a superseded waybill keeps pointing to it.
INSERT INTO parcel_directory (waybill, person_id, parcel_id, manifest_id)
SELECT waybill, person_id, parcel_id, :manifest_id
FROM unnest(:waybills::text[], :people::bigint[], :parcels::bigint[]) AS fresh(waybill, person_id, parcel_id);

-- name: add_manifest
-- Parcels that are handed to the courier together.
INSERT INTO manifest (manifest_id, prepared_at, parcels) VALUES (:manifest_id, :now, :parcels);

-- name: send_manifest
-- From now on the courier may have these labels, whatever becomes of the answer.
UPDATE manifest SET sent_at = coalesce(sent_at, :now) WHERE manifest_id = :manifest_id;

-- name: settle_manifest
-- What the courier took and refused of it; answers may come in several calls.
UPDATE manifest SET accepted = accepted + :accepted, refused = refused + :refused WHERE manifest_id = :manifest_id;

-- name: manifest_sent
-- Whether the courier may have a parcel's label.
SELECT sent_at IS NOT NULL FROM manifest WHERE manifest_id = :manifest_id;

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
    outlet_id = :outlet_id, former_sendings = former_sendings + (dispatched_at IS NOT NULL)::integer,
    refused_at = NULL, dispatched_at = NULL, arrived_on = NULL, look_on = NULL, reminded_on = NULL, centre_id = NULL,
    updated_at = :now
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
-- Handed over at a counter; one that left its counter meanwhile is missing from the count.
UPDATE parcel SET status = :to_status, received_at = :now, updated_at = :now, look_on = NULL
FROM unnest(:people::bigint[], :parcels::bigint[], :counters::bigint[]) AS done(person_id, parcel_id, counter_id)
WHERE parcel.person_id = done.person_id AND parcel.parcel_id = done.parcel_id
  AND array_position(:from_statuses::text[], parcel.status) IS NOT NULL
  AND CASE WHEN parcel.status = :at_centre THEN parcel.centre_id ELSE parcel.outlet_id END = done.counter_id;

-- name: hand_over_of
-- To whom a parcel was handed over.
SELECT person_id, parcel_id, collected_as, collector_id, signature_kind, signature_reference, organisation_id, handed_by,
       handed_at
FROM hand_over
WHERE person_id = :person_id AND parcel_id = :parcel_id;

-- name: parcels
-- Parcels by their keys.
SELECT parcel.person_id, parcel.parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at,
       dispatched_at, received_at, updated_at, arrived_on, reminded_on, centre_id
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
    received_at = coalesce(parcel.received_at, due.received_at), arrived_on = coalesce(due.arrived_on, parcel.arrived_on),
    look_on = due.arrived_on, updated_at = :now
FROM unnest(:people::bigint[], :parcels::bigint[], :were::text[], :words::bytea[], :received::timestamptz[], :arrived::date[])
    AS due(person_id, parcel_id, was, word, received_at, arrived_on)
WHERE parcel.person_id = due.person_id AND parcel.parcel_id = due.parcel_id AND parcel.status = due.was
RETURNING parcel.person_id, parcel.parcel_id;

-- name: events_of
-- Everything the courier told about these waybills, oldest first.
SELECT event_id, waybill, kind, occurred_at, outcome, sealed
FROM courier_event
WHERE waybill = ANY(:waybills::text[])
ORDER BY occurred_at, event_id;

-- name: exceptions
-- Parcels that a person must look at: refused, returned, failed and not heard of since, silent for too long, recalled and
-- not sent back, sent back and not arrived.
SELECT person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at, dispatched_at,
       received_at, updated_at, arrived_on, reminded_on, centre_id, word
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

-- name: all_at_counters
-- What lies at any counter in these statuses, longest first.
SELECT person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at, dispatched_at,
       received_at, updated_at, arrived_on, reminded_on, centre_id
FROM parcel
WHERE status = ANY(:statuses::text[])
ORDER BY updated_at, parcel_id;

-- name: at_counter
-- What lies at one outlet, or is kept by one card centre, longest first.
SELECT person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at, dispatched_at,
       received_at, updated_at, arrived_on, reminded_on, centre_id
FROM parcel
WHERE (status = ANY(:at_outlet::text[]) AND outlet_id = :place_id) OR (status = :at_centre AND centre_id = :place_id)
ORDER BY coalesce(arrived_on, (updated_at AT TIME ZONE 'Asia/Shanghai')::date), parcel_id
LIMIT :lines_max;

-- name: at_outlets_by_day
-- How many lie at each outlet, by status and day of arrival.
SELECT outlet_id, status, arrived_on, count(*)
FROM parcel
WHERE status = ANY(:statuses::text[])
GROUP BY outlet_id, status, arrived_on;

-- name: looks_due
-- Parcels at their outlets whose day to look at them has come. The partial index holds those that wait only.
SELECT person_id, parcel_id, outlet_id, arrived_on, reminded_on
FROM parcel
WHERE look_on <= :today
ORDER BY look_on, parcel_id
LIMIT :parcels_max;

-- name: look
-- When each is looked at again (never: it is recalled); one that was fetched meanwhile is missing from the answer.
UPDATE parcel
SET status = due.status, look_on = due.look_on, reminded_on = coalesce(due.reminded_on, parcel.reminded_on),
    updated_at = CASE WHEN due.status = parcel.status THEN parcel.updated_at ELSE :now END
FROM unnest(:people::bigint[], :parcels::bigint[], :statuses::text[], :next_days::date[], :reminded::date[])
    AS due(person_id, parcel_id, status, look_on, reminded_on)
WHERE parcel.person_id = due.person_id AND parcel.parcel_id = due.parcel_id
  AND array_position(ARRAY[:from_status::text], parcel.status) IS NOT NULL AND parcel.look_on <= :today
RETURNING parcel.person_id, parcel.parcel_id;

-- name: arrive
-- An outlet has it on its counter, perhaps another one than was named.
UPDATE parcel
SET status = :to_status, outlet_id = :outlet_id, arrived_on = :today, look_on = :today, reminded_on = NULL, updated_at = :now
WHERE person_id = :person_id AND parcel_id = :parcel_id AND status = :was AND outlet_id = :was_at;

-- name: send_back
-- The outlet has given it away again.
UPDATE parcel SET status = :to_status, look_on = NULL, updated_at = :now
WHERE person_id = :person_id AND parcel_id = :parcel_id AND status = :was AND outlet_id = :outlet_id;

-- name: take_back
-- The card centre has it, and keeps it.
UPDATE parcel SET status = :to_status, centre_id = :centre_id, look_on = NULL, updated_at = :now
WHERE person_id = :person_id AND parcel_id = :parcel_id AND status = :was;

-- name: of_application
-- The parcel of an application; one that was lost has made way for the next.
SELECT person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at, dispatched_at,
       received_at, updated_at, arrived_on, reminded_on, centre_id
FROM parcel
WHERE person_id = :person_id AND application_id = :application_id
ORDER BY status = :lost, parcel_id DESC
LIMIT 1;

-- name: relabel
-- Another label, as long as no courier has it.
UPDATE parcel SET label = :label, outlet_id = :outlet_id, updated_at = :now
WHERE person_id = :person_id AND parcel_id = :parcel_id AND status = :status AND waybill = :waybill;

-- name: add_redirect
-- One wish at a time: the next one waits for the courier's answer.
INSERT INTO redirect (person_id, redirect_id, parcel_id, application_id, waybill, outlet_id, status, label, asked_at)
VALUES (:person_id, :redirect_id, :parcel_id, :application_id, :waybill, :outlet_id, :status, :label, :now)
ON CONFLICT (person_id, parcel_id) WHERE status = 'asked' DO NOTHING;

-- name: newest_redirect
-- The last wish about a parcel's present waybill.
SELECT status FROM redirect
WHERE person_id = :person_id AND parcel_id = :parcel_id AND waybill = :waybill
ORDER BY redirect_id DESC LIMIT 1;

-- name: redirects_due
-- Wishes that the courier has not answered, with where their parcels are now.
SELECT redirect.person_id, redirect.redirect_id, redirect.parcel_id, redirect.application_id, redirect.waybill,
       redirect.outlet_id, redirect.label, parcel.status, parcel.waybill AS waybill_now, parcel.refused_at,
       parcel.outlet_id AS outlet_now
FROM redirect
JOIN parcel ON parcel.person_id = redirect.person_id AND parcel.parcel_id = redirect.parcel_id
WHERE redirect.status = :asked AND redirect.redirect_id > :after
ORDER BY redirect.redirect_id
LIMIT :redirects_max;

-- name: answer_redirects
-- What became of wishes; one that another run has settled is missing from the answer.
UPDATE redirect SET status = done.status, word = done.word, answered_at = :now
FROM unnest(:people::bigint[], :redirects::bigint[], :statuses::text[], :words::bytea[])
    AS done(person_id, redirect_id, status, word)
WHERE redirect.person_id = done.person_id AND redirect.redirect_id = done.redirect_id AND redirect.status = :asked
RETURNING redirect.person_id, redirect.redirect_id;

-- name: redirected
-- The courier takes them elsewhere: the label says so, and the outlet is the new one.
UPDATE parcel SET label = done.label, outlet_id = done.outlet_id
FROM unnest(:people::bigint[], :parcels::bigint[], :waybills::text[], :outlets::bigint[], :labels::bytea[])
    AS done(person_id, parcel_id, waybill, outlet_id, label)
WHERE parcel.person_id = done.person_id AND parcel.parcel_id = done.parcel_id AND parcel.waybill = done.waybill
  AND array_position(:statuses::text[], parcel.status) IS NOT NULL;

-- name: label
-- What the courier was told of a parcel, sealed.
SELECT label FROM parcel WHERE person_id = :person_id AND parcel_id = :parcel_id;

-- name: manifest
-- One manifest.
SELECT manifest_id, prepared_at, sent_at, parcels, accepted, refused FROM manifest WHERE manifest_id = :manifest_id;

-- name: newest_manifests
-- Manifests, newest first.
SELECT manifest_id, prepared_at, sent_at, parcels, accepted, refused
FROM manifest
WHERE manifest_id < :before
ORDER BY manifest_id DESC
LIMIT :manifests_max;

-- name: parcels_of_manifest
-- The parcels that are on a manifest now, with their sealed labels.
SELECT person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, refused_at, dispatched_at,
       received_at, updated_at, arrived_on, reminded_on, centre_id, label
FROM parcel
WHERE manifest_id = :manifest_id
ORDER BY waybill;

-- name: waybills_of_manifest
-- All waybills of a manifest, also those whose parcels have gone out again since.
SELECT waybill, person_id, parcel_id FROM parcel_directory WHERE manifest_id = :manifest_id ORDER BY waybill;

-- name: handed_over
-- How many parcels the courier took, by its manifests.
SELECT coalesce(sum(accepted), 0)::bigint FROM manifest;

-- name: sent_again
-- How many sendings have been followed by another one of the same parcel.
SELECT coalesce(sum(former_sendings), 0)::bigint FROM parcel WHERE former_sendings > 0;

-- name: taken_by_courier
-- Where the parcels are that the courier took.
SELECT status, count(*) FROM parcel WHERE dispatched_at IS NOT NULL GROUP BY status;

-- name: counts
-- How many parcels stand where.
SELECT status, count(*) FROM parcel GROUP BY status;
