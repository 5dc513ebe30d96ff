ALTER TABLE institution DROP CONSTRAINT institution_kind_check;
ALTER TABLE institution ADD CONSTRAINT institution_kind_check CHECK (kind IN (
    'card_centre', 'community_centre', 'bank', 'bank_outlet', 'employer', 'school', 'card_bureau', 'courier', 'hotline',
    'online_platform', 'kiosk', 'hospital', 'pharmacy', 'bank_hotline'));

-- A case may be about nobody known yet and finds its holder later: it has a key of its own and stays on the first machine,
-- with everything that belongs to it. What happens at hotlines is little beside what happens to cards.
CREATE TABLE help_case (
    case_id bigint PRIMARY KEY,
    number text NOT NULL UNIQUE CHECK (number ~ '^[0-9]{10}$'),
    topic text NOT NULL CHECK (topic IN (
        'apply', 'replace', 'deliver', 'open', 'loss', 'social_use', 'medical_use', 'financial', 'other')),
    status text NOT NULL CHECK (status IN ('open', 'waiting', 'resolved', 'closed')),
    waiting_for text,
    line_id bigint NOT NULL,
    agent text,
    holder_id bigint,
    level text NOT NULL CHECK (level IN ('anonymous', 'named', 'matched')),
    reason text NOT NULL,
    due_on date NOT NULL,
    opened_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    resolved_at timestamptz,
    calls smallint NOT NULL,
    handovers smallint NOT NULL,
    owners bigint[] NOT NULL,
    reach bigint[] NOT NULL,
    decided_at timestamptz,
    escalated_at timestamptz,
    holder_died boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    CHECK ((status = 'waiting') = (waiting_for IS NOT NULL)),
    CHECK ((status IN ('resolved', 'closed')) = (resolved_at IS NOT NULL)),
    CHECK (level = 'anonymous' OR holder_id IS NOT NULL)
);
CREATE INDEX help_case_due ON help_case (due_on, case_id) WHERE status IN ('open', 'waiting');
CREATE INDEX help_case_holder ON help_case (holder_id) WHERE holder_id IS NOT NULL;
CREATE INDEX help_case_resolved ON help_case (resolved_at) WHERE status = 'resolved';
COMMENT ON TABLE help_case IS 'local: what somebody asked a hotline for, whose it is, and by when; its story is sealed in help_entry';
COMMENT ON COLUMN help_case.number IS 'what the caller is told, with a check digit; it opens nothing by itself';
COMMENT ON COLUMN help_case.holder_id IS 'whom it is about, once a caller was identified';
COMMENT ON COLUMN help_case.level IS 'how well any of its callers was known';
COMMENT ON COLUMN help_case.owners IS 'the lines that have had it, in their order: none has it twice';
COMMENT ON COLUMN help_case.reach IS 'the lines that may see it';
COMMENT ON COLUMN help_case.decided_at IS 'when the card centre said whose it is: it moves no more by hand-over';
COMMENT ON COLUMN help_case.escalated_at IS 'since when somebody must look: a hand-over came back, or was refused as a circle';

CREATE TABLE help_call (
    call_id bigint PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES help_case,
    line_id bigint NOT NULL,
    agent text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'identified', 'handed_over', 'closed')),
    topic text NOT NULL,
    level text NOT NULL CHECK (level IN ('anonymous', 'named', 'matched')),
    holder_id bigint,
    caller_id bigint,
    number_digest bytea,
    came_from bigint,
    reason text NOT NULL,
    opened_at timestamptz NOT NULL,
    ended_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CHECK ((level = 'anonymous') = (holder_id IS NULL)),
    CHECK (status <> 'identified' OR holder_id IS NOT NULL),
    CHECK (status <> 'open' OR holder_id IS NULL)
);
CREATE INDEX help_call_case ON help_call (case_id);
COMMENT ON TABLE help_call IS 'local: calls, each as one line had it; handed over, the other line has it as a call of its own';
COMMENT ON COLUMN help_call.caller_id IS 'the guardian who speaks for the holder; none: the holder';
COMMENT ON COLUMN help_call.number_digest IS 'keyed digest of the caller''s own number, to slow down guessing; the number is not kept';
COMMENT ON COLUMN help_call.came_from IS 'the call at the line before';

CREATE TABLE help_handover (
    handover_id bigint PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES help_case,
    call_id bigint REFERENCES help_call,
    from_line bigint NOT NULL,
    to_line bigint NOT NULL,
    topic text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'accepted', 'declined', 'lapsed', 'recalled')),
    handed_at timestamptz NOT NULL,
    accept_by timestamptz NOT NULL,
    settled_at timestamptz,
    CHECK (from_line <> to_line),
    CHECK ((status = 'pending') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX help_handover_one_pending ON help_handover (case_id) WHERE status = 'pending';
CREATE INDEX help_handover_due ON help_handover (accept_by) WHERE status = 'pending';
COMMENT ON TABLE help_handover IS 'local: cases on their way from line to line, with the call when the caller is still there';

CREATE TABLE help_entry (
    case_id bigint NOT NULL REFERENCES help_case,
    entry_id bigint NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    line_id bigint NOT NULL,
    kind text NOT NULL,
    detail jsonb NOT NULL,
    sealed bytea,
    PRIMARY KEY (case_id, entry_id)
);
CREATE INDEX help_entry_loops ON help_entry (entry_id) WHERE kind = 'loop_refused';
COMMENT ON TABLE help_entry IS 'local: what was said and done in a case, entry by entry; texts are sealed, details are codes';

-- What was said and done in a case stays as it was kept.
CREATE FUNCTION help_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of a case is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER help_entry_append_only BEFORE UPDATE OR DELETE ON help_entry
    FOR EACH ROW EXECUTE FUNCTION help_entry_guard();

CREATE TABLE help_failure (
    subject bytea NOT NULL,
    attempt_id bigint NOT NULL,
    failed_at timestamptz NOT NULL,
    PRIMARY KEY (subject, attempt_id)
);
CREATE INDEX help_failure_old ON help_failure (failed_at);
COMMENT ON TABLE help_failure IS 'local: identifications that failed of late, by keyed digest of whom was asked for, the call and the caller''s number';
