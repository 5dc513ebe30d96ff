-- Contributions paid from the account on a card: a debit is asked of its bank, once for each month or year.
CREATE TABLE contribution_debit (
    person_id bigint NOT NULL,
    debit_id bigint NOT NULL,
    scheme text NOT NULL CHECK (scheme IN ('employee', 'resident')),
    period date NOT NULL CHECK (extract(day FROM period) = 1),
    base_fen bigint NOT NULL CHECK (base_fen >= 0),
    own_fen bigint NOT NULL CHECK (own_fen > 0),
    rule_id text NOT NULL,
    bank_id bigint NOT NULL,
    application_id bigint NOT NULL,
    last4 text NOT NULL,
    status text NOT NULL CHECK (status IN ('asked', 'paid', 'refused', 'refunding', 'refunded')),
    reason text,
    contribution_id bigint,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, debit_id),
    CONSTRAINT contribution_debit_paid CHECK ((status = 'paid') = (contribution_id IS NOT NULL)),
    CONSTRAINT contribution_debit_says_why CHECK ((status IN ('refused', 'refunding', 'refunded')) = (reason IS NOT NULL))
);
COMMENT ON TABLE contribution_debit IS 'person-owned: a contribution that is to be paid from the account on a card, and what its bank said';
CREATE UNIQUE INDEX contribution_debit_one_live ON contribution_debit (person_id, scheme, period) WHERE status IN ('asked', 'paid');
CREATE INDEX contribution_debit_due ON contribution_debit (debit_id) WHERE status IN ('asked', 'refunding');
