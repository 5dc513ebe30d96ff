CREATE TABLE visit (
    person_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    status text NOT NULL
        CHECK (status IN ('requested', 'refused', 'planned', 'not_met', 'given_up', 'done', 'cancelled')),
    ground text NOT NULL CHECK (ground IN ('very_old', 'mobility', 'none')),
    document text,
    rule_id text NOT NULL,
    asked_as text NOT NULL CHECK (asked_as IN ('holder', 'guardian', 'agent')),
    represented boolean NOT NULL,
    tasks text[] NOT NULL CHECK (tasks <> '{}'),
    organisation_id bigint NOT NULL,
    bank_id bigint,
    outlet_id bigint,
    day date,
    slot text CHECK (slot IN ('morning', 'afternoon')),
    staff bigint[] NOT NULL DEFAULT '{}',
    attempt smallint NOT NULL DEFAULT 0,
    reason text,
    outcome jsonb,
    sealed bytea,
    requested_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (person_id, visit_id),
    CONSTRAINT visit_planned_whole CHECK (
        status <> 'planned' OR (outlet_id IS NOT NULL AND day IS NOT NULL AND slot IS NOT NULL AND staff <> '{}')),
    CHECK ((status IN ('requested', 'planned', 'not_met')) = (sealed IS NOT NULL))
);
-- One visit at a time, whoever asks for it.
CREATE UNIQUE INDEX visit_one_live ON visit (person_id) WHERE status IN ('requested', 'planned', 'not_met');
CREATE INDEX visit_number ON visit (visit_id);
CREATE INDEX visit_day ON visit (outlet_id, day) WHERE status = 'planned';
COMMENT ON TABLE visit IS
    'person-owned: visits at home, asked for, planned, held or not; where to and whom to call is sealed, and gone once a visit ends';
COMMENT ON COLUMN visit.represented IS 'somebody is to be authorised, or to act, at the visit: two members of staff witness it';
COMMENT ON COLUMN visit.organisation_id IS 'the institution that took the request in';
COMMENT ON COLUMN visit.attempt IS 'the how many-th visit is planned; what was captured for an earlier one does not count for it';
COMMENT ON COLUMN visit.outcome IS 'which device and member of staff told how it went, and when they noted it';

CREATE TABLE visit_slot (
    outlet_id bigint NOT NULL,
    day date NOT NULL,
    slot text NOT NULL CHECK (slot IN ('morning', 'afternoon')),
    capacity smallint NOT NULL,
    taken smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (outlet_id, day, slot),
    CONSTRAINT visit_slot_holds CHECK (taken BETWEEN 0 AND capacity)
);
COMMENT ON TABLE visit_slot IS 'keyed by outlet_id: how many visits an outlet can make in half a day, and how many are planned';

CREATE TABLE outreach_site (
    site_id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('station', 'stall')),
    status text NOT NULL CHECK (status IN ('open', 'closed')),
    outlet_id bigint NOT NULL,
    district_code text NOT NULL,
    employer_id bigint,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    place text NOT NULL,
    from_day date NOT NULL,
    to_day date,
    opens time NOT NULL,
    closes time NOT NULL,
    capacity smallint NOT NULL CHECK (capacity > 0),
    staff bigint[] NOT NULL,
    devices bigint[] NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CHECK (to_day IS NULL OR to_day >= from_day),
    CHECK (kind = 'station' OR to_day IS NOT NULL),
    CHECK (closes > opens)
);
CREATE INDEX outreach_site_district ON outreach_site (district_code) WHERE status = 'open';
COMMENT ON TABLE outreach_site IS 'shared: stations in enterprises and stalls in compounds, with the outlet that runs them';
COMMENT ON COLUMN outreach_site.to_day IS 'the last day; none: a station for good';

CREATE TABLE outreach_device (
    device_id bigint PRIMARY KEY,
    outlet_id bigint NOT NULL,
    name text NOT NULL,
    secret_hash text NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'blocked')),
    registered_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX outreach_device_outlet ON outreach_device (outlet_id);
COMMENT ON TABLE outreach_device IS 'shared: devices that capture work without a network; only a hash of each secret is kept';

CREATE TABLE capture (
    device_id bigint NOT NULL,
    request_key text NOT NULL,
    capture_id bigint NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('application', 'opening', 'visit_outcome')),
    status text NOT NULL CHECK (status IN ('applied', 'conflict', 'held', 'refused', 'discarded')),
    outlet_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    site_id bigint,
    visit_id bigint,
    holder_id bigint,
    captured_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    digest bytea NOT NULL,
    reason text,
    answer jsonb NOT NULL,
    theirs jsonb NOT NULL DEFAULT '{}',
    sealed bytea,
    settled_at timestamptz,
    settled_by text,
    settled_why text,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (device_id, request_key),
    CHECK ((status IN ('conflict', 'held', 'refused')) = (sealed IS NOT NULL)),
    CHECK (status IN ('applied', 'discarded') OR reason IS NOT NULL)
);
CREATE INDEX capture_number ON capture (capture_id);
CREATE INDEX capture_open ON capture (outlet_id, capture_id) WHERE status IN ('conflict', 'held', 'refused');
CREATE INDEX capture_received ON capture (outlet_id, received_at);
COMMENT ON TABLE capture IS
    'keyed by device_id: what devices captured without a network, each under the key that the device made; its content is sealed, and gone once it is applied or discarded';
COMMENT ON COLUMN capture.holder_id IS 'whose it is; none where the register knows nobody of that number';
COMMENT ON COLUMN capture.digest IS 'keyed digest of all that the device said: the same key with another content is refused';
COMMENT ON COLUMN capture.theirs IS 'what had happened meanwhile, as it stood when the two met';
