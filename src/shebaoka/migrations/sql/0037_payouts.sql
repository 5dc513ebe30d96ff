-- The life of card accounts, as the banks tell of it.
ALTER TABLE bank_account
    ADD COLUMN life text CHECK (life IN ('opened', 'active', 'frozen', 'closed')),
    ADD COLUMN life_version integer NOT NULL DEFAULT 0,
    ADD COLUMN life_at timestamptz,
    ADD COLUMN asked_on date,
    ADD COLUMN contradicted text;
UPDATE bank_account SET life = 'opened' WHERE status = 'open';
ALTER TABLE bank_account ADD CONSTRAINT bank_account_lives CHECK ((status = 'open') = (life IS NOT NULL));
COMMENT ON COLUMN bank_account.life_version IS 'the bank''s own count of changes of the account: what it told with a higher one counts';
COMMENT ON COLUMN bank_account.asked_on IS 'the day on which the bank was last asked how the account stands';
COMMENT ON COLUMN bank_account.contradicted IS 'what the bank told of a closed account: nothing follows a closing';
CREATE INDEX bank_account_by_application ON bank_account (application_id);
CREATE INDEX bank_account_to_ask ON bank_account (asked_on NULLS FIRST, application_id) WHERE life IN ('opened', 'active', 'frozen');
CREATE INDEX bank_account_contradicted ON bank_account (application_id) WHERE contradicted IS NOT NULL;

CREATE FUNCTION bank_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.life = 'closed' AND NEW.life <> 'closed' THEN
        RAISE EXCEPTION 'a closed account stays closed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER bank_account_closed_for_good BEFORE UPDATE OF life ON bank_account
    FOR EACH ROW EXECUTE FUNCTION bank_account_guard();

CREATE TABLE bank_feed (
    bank_id bigint NOT NULL REFERENCES institution,
    feed text NOT NULL CHECK (feed IN ('notices', 'documents')),
    next text NOT NULL,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (bank_id, feed)
);
COMMENT ON TABLE bank_feed IS 'local: how far what a bank tells has been read';

-- The ledger learns of benefits that are owed and paid.
ALTER TABLE posting DROP CONSTRAINT posting_kind_check;
ALTER TABLE posting ADD CONSTRAINT posting_kind_check CHECK (kind IN (
    'contribution', 'credit', 'year_end', 'settlement', 'clearing', 'advance', 'entitlement', 'payout', 'reversal'));
ALTER TABLE posting DROP CONSTRAINT posting_account_check;
ALTER TABLE posting ADD CONSTRAINT posting_account_check CHECK (account IN (
    'personal_current', 'personal_historic', 'pooled_fund', 'supplementary_fund', 'resident_fund', 'institution',
    'cross_province', 'bank', 'pension_fund', 'unemployment_fund', 'injury_fund', 'benefits_owed'));

CREATE TABLE payout_list (
    list_id bigint PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('items', 'accounts')),
    lines integer NOT NULL CHECK (lines >= 0),
    taken integer NOT NULL CHECK (taken >= 0),
    repeated integer NOT NULL CHECK (repeated >= 0),
    faults jsonb NOT NULL,
    taken_by text NOT NULL,
    taken_at timestamptz NOT NULL,
    CONSTRAINT payout_list_nothing_lost CHECK (lines = taken + repeated + jsonb_array_length(faults))
);
COMMENT ON TABLE payout_list IS 'local: lists of what is to be paid, or of accounts on file; every line was taken, known already, or refused with its reason';

CREATE TABLE payout_account (
    person_id bigint NOT NULL,
    account_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    number_digest bytea NOT NULL,
    sealed bytea NOT NULL,
    last4 text NOT NULL,
    since date NOT NULL,
    list_id bigint NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, account_id)
);
COMMENT ON TABLE payout_account IS 'person-owned: accounts to which benefits were paid before there was a card; the latest that has begun counts';
CREATE UNIQUE INDEX payout_account_once ON payout_account (person_id, since, bank_id, number_digest);

CREATE TABLE payout_item (
    person_id bigint NOT NULL,
    item_id bigint NOT NULL,
    benefit text NOT NULL CHECK (benefit IN ('pension', 'unemployment', 'work_injury', 'medical')),
    scheme text NOT NULL CHECK (scheme IN ('employee', 'resident', 'none')),
    period date NOT NULL CHECK (extract(day FROM period) = 1),
    reference text NOT NULL CHECK (length(reference) BETWEEN 1 AND 64),
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    status text NOT NULL CHECK (status IN ('due', 'in_run', 'paid', 'failed', 'stopped')),
    same_account boolean NOT NULL DEFAULT false,
    list_id bigint NOT NULL,
    entry_id bigint,
    worked_by text,
    reason text,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, item_id)
);
COMMENT ON TABLE payout_item IS 'person-owned: what somebody is owed for a month, by the number of whoever decided it';
COMMENT ON COLUMN payout_item.same_account IS 'an officer says that the account which failed may be paid to again';
COMMENT ON COLUMN payout_item.entry_id IS 'the entry by which it came to be owed; booked when its first run is approved';
CREATE UNIQUE INDEX payout_item_once ON payout_item (person_id, benefit, period, reference);
CREATE INDEX payout_item_due ON payout_item (benefit, item_id) WHERE status = 'due';
CREATE INDEX payout_item_failed ON payout_item (item_id) WHERE status = 'failed';

