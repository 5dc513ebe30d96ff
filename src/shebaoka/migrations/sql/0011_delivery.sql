-- A card that nobody fetches goes back to the card centre; who fetched one is kept; parcels on their way can be sent elsewhere.
ALTER TABLE application DROP CONSTRAINT application_status_check;
ALTER TABLE application ADD CONSTRAINT application_status_check CHECK (status IN (
    'submitted', 'verified', 'needs_photo', 'photo_ready', 'account_opened', 'bank_refused', 'in_production',
    'made', 'dispatched', 'at_outlet', 'at_centre', 'received', 'completed', 'rejected', 'withdrawn'));

ALTER TABLE parcel DROP CONSTRAINT parcel_status_check;
ALTER TABLE parcel ADD CONSTRAINT parcel_status_check CHECK (status IN (
    'prepared', 'dispatched', 'in_transit', 'failed', 'at_outlet', 'recalled', 'returned', 'delivered', 'sent_back',
    'at_centre', 'collected', 'lost'));
ALTER TABLE parcel ADD COLUMN arrived_on date;
ALTER TABLE parcel ADD COLUMN look_on date;
ALTER TABLE parcel ADD COLUMN reminded_on date;
ALTER TABLE parcel ADD COLUMN centre_id bigint;
ALTER TABLE parcel ADD COLUMN former_sendings integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN parcel.arrived_on IS 'since which day it waits at its outlet; reminders and recall are reckoned from there';
COMMENT ON COLUMN parcel.look_on IS 'on which day the step `waiting` looks at it again, while it waits at its outlet';
COMMENT ON COLUMN parcel.centre_id IS 'the card centre that keeps it';
COMMENT ON COLUMN parcel.former_sendings IS 'how often the courier took it before, under other waybills';
UPDATE parcel
SET arrived_on = (updated_at AT TIME ZONE 'Asia/Shanghai')::date, look_on = (updated_at AT TIME ZONE 'Asia/Shanghai')::date
WHERE status = 'at_outlet';
-- What waits at an outlet is looked at on some day: no card is forgotten there.
ALTER TABLE parcel ADD CONSTRAINT parcel_looked_after CHECK ((status = 'at_outlet') = (look_on IS NOT NULL));
CREATE INDEX parcel_look ON parcel (look_on) WHERE look_on IS NOT NULL;
CREATE INDEX parcel_of_manifest ON parcel (manifest_id);

CREATE TABLE manifest (
    manifest_id bigint PRIMARY KEY,
    prepared_at timestamptz NOT NULL,
    sent_at timestamptz,
    parcels integer NOT NULL CHECK (parcels > 0),
    accepted integer NOT NULL DEFAULT 0 CHECK (accepted >= 0),
    refused integer NOT NULL DEFAULT 0 CHECK (refused >= 0),
    CHECK (accepted + refused <= parcels),
    CHECK (sent_at IS NOT NULL OR accepted + refused = 0)
);
COMMENT ON TABLE manifest IS 'local: what was handed to the courier together, and how much of it the courier took';
COMMENT ON COLUMN manifest.sent_at IS
    'first sent at; from then on the courier may have its labels, whether or not an answer came';
INSERT INTO manifest (manifest_id, prepared_at, sent_at, parcels, accepted, refused)
SELECT manifest_id, min(updated_at), min(coalesce(dispatched_at, refused_at)), count(*), count(dispatched_at),
       count(refused_at) FILTER (WHERE dispatched_at IS NULL)
FROM parcel GROUP BY manifest_id;

ALTER TABLE parcel_directory ADD COLUMN manifest_id bigint;
COMMENT ON COLUMN parcel_directory.manifest_id IS 'the manifest of this waybill, also where its parcel has gone out again since';
CREATE INDEX parcel_directory_manifest ON parcel_directory (manifest_id) WHERE manifest_id IS NOT NULL;

CREATE TABLE hand_over (
    person_id bigint NOT NULL,
    parcel_id bigint NOT NULL,
    collected_as text NOT NULL CHECK (collected_as IN ('holder', 'guardian', 'agent')),
    collector_id bigint,
    signature_kind text NOT NULL CHECK (signature_kind IN ('paper', 'pad')),
    signature_reference text NOT NULL CHECK (signature_reference <> ''),
    organisation_id bigint NOT NULL,
    handed_by text NOT NULL,
    handed_at timestamptz NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (person_id, parcel_id),
    CHECK (collected_as = 'agent' OR collector_id IS NOT NULL),
    CHECK ((collected_as = 'holder') = (collector_id IS NOT DISTINCT FROM person_id))
);
COMMENT ON TABLE hand_over IS
    'person-owned: each card handed over at a counter, once: to whom, against which signature; the ID number seen is sealed';
COMMENT ON COLUMN hand_over.signature_reference IS 'where the signature is found: folio of the paper register, number of the pad''s file';

-- To whom a card was given stays as it was kept.
CREATE FUNCTION hand_over_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'records of cards handed over are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER hand_over_append_only BEFORE UPDATE OR DELETE ON hand_over
    FOR EACH ROW EXECUTE FUNCTION hand_over_guard();

CREATE TABLE redirect (
    person_id bigint NOT NULL,
    redirect_id bigint NOT NULL,
    parcel_id bigint NOT NULL,
    application_id bigint NOT NULL,
    waybill text NOT NULL,
    outlet_id bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('asked', 'accepted', 'refused', 'too_late', 'dropped')),
    label bytea NOT NULL,
    word bytea,
    asked_at timestamptz NOT NULL,
    answered_at timestamptz,
    PRIMARY KEY (person_id, redirect_id),
    CHECK ((status = 'asked') = (answered_at IS NULL))
);
CREATE UNIQUE INDEX redirect_one_asked ON redirect (person_id, parcel_id) WHERE status = 'asked';
CREATE INDEX redirect_due ON redirect (redirect_id) WHERE status = 'asked';
COMMENT ON TABLE redirect IS 'person-owned: wishes that a parcel in the courier''s hands go elsewhere, and what the courier answered';
COMMENT ON COLUMN redirect.label IS 'sealed: where it shall go, as the courier is asked, the same however often';
COMMENT ON COLUMN redirect.word IS 'sealed: why the courier refused';

ALTER TABLE courier_event DROP CONSTRAINT courier_event_outcome_check;
ALTER TABLE courier_event ADD CONSTRAINT courier_event_outcome_check CHECK (outcome IN (
    'applied', 'already', 'waiting', 'unknown_waybill', 'bad_waybill', 'unknown_kind'));
DROP INDEX courier_event_strange;
CREATE INDEX courier_event_strange ON courier_event (received_at)
    WHERE outcome IN ('unknown_waybill', 'bad_waybill', 'unknown_kind');
