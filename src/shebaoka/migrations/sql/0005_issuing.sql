CREATE TABLE application (
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('exchange', 'first_issue', 'replacement')),
    channel text NOT NULL CHECK (channel IN ('bank_outlet', 'community_centre', 'online', 'employer')),
    group_code text NOT NULL,
    status text NOT NULL CHECK (status IN (
        'submitted', 'verified', 'needs_photo', 'photo_ready', 'account_opened', 'bank_refused', 'in_production',
        'made', 'dispatched', 'at_outlet', 'received', 'completed', 'rejected', 'withdrawn')),
    organisation_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    bank_reason text NOT NULL,
    fallback_outlet_id bigint NOT NULL,
    sealed bytea NOT NULL,
    guardian_id bigint,
    photo_id bigint,
    list_id bigint,
    row_no integer,
    applied_at timestamptz NOT NULL,
    verified_at timestamptz,
    due_on date,
    reason text,
    card_id bigint,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (person_id, application_id)
);
-- One application per person, whatever the channels do at once.
CREATE UNIQUE INDEX application_one_live ON application (person_id)
    WHERE status NOT IN ('completed', 'rejected', 'withdrawn');
-- Over every status, not the live ones only: a prepared statement asks for any status, and passes a partial index by.
CREATE INDEX application_work ON application (status, application_id);
CREATE INDEX application_organisation ON application (organisation_id, application_id);
CREATE INDEX application_number ON application (application_id);
CREATE INDEX application_list ON application (list_id, row_no) WHERE list_id IS NOT NULL;
CREATE INDEX application_due ON application (due_on)
    WHERE status IN ('verified', 'needs_photo', 'photo_ready', 'account_opened', 'bank_refused', 'in_production');
COMMENT ON TABLE application IS 'person-owned: applications for a card; the delivery address and mobile are sealed';

CREATE TABLE photo (
    person_id bigint NOT NULL,
    photo_id bigint NOT NULL,
    source text NOT NULL CHECK (source IN ('counter', 'id_card', 'student_card')),
    taken_on date,
    received_at timestamptz NOT NULL,
    digest bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (person_id, photo_id)
);
-- Sealed bytes do not compress; trying costs time.
ALTER TABLE photo ALTER COLUMN sealed SET STORAGE EXTERNAL;
COMMENT ON TABLE photo IS 'person-owned: photos with their provenance, sealed';

CREATE TABLE list_file (
    list_id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('employer', 'school', 'intake', 'register')),
    organisation_id bigint NOT NULL,
    name text NOT NULL,
    digest bytea NOT NULL,
    sealed bytea NOT NULL,
    received_at timestamptz NOT NULL,
    answered_at timestamptz,
    total_rows integer,
    accepted_rows integer,
    rejected_rows integer,
    repeated_rows integer,
    UNIQUE (kind, organisation_id, digest)
);
COMMENT ON TABLE list_file IS 'local: every list ever handed in, sealed as it came; the same file twice is the same list';

CREATE TABLE list_reject (
    list_id bigint NOT NULL REFERENCES list_file,
    row_no integer NOT NULL,
    ordinal smallint NOT NULL,
    column_name text NOT NULL,
    reason text NOT NULL,
    reason_zh text NOT NULL,
    reason_en text NOT NULL,
    remedy_zh text NOT NULL,
    remedy_en text NOT NULL,
    PRIMARY KEY (list_id, row_no, ordinal)
);
COMMENT ON TABLE list_reject IS 'local: why a row of a list did not go through, and how to mend it';

CREATE TABLE pupil_notice (
    person_id bigint NOT NULL,
    school_id bigint NOT NULL,
    guardian_id bigint NOT NULL,
    list_id bigint NOT NULL,
    notified_on date NOT NULL,
    apply_by date NOT NULL,
    PRIMARY KEY (person_id, school_id, notified_on)
);
COMMENT ON TABLE pupil_notice IS 'person-owned: the school''s notice to the guardian and the two weeks it opens';

CREATE TABLE production_batch (
    batch_id bigint PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('open', 'closed', 'written', 'answered')),
    cards integer NOT NULL DEFAULT 0,
    file_name text UNIQUE,
    file_digest bytea,
    opened_at timestamptz NOT NULL,
    written_at timestamptz,
    answered_at timestamptz
);
COMMENT ON TABLE production_batch IS 'local: batches of cards handed to the card bureau';

