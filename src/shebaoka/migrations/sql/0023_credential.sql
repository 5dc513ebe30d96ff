-- The card in use: terminals that prove themselves to cards, cards that prove themselves to us, and who asked who somebody is.
ALTER TABLE institution DROP CONSTRAINT institution_kind_check;
ALTER TABLE institution ADD CONSTRAINT institution_kind_check CHECK (kind IN (
    'card_centre', 'community_centre', 'bank', 'bank_outlet', 'employer', 'school', 'card_bureau', 'courier', 'hotline',
    'online_platform', 'kiosk', 'hospital', 'pharmacy', 'bank_hotline', 'agency', 'hotel', 'library'));

CREATE TABLE card_ticket (
    ticket_digest bytea PRIMARY KEY,
    ticket_id bigint NOT NULL UNIQUE,
    purpose text NOT NULL CHECK (purpose IN ('read', 'personalise')),
    application_id bigint,
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    role text NOT NULL,
    expires_at timestamptz NOT NULL,
    factor bytea CHECK (octet_length(factor) = 8),
    proofs smallint NOT NULL DEFAULT 0,
    CHECK ((purpose = 'personalise') = (application_id IS NOT NULL)),
    CHECK ((factor IS NULL) = (proofs = 0))
);
CREATE INDEX card_ticket_old ON card_ticket (expires_at);
COMMENT ON TABLE card_ticket IS 'local: what lets a terminal prove itself to one card; only a digest of the ticket is kept';
COMMENT ON COLUMN card_ticket.application_id IS 'the card issued on the spot that a blank is written for';
COMMENT ON COLUMN card_ticket.factor IS 'the chip that the first proof was for: the ticket is good for no other';

CREATE TABLE card_challenge (
    challenge_id bigint PRIMARY KEY,
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    challenge bytea NOT NULL CHECK (octet_length(challenge) = 16),
    expires_at timestamptz NOT NULL,
    answered_at timestamptz,
    verdict text,
    holder_id bigint,
    card_id bigint,
    good boolean NOT NULL DEFAULT false,
    pin text CHECK (pin IN ('verified', 'wrong', 'blocked', 'not_asked')),
    spent_at timestamptz,
    CHECK (verdict IS NULL OR answered_at IS NOT NULL),
    CHECK ((holder_id IS NULL) = (card_id IS NULL)),
    CHECK (spent_at IS NULL OR holder_id IS NOT NULL)
);
CREATE INDEX card_challenge_old ON card_challenge (expires_at);
COMMENT ON TABLE card_challenge IS 'local: challenges to cards, answered once each, and what the answer showed';
COMMENT ON COLUMN card_challenge.pin IS 'what the terminal told of the PIN, which only the card has seen';
COMMENT ON COLUMN card_challenge.spent_at IS 'when the holder''s consent to a request rested on it: it does once';

CREATE TABLE identity_code (
    code_digest bytea PRIMARY KEY,
    holder_id bigint NOT NULL UNIQUE,
    given_by bigint NOT NULL,
    purpose text NOT NULL,
    expires_at timestamptz NOT NULL,
    spent_at timestamptz
);
CREATE INDEX identity_code_old ON identity_code (expires_at);
COMMENT ON TABLE identity_code IS 'local: codes by which holders consent to one request, by keyed digest; a new one takes the place of the one before';
COMMENT ON COLUMN identity_code.given_by IS 'the holder, or the guardian who acts for the holder';

CREATE TABLE identity_failure (
    subject bytea NOT NULL,
    attempt_id bigint NOT NULL,
    failed_at timestamptz NOT NULL,
    PRIMARY KEY (subject, attempt_id)
);
CREATE INDEX identity_failure_old ON identity_failure (failed_at);
COMMENT ON TABLE identity_failure IS 'local: requests without consent of late, by keyed digest of who asked';

CREATE TABLE relying_purpose (
    institution_id bigint NOT NULL REFERENCES institution,
    purpose text NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL,
    PRIMARY KEY (institution_id, purpose)
);
COMMENT ON TABLE relying_purpose IS 'shared: for which purposes which institution may ask who somebody is';

CREATE TABLE identity_request (
    person_id bigint NOT NULL,
    request_id bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    organisation_id bigint NOT NULL,
    actor text NOT NULL,
    purpose text NOT NULL,
    consent text CHECK (consent IN ('code', 'card_pin', 'card_in_person')),
    given_by bigint,
    refused text CHECK (refused IN ('not_registered', 'not_allowed', 'no_consent')),
    rule_id text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (person_id, request_id),
    CHECK (refused IS NOT NULL OR consent IS NOT NULL)
);
CREATE INDEX identity_request_old ON identity_request (asked_at);
CREATE INDEX identity_request_number ON identity_request (request_id);
COMMENT ON TABLE identity_request IS 'person-owned: who asked who this person is, for what, with whose consent; what was asked and answered is sealed. Person 0: nobody known';
COMMENT ON COLUMN identity_request.rule_id IS 'the rule of identity_purpose that decided';
