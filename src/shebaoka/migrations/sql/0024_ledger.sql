-- The ledger: double entry in fen. Whatever may be said wrongly by hand is refused here, not only by the program.
CREATE TABLE posting (
    person_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    line_no smallint NOT NULL CHECK (line_no >= 1),
    lines smallint NOT NULL CHECK (lines >= 2),
    kind text NOT NULL CHECK (kind IN (
        'contribution', 'credit', 'year_end', 'settlement', 'clearing', 'advance', 'payout', 'reversal')),
    reference bigint NOT NULL,
    reverses bigint,
    booked_on date NOT NULL,
    posted_at timestamptz NOT NULL,
    account text NOT NULL CHECK (account IN (
        'personal_current', 'personal_historic', 'pooled_fund', 'supplementary_fund', 'resident_fund', 'institution',
        'cross_province', 'bank')),
    owner_id bigint NOT NULL DEFAULT 0,
    amount_fen bigint NOT NULL CHECK (amount_fen <> 0),
    PRIMARY KEY (person_id, entry_id, line_no),
    CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
    CONSTRAINT posting_owner CHECK ((account IN ('institution', 'cross_province')) = (owner_id <> 0)),
    CONSTRAINT posting_of_somebody CHECK (person_id <> 0 OR account NOT IN ('personal_current', 'personal_historic'))
);
COMMENT ON TABLE posting IS 'person-owned: every line of the ledger; person_id 0: of nobody';
COMMENT ON COLUMN posting.lines IS 'how many lines the entry has: it comes whole, and nothing is added later';
COMMENT ON COLUMN posting.reference IS 'the number of the thing that the entry is of: booked once for each kind';
COMMENT ON COLUMN posting.amount_fen IS 'positive: debit; negative: credit';
CREATE UNIQUE INDEX posting_once ON posting (person_id, kind, reference) WHERE line_no = 1;
CREATE UNIQUE INDEX posting_one_reversal ON posting (person_id, reverses) WHERE reverses IS NOT NULL AND line_no = 1;
CREATE INDEX posting_by_owner ON posting (owner_id, account, booked_on, entry_id) WHERE owner_id <> 0;

CREATE FUNCTION posting_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT entry_id INTO wrong FROM posted
    GROUP BY person_id, entry_id
    HAVING sum(amount_fen) <> 0
        OR count(*) <> max(lines) OR min(lines) <> max(lines) OR max(line_no) <> max(lines)
        OR min(kind) <> max(kind) OR min(reference) <> max(reference) OR min(booked_on) <> max(booked_on)
        OR min(posted_at) <> max(posted_at) OR min(reverses) <> max(reverses)
        OR count(reverses) NOT IN (0, count(*))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance, or is not whole', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_balanced', TABLE = 'posting';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION posting_balanced() IS 'one look at all lines of a statement; it reads nothing else, so it is as safe on a shard';
CREATE TRIGGER posting_balanced AFTER INSERT ON posting
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION posting_balanced();

CREATE FUNCTION posting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: reverse what is wrong' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON posting
    FOR EACH ROW EXECUTE FUNCTION posting_guard();

CREATE TABLE personal_balance (
    person_id bigint NOT NULL,
    account text NOT NULL CHECK (account IN ('personal_current', 'personal_historic')),
    balance_fen bigint NOT NULL,
    PRIMARY KEY (person_id, account),
    CONSTRAINT personal_balance_not_below_zero CHECK (balance_fen >= 0)
);
COMMENT ON TABLE personal_balance IS 'person-owned: what each personal account holds; moves with the lines, in their transaction';