CREATE TABLE production_order (
    person_id bigint NOT NULL,
    order_id bigint NOT NULL,
    application_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    attempt smallint NOT NULL,
    status text NOT NULL CHECK (status IN ('ordered', 'made', 'failed', 'given_up')),
    card_number text NOT NULL,
    bank_id bigint NOT NULL,
    expires_on date,
    issued_on date NOT NULL,
    id_digest bytea,
    name_digest bytea,
    bank_digest bytea,
    failed_stage text,
    failed_reason text,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, order_id)
);
-- One live card order per person.
CREATE UNIQUE INDEX production_order_one_live ON production_order (person_id) WHERE status = 'ordered';
CREATE INDEX production_order_batch ON production_order (batch_id, card_number);
CREATE INDEX production_order_failed ON production_order (order_id) WHERE status = 'failed';
COMMENT ON TABLE production_order IS 'person-owned: each try to make a card';
COMMENT ON COLUMN production_order.id_digest IS 'keyed digest of what the production file said; the return is held against it. Likewise name, and bank with account';

CREATE TABLE return_file (
    file_name text PRIMARY KEY,
    digest bytea NOT NULL,
    batch_id bigint NOT NULL,
    lines integer NOT NULL,
    made integer NOT NULL,
    failed integer NOT NULL,
    differences integer NOT NULL,
    received_at timestamptz NOT NULL
);
COMMENT ON TABLE return_file IS 'local: answers of the card bureau, each taken in once';

CREATE TABLE return_difference (
    file_name text NOT NULL,
    digest bytea NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('not_ordered', 'repeated', 'late', 'content_differs', 'file_refused')),
    card_number text NOT NULL,
    detail text NOT NULL,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (file_name, digest, ordinal)
);
CREATE INDEX return_difference_age ON return_difference (found_at);
COMMENT ON TABLE return_difference IS 'local: what the card bureau answered that does not fit what was ordered';

CREATE TABLE parcel (
    person_id bigint NOT NULL,
    parcel_id bigint NOT NULL,
    application_id bigint NOT NULL,
    waybill text NOT NULL,
    status text NOT NULL CHECK (status IN (
        'prepared', 'dispatched', 'in_transit', 'delivered', 'failed', 'at_outlet', 'collected', 'returned')),
    outlet_id bigint NOT NULL,
    manifest_id bigint NOT NULL,
    label bytea NOT NULL,
    word bytea,
    refused_at timestamptz,
    dispatched_at timestamptz,
    received_at timestamptz,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, parcel_id)
);
CREATE UNIQUE INDEX parcel_one_each ON parcel (person_id, application_id);
CREATE INDEX parcel_work ON parcel (status, updated_at) WHERE status NOT IN ('delivered', 'collected');
CREATE INDEX parcel_manifest ON parcel (manifest_id) WHERE status = 'prepared' AND refused_at IS NULL;
COMMENT ON TABLE parcel IS 'person-owned: cards on their way';
COMMENT ON COLUMN parcel.label IS 'sealed: recipient, mobile and address as the courier is told them, the same however often';
COMMENT ON COLUMN parcel.word IS 'sealed: the courier''s last word, such as who signed or why it refused or failed';

CREATE TABLE parcel_directory (
    waybill text PRIMARY KEY,
    person_id bigint NOT NULL,
    parcel_id bigint NOT NULL
);
COMMENT ON TABLE parcel_directory IS 'keyed by waybill: finds a parcel by its waybill number';

CREATE SEQUENCE waybill_serial MAXVALUE 99999999;

CREATE TABLE courier_event (
    event_id text PRIMARY KEY,
    waybill text NOT NULL,
    kind text NOT NULL,
    occurred_at timestamptz NOT NULL,
    sealed bytea NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('applied', 'already', 'waiting', 'unknown_waybill', 'unknown_kind'))
);
CREATE INDEX courier_event_waiting ON courier_event (waybill) WHERE outcome = 'waiting';
CREATE INDEX courier_event_waybill ON courier_event (waybill);
CREATE INDEX courier_event_strange ON courier_event (received_at) WHERE outcome IN ('unknown_waybill', 'unknown_kind');
COMMENT ON TABLE courier_event IS 'keyed by event_id: every event the courier ever told, applied once; its note is sealed';

CREATE TABLE partner_cursor (
    partner text PRIMARY KEY,
    position text NOT NULL,
    moved_at timestamptz NOT NULL
);
COMMENT ON TABLE partner_cursor IS 'local: how far we have read a partner''s stream';
