-- Institutions' systems that send messages: keys, nonces, sign-ins; the catalogue that divides items; what a visit was for.
CREATE TABLE sender_key (
    paasid text NOT NULL CHECK (paasid ~ '^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$'),
    key_id bigint NOT NULL,
    institution_id bigint NOT NULL REFERENCES institution,
    sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    good_until timestamptz,
    PRIMARY KEY (paasid, key_id)
);
COMMENT ON TABLE sender_key IS 'shared: secrets by which institutions'' systems sign what they send; one that was renewed or withdrawn has an end';
CREATE INDEX sender_key_of ON sender_key (institution_id);

CREATE TABLE sender_nonce (
    paasid text NOT NULL,
    nonce text NOT NULL CHECK (length(nonce) BETWEEN 1 AND 64),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (paasid, nonce)
);
CREATE INDEX sender_nonce_old ON sender_nonce (expires_at);
COMMENT ON TABLE sender_nonce IS 'local: nonces that came, each once; gone when their time window is over';

CREATE TABLE sender_sign_in (
    institution_id bigint NOT NULL,
    sign_no text NOT NULL CHECK (length(sign_no) BETWEEN 1 AND 30),
    paasid text NOT NULL,
    operator text NOT NULL CHECK (length(operator) <= 30),
    signed_in_at timestamptz NOT NULL,
    good_until timestamptz NOT NULL,
    PRIMARY KEY (institution_id, sign_no)
);
CREATE INDEX sender_sign_in_old ON sender_sign_in (good_until);
COMMENT ON TABLE sender_sign_in IS 'keyed by institution_id: operators who signed in for a day''s work, until they sign out or the day is over';

CREATE TABLE medical_item (
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    since date NOT NULL,
    name text NOT NULL,
    item_class text NOT NULL CHECK (item_class IN ('full', 'shared', 'own')),
    charge_type text NOT NULL CHECK (length(charge_type) <= 6),
    price_limit numeric(16, 6) CHECK (price_limit >= 0),
    prepay_percent smallint CHECK (prepay_percent BETWEEN 0 AND 100),
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (code, since)
);
COMMENT ON TABLE medical_item IS 'shared: the catalogue: of which class an item is from a day on, and up to which price (yuan) it is paid; the latest that has begun counts';

CREATE TABLE medical_visit_care (
    person_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    care_type text NOT NULL CHECK (length(care_type) BETWEEN 1 AND 6),
    sealed bytea NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, visit_id)
);
COMMENT ON TABLE medical_visit_care IS 'person-owned: what a visit was for, as the institution last told: its type, and sealed the diagnoses';
