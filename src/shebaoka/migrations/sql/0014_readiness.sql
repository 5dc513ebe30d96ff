-- How ready an institution is, beside the day from which it serves: both together are the one truth of liveness.
ALTER TABLE institution ADD COLUMN readiness text NOT NULL DEFAULT 'planned';
ALTER TABLE institution ADD COLUMN readiness_since timestamptz NOT NULL DEFAULT now();
ALTER TABLE institution ADD CONSTRAINT institution_readiness_check CHECK (
    readiness IN ('planned', 'built', 'tested', 'live', 'suspended'));
-- Whoever had a day to serve from, serves on as before; their first step below says that nobody kept evidence then.
UPDATE institution
SET readiness = 'live', readiness_since = live_from::timestamp AT TIME ZONE 'Asia/Shanghai'
WHERE live_from IS NOT NULL;
ALTER TABLE institution ADD CONSTRAINT institution_live_has_a_day CHECK (readiness <> 'live' OR live_from IS NOT NULL);
COMMENT ON COLUMN institution.readiness IS
    'planned, built, tested, live, suspended; it holds back only kinds that the programme''s rule set readiness names';
COMMENT ON COLUMN institution.live_from IS 'the day from which a live institution serves; before that the day planned';

CREATE TABLE readiness_step (
    institution_id bigint NOT NULL REFERENCES institution,
    step_id bigint NOT NULL,
    action text NOT NULL CHECK (action IN ('build', 'test', 'go_live', 'suspend', 'take_over')),
    was text NOT NULL CHECK (was IN ('planned', 'built', 'tested', 'live', 'suspended')),
    became text NOT NULL CHECK (became IN ('planned', 'built', 'tested', 'live', 'suspended')),
    live_from date,
    valid_until date,
    run_ids bigint[],
    evidence text NOT NULL CHECK (evidence <> ''),
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (institution_id, step_id),
    CHECK ((action = 'test') = (run_ids IS NOT NULL)),
    CHECK ((action = 'test') = (valid_until IS NOT NULL))
);
COMMENT ON TABLE readiness_step IS 'shared: how each institution became ready, step by step: who, when, with which evidence';
COMMENT ON COLUMN readiness_step.run_ids IS 'of a test: the conformance runs that passed';

INSERT INTO readiness_step (
    institution_id, step_id, action, was, became, live_from, evidence, actor, organisation_id, at)
SELECT institution_id, 0, 'take_over', 'planned', 'live', live_from,
       '建立上线管理之前已上线 · before readiness was kept', 'system:migration', 0, now()
FROM institution
WHERE live_from IS NOT NULL;

CREATE TABLE conformance_run (
    run_id bigint PRIMARY KEY,
    institution_id bigint NOT NULL REFERENCES institution,
    script text NOT NULL,
    version date NOT NULL,
    direction text NOT NULL CHECK (direction IN ('from_partner', 'to_partner')),
    status text NOT NULL CHECK (status IN ('open', 'passed', 'failed')),
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    valid_until date,
    evidence bytea,
    CHECK ((status = 'open') = (closed_at IS NULL)),
    CHECK ((status = 'passed') = (valid_until IS NOT NULL)),
    CHECK ((status = 'open') = (evidence IS NULL))
);
-- One open run for each script of an institution: two testers see the same one.
CREATE UNIQUE INDEX conformance_run_one_open ON conformance_run (institution_id, script) WHERE status = 'open';
CREATE INDEX conformance_run_of ON conformance_run (institution_id, run_id);
CREATE INDEX conformance_run_to_call ON conformance_run (run_id) WHERE status = 'open' AND direction = 'to_partner';
COMMENT ON TABLE conformance_run IS 'shared: scripted requests between an institution and us, and whether all went as they should';
COMMENT ON COLUMN conformance_run.version IS 'the day from which the script is as it was run';
COMMENT ON COLUMN conformance_run.evidence IS 'SM3 of all that was seen; the audit fact of the closing has the same';

CREATE TABLE conformance_seen (
    run_id bigint NOT NULL REFERENCES conformance_run,
    seen_id bigint NOT NULL,
    step text NOT NULL,
    request text NOT NULL,
    expected text NOT NULL,
    observed text NOT NULL,
    passed boolean NOT NULL,
    duration_ms integer NOT NULL CHECK (duration_ms >= 0),
    actor text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (run_id, seen_id)
);
COMMENT ON TABLE conformance_seen IS 'shared: each scripted request of a run as it was seen; invented people only';

-- Evidence stays as it was written.
CREATE FUNCTION readiness_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence of readiness is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER readiness_step_append_only BEFORE UPDATE OR DELETE ON readiness_step
    FOR EACH ROW EXECUTE FUNCTION readiness_guard();
CREATE TRIGGER conformance_seen_append_only BEFORE UPDATE OR DELETE ON conformance_seen
    FOR EACH ROW EXECUTE FUNCTION readiness_guard();
