-- What every room stands on. Each table says in its comment how it is placed when the city outgrows one machine:
--   person-owned   distributed by person_id, co-located with everything else of that person
--   shared         small, copied to every machine
--   keyed by X     distributed by its own look-up key
--   local          stays on the first machine

CREATE TABLE city_fact (
    name text PRIMARY KEY,
    value jsonb NOT NULL
);
COMMENT ON TABLE city_fact IS 'shared: what is true of this city as a whole, such as that its people are invented';

CREATE TABLE data_key (
    key_no smallint PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('seal', 'index')),
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL,
    retired_at timestamptz
);
COMMENT ON TABLE data_key IS 'shared: SM4 keys for personal data, each wrapped by the master key that never enters the database';

CREATE TABLE request_key (
    request_key text NOT NULL CHECK (length(request_key) BETWEEN 8 AND 100),
    organisation_id bigint NOT NULL,
    endpoint text NOT NULL,
    digest bytea NOT NULL,
    status smallint,
    answer jsonb,
    claimed_at timestamptz NOT NULL,
    PRIMARY KEY (request_key, organisation_id, endpoint)
);
COMMENT ON TABLE request_key IS 'keyed by request_key: the same request twice does the same once';

CREATE TABLE outbox (
    person_id bigint NOT NULL,
    event_id bigint NOT NULL,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    delivered_at timestamptz,
    attempts smallint NOT NULL DEFAULT 0,
    last_error text,
    next_try_at timestamptz,
    PRIMARY KEY (person_id, event_id)
);
CREATE INDEX outbox_waiting ON outbox (event_id) WHERE delivered_at IS NULL;
COMMENT ON TABLE outbox IS 'person-owned: events for higher rooms, written with the change they tell of';

CREATE TABLE event_handled (
    person_id bigint NOT NULL,
    event_id bigint NOT NULL,
    subscriber text NOT NULL,
    PRIMARY KEY (person_id, event_id, subscriber)
);
COMMENT ON TABLE event_handled IS 'person-owned: which subscriber has acted on which event, so that a repeated delivery does nothing';

CREATE TABLE audit_fact (
    person_id bigint NOT NULL,
    fact_id bigint NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL,
    batch_no bigint,
    PRIMARY KEY (person_id, fact_id)
);
CREATE INDEX audit_fact_unsealed ON audit_fact (fact_id) WHERE batch_no IS NULL;
CREATE INDEX audit_fact_batch ON audit_fact (batch_no) WHERE batch_no IS NOT NULL;
COMMENT ON TABLE audit_fact IS 'person-owned: who did what to whom and why; person 0 where no one person is meant';

CREATE TABLE audit_batch (
    batch_no bigint PRIMARY KEY,
    fact_count integer NOT NULL CHECK (fact_count > 0),
    root bytea NOT NULL,
    previous bytea NOT NULL,
    chained bytea NOT NULL,
    sealed_at timestamptz NOT NULL
);
COMMENT ON TABLE audit_batch IS 'local: the chain of sealed audit batches';

-- Nobody rewrites history: a fact may join a batch once, and nothing else about it ever changes.
CREATE FUNCTION audit_fact_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.batch_no IS NULL AND NEW.batch_no IS NOT NULL
       AND (OLD.person_id, OLD.fact_id, OLD.at, OLD.actor, OLD.organisation_id, OLD.action, OLD.subject, OLD.detail)
         = (NEW.person_id, NEW.fact_id, NEW.at, NEW.actor, NEW.organisation_id, NEW.action, NEW.subject, NEW.detail)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit facts are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_fact_append_only BEFORE UPDATE OR DELETE ON audit_fact
    FOR EACH ROW EXECUTE FUNCTION audit_fact_guard();
