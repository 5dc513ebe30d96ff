-- Card keys: which there are and what for, never what they are. The keys themselves are in the store of card keys, sealed.
CREATE TABLE card_key_set (
    algorithm smallint NOT NULL CHECK (algorithm IN (1, 3)),
    version integer NOT NULL CHECK (version >= 1),
    status text NOT NULL CHECK (status IN ('created', 'ready', 'in_force', 'former', 'destroyed')),
    top text NOT NULL CHECK (top IN ('root', 'city')),
    created_at timestamptz NOT NULL,
    ready_at timestamptz,
    in_force_at timestamptz,
    former_at timestamptz,
    destroyed_at timestamptz,
    PRIMARY KEY (algorithm, version)
);
COMMENT ON TABLE card_key_set IS 'local: the versions of the card keys of each algorithm (1: triple DES, 3: SM4), and how far each is';
COMMENT ON COLUMN card_key_set.top IS 'the key that the others follow from: a root, or the city''s key that somebody above gave us';
CREATE UNIQUE INDEX card_key_set_one_in_force ON card_key_set (algorithm) WHERE status = 'in_force';

CREATE TABLE card_key (
    algorithm smallint NOT NULL,
    version integer NOT NULL,
    level text NOT NULL CHECK (level IN ('root', 'city', 'application')),
    number smallint NOT NULL,
    check_value bytea NOT NULL CHECK (length(check_value) = 3),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (algorithm, version, level, number),
    FOREIGN KEY (algorithm, version) REFERENCES card_key_set,
    CHECK (level = 'application' OR number = 0)
);
COMMENT ON TABLE card_key IS 'local: each key that was ever made, by its check value (KCV); the key itself is not here';

CREATE TABLE card_key_ceremony (
    ceremony_id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('generate', 'import', 'derive', 'put_in_force', 'destroy')),
    algorithm smallint NOT NULL CHECK (algorithm IN (1, 3)),
    version integer NOT NULL CHECK (version >= 1),
    status text NOT NULL CHECK (status IN ('opened', 'done', 'withdrawn', 'lapsed')),
    top text CHECK (top IN ('root', 'city')),
    expected_check bytea CHECK (length(expected_check) = 3),
    reason text NOT NULL CHECK (reason <> ''),
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    lapses_at timestamptz NOT NULL,
    closed_by text,
    closed_at timestamptz,
    CONSTRAINT card_key_ceremony_two_officers CHECK (status <> 'done' OR closed_by <> opened_by),
    CHECK ((status = 'opened') = (closed_at IS NULL)),
    CHECK ((status = 'opened') = (closed_by IS NULL)),
    CHECK ((kind IN ('generate', 'import')) = (top IS NOT NULL)),
    CHECK ((kind = 'import') = (expected_check IS NOT NULL))
);
COMMENT ON TABLE card_key_ceremony IS 'local: what one key officer asked for and another approved';
CREATE UNIQUE INDEX card_key_ceremony_one_open ON card_key_ceremony (algorithm) WHERE status = 'opened';

CREATE TABLE card_key_record (
    record_id bigint PRIMARY KEY,
    ceremony_id bigint REFERENCES card_key_ceremony,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    facts text NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32)
);
COMMENT ON TABLE card_key_record IS 'local: what befell card keys, in the order it happened; never a key';
COMMENT ON COLUMN card_key_record.facts IS 'JSON, as it was digested';
COMMENT ON COLUMN card_key_record.digest IS 'SM3 of the record before and of this one: a record taken out or changed shows';
CREATE INDEX card_key_record_of ON card_key_record (ceremony_id, record_id);
CREATE FUNCTION card_key_record_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'records of card keys are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER card_key_record_append_only BEFORE UPDATE OR DELETE ON card_key_record
    FOR EACH ROW EXECUTE FUNCTION card_key_record_guard();

CREATE TABLE card_key_use (
    algorithm smallint NOT NULL,
    version integer NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('read', 'check', 'personalise', 'bureau')),
    day date NOT NULL,
    slot smallint NOT NULL,
    uses bigint NOT NULL,
    cards bigint NOT NULL,
    PRIMARY KEY (purpose, day, algorithm, version, slot),
    FOREIGN KEY (algorithm, version) REFERENCES card_key_set
);
COMMENT ON TABLE card_key_use IS 'local: how often card keys were used on a day, and for how many cards; each use is an audit fact, too';
COMMENT ON COLUMN card_key_use.slot IS 'hot purposes are counted in several rows, so that they do not wait for each other';

CREATE TABLE card_key_hand_out (
    batch_id bigint PRIMARY KEY,
    algorithm smallint NOT NULL,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('outstanding', 'destroyed', 'overused')),
    cards integer NOT NULL CHECK (cards > 0),
    recipient bytea NOT NULL CHECK (length(recipient) = 32),
    package bytea NOT NULL CHECK (length(package) = 32),
    handed_at timestamptz NOT NULL,
    due_on date NOT NULL,
    used integer CHECK (used >= 0),
    confirmed_at timestamptz,
    FOREIGN KEY (algorithm, version) REFERENCES card_key_set,
    CHECK ((status = 'outstanding') = (used IS NULL)),
    CHECK ((status = 'outstanding') = (confirmed_at IS NULL))
);
COMMENT ON TABLE card_key_hand_out IS 'local: keys given to the card bureau for one batch, and whether it has destroyed them';
COMMENT ON COLUMN card_key_hand_out.recipient IS 'SM3 of the public key that they were sealed for';
COMMENT ON COLUMN card_key_hand_out.package IS 'SM3 of what was handed out';
CREATE INDEX card_key_hand_out_outstanding ON card_key_hand_out (due_on) WHERE status = 'outstanding';
