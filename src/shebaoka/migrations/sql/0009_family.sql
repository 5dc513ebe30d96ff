-- For whom somebody acts: ties lie with the wards, and one log-in shows all of them.
CREATE INDEX guardian_tie_guardian ON guardian_tie (guardian_id);

CREATE TABLE proxy_act (
    person_id bigint NOT NULL,
    proxy_act_id bigint NOT NULL,
    act text NOT NULL CHECK (act IN ('apply', 'open', 'collect', 'read', 'other')),
    subject text NOT NULL,
    acted_as text NOT NULL CHECK (acted_as IN ('guardian', 'agent')),
    actor_id bigint,
    authorisation text CHECK (authorisation IN ('written', 'notarised', 'home_witness')),
    documents text[] NOT NULL,
    documents_named boolean NOT NULL,
    rule_id text NOT NULL,
    checked_by text NOT NULL,
    organisation_id bigint NOT NULL,
    acted_at timestamptz NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (person_id, proxy_act_id),
    CHECK (acted_as <> 'guardian' OR actor_id IS NOT NULL),
    CHECK ((acted_as = 'agent') = (authorisation IS NOT NULL)),
    CHECK (actor_id IS DISTINCT FROM person_id)
);
COMMENT ON TABLE proxy_act IS
    'person-owned: what others did for this person, with which papers; who they are, and the witnesses, is sealed';
COMMENT ON COLUMN proxy_act.subject IS 'number of the application, card or parcel it was about';
COMMENT ON COLUMN proxy_act.actor_id IS 'the guardian, or an agent whom the register knows';
COMMENT ON COLUMN proxy_act.documents_named IS 'the documents were named one by one; else the clerk said that all were seen';

-- What somebody did for another stays as it was kept.
CREATE FUNCTION proxy_act_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'records of acting for others are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER proxy_act_append_only BEFORE UPDATE OR DELETE ON proxy_act
    FOR EACH ROW EXECUTE FUNCTION proxy_act_guard();

CREATE TABLE resident_session (
    token_digest bytea PRIMARY KEY,
    resident_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    client text NOT NULL,
    assertion_digest bytea NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    UNIQUE (organisation_id, assertion_digest)
);
CREATE INDEX resident_session_resident ON resident_session (resident_id) WHERE ended_at IS NULL;
CREATE INDEX resident_session_client ON resident_session (client) WHERE ended_at IS NULL;
COMMENT ON TABLE resident_session IS 'local: residents who are logged in; only a digest of the token is kept';
COMMENT ON COLUMN resident_session.client IS 'the platform''s system that vouched for who this is';
COMMENT ON COLUMN resident_session.assertion_digest IS
    'keyed digest of the identity provider''s word: it opens one session, once';

CREATE TABLE draft (
    person_id bigint NOT NULL,
    draft_id bigint NOT NULL,
    owner_id bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'submitted', 'discarded', 'lapsed')),
    sealed bytea,
    application_id bigint,
    begun_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    lapses_on date NOT NULL,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (person_id, draft_id),
    CHECK ((status = 'open') = (sealed IS NOT NULL)),
    CHECK ((status = 'submitted') = (application_id IS NOT NULL))
);
-- One live draft for each ward and guardian, on however many devices.
CREATE UNIQUE INDEX draft_one_live ON draft (person_id, owner_id) WHERE status = 'open';
CREATE INDEX draft_owner ON draft (owner_id, draft_id);
CREATE INDEX draft_lapsing ON draft (lapses_on) WHERE status = 'open';
COMMENT ON TABLE draft IS
    'person-owned: applications begun online and not handed in yet; their content is sealed, and gone once they end';
COMMENT ON COLUMN draft.owner_id IS 'who fills it in: a guardian, or the person itself';
