CREATE TABLE bank_account (
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'refused')),
    sealed bytea,
    last4 text,
    reason text,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, application_id, bank_id),
    CHECK ((status = 'open') = (sealed IS NOT NULL))
);
COMMENT ON TABLE bank_account IS 'person-owned: the account that a bank opened for a card, or why it refused; the number is sealed';