CREATE TABLE payout_run (
    run_id bigint PRIMARY KEY,
    benefit text NOT NULL CHECK (benefit IN ('pension', 'unemployment', 'work_injury', 'medical')),
    pay_on date NOT NULL,
    status text NOT NULL CHECK (status IN ('drawn', 'approved', 'cancelled')),
    payments integer NOT NULL CHECK (payments > 0),
    total_fen bigint NOT NULL CHECK (total_fen > 0),
    drawn_by text NOT NULL,
    drawn_at timestamptz NOT NULL,
    closed_by text,
    closed_at timestamptz,
    written boolean NOT NULL DEFAULT false,
    CONSTRAINT payout_run_two_officers CHECK (status <> 'approved' OR closed_by <> drawn_by),
    CONSTRAINT payout_run_closed CHECK ((status = 'drawn') = (closed_by IS NULL) AND (closed_by IS NULL) = (closed_at IS NULL))
);
COMMENT ON TABLE payout_run IS 'local: payments drawn up together; one officer draws, another approves';
CREATE INDEX payout_run_to_write ON payout_run (run_id) WHERE status = 'approved' AND NOT written;

CREATE FUNCTION payout_run_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'drawn' AND NEW.status <> OLD.status
       OR (NEW.benefit, NEW.pay_on, NEW.payments, NEW.total_fen, NEW.drawn_by)
          IS DISTINCT FROM (OLD.benefit, OLD.pay_on, OLD.payments, OLD.total_fen, OLD.drawn_by) THEN
        RAISE EXCEPTION 'a run is approved or cancelled as it was drawn, once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payout_run_for_good BEFORE UPDATE ON payout_run FOR EACH ROW EXECUTE FUNCTION payout_run_guard();

CREATE TABLE payout_payer (
    bank_id bigint PRIMARY KEY REFERENCES institution,
    account text NOT NULL CHECK (account ~ '^[0-9A-Za-z]{6,34}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 70),
    next_sequence bigint NOT NULL CHECK (next_sequence > 0),
    balance_fen bigint NOT NULL,
    noted_by text NOT NULL,
    noted_at timestamptz NOT NULL
);
COMMENT ON TABLE payout_payer IS 'local: our own account at each bank that pays, and how far its statements were taken in';

CREATE TABLE payout_file (
    file_id bigint PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES payout_run,
    bank_id bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('written', 'sent')),
    payments integer NOT NULL CHECK (payments > 0),
    total_fen bigint NOT NULL CHECK (total_fen > 0),
    sealed bytea NOT NULL,
    digest bytea NOT NULL,
    problem text,
    written_at timestamptz NOT NULL,
    sent_at timestamptz
);
COMMENT ON TABLE payout_file IS 'local: what is sent to a bank, sealed, word for word; sent again it is the same';
CREATE INDEX payout_file_by_run ON payout_file (run_id);
CREATE INDEX payout_file_to_send ON payout_file (bank_id, file_id) WHERE status = 'written';

CREATE TABLE payout_payment (
    person_id bigint NOT NULL,
    payment_id bigint NOT NULL,
    item_id bigint NOT NULL,
    run_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    file_id bigint,
    application_id bigint,
    account_id bigint,
    last4 text NOT NULL,
    rule_id text NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    status text NOT NULL CHECK (status IN ('drawn', 'sent', 'accepted', 'booked', 'rejected', 'returned', 'cancelled')),
    code text,
    reason text,
    booked_on date,
    returned_on date,
    entry_id bigint,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, payment_id),
    CONSTRAINT payout_payment_to_one CHECK ((application_id IS NULL) <> (account_id IS NULL)),
    CONSTRAINT payout_payment_booked CHECK ((status IN ('booked', 'returned')) = (booked_on IS NOT NULL)
        AND (booked_on IS NULL) = (entry_id IS NULL) AND (status = 'returned') = (returned_on IS NOT NULL))
);
COMMENT ON TABLE payout_payment IS 'person-owned: one attempt to pay an item, to a card''s account (application_id) or one on file (account_id)';
CREATE UNIQUE INDEX payout_payment_one_live ON payout_payment (person_id, item_id)
    WHERE status IN ('drawn', 'sent', 'accepted', 'booked');
CREATE INDEX payout_payment_by_run ON payout_payment (run_id, payment_id);
CREATE INDEX payout_payment_by_file ON payout_payment (file_id, payment_id);
CREATE INDEX payout_payment_by_item ON payout_payment (person_id, item_id);

CREATE TABLE bank_document (
    bank_id bigint NOT NULL,
    document_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('pain.002', 'camt.053')),
    status text NOT NULL CHECK (status IN ('waiting', 'taken', 'repeated', 'refused')),
    sealed bytea NOT NULL,
    digest bytea NOT NULL,
    sequence bigint,
    problem text,
    received_at timestamptz NOT NULL,
    taken_at timestamptz,
    PRIMARY KEY (bank_id, document_id)
);
COMMENT ON TABLE bank_document IS 'local: what a bank wrote of payments, sealed, word for word; a statement waits for the one before it';
CREATE INDEX bank_document_waiting ON bank_document (bank_id, received_at) WHERE status = 'waiting';
CREATE UNIQUE INDEX bank_document_statement_once ON bank_document (bank_id, sequence) WHERE kind = 'camt.053' AND status = 'taken';

CREATE TABLE payout_difference (
    difference_id bigint PRIMARY KEY,
    bank_id bigint NOT NULL,
    document_id text NOT NULL,
    number text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('unknown', 'amount_differs', 'contradiction', 'gap')),
    detail text NOT NULL,
    found_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by text,
    reason text,
    CONSTRAINT payout_difference_closed CHECK (
        (closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (reason IS NULL) AND length(reason) > 0)
);
COMMENT ON TABLE payout_difference IS 'local: what a bank told and we cannot book; closed with a reason, and kept';
CREATE UNIQUE INDEX payout_difference_once ON payout_difference (bank_id, document_id, kind, number);
CREATE INDEX payout_difference_open ON payout_difference (found_at) WHERE closed_at IS NULL;
