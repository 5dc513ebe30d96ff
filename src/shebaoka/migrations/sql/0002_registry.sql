CREATE TABLE district (
    district_code text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL
);
COMMENT ON TABLE district IS 'shared: the districts of the city';

CREATE TABLE institution (
    institution_id bigint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN (
        'card_centre', 'community_centre', 'bank', 'bank_outlet', 'employer', 'school',
        'card_bureau', 'courier', 'hotline', 'online_platform', 'kiosk', 'hospital', 'pharmacy')),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    parent_id bigint REFERENCES institution,
    district_code text REFERENCES district,
    uscc text UNIQUE,
    elsewhere boolean NOT NULL DEFAULT false,
    live_from date
);
CREATE INDEX institution_kind ON institution (kind, district_code);
COMMENT ON TABLE institution IS 'shared: every organisation that takes part';
COMMENT ON COLUMN institution.elsewhere IS 'outside the city: such a bank outlet opens the functions on another day';

CREATE TABLE payroll_bank (
    employer_id bigint NOT NULL REFERENCES institution,
    rank smallint NOT NULL,
    bank_id bigint REFERENCES institution,
    bank_name text NOT NULL,
    chosen boolean NOT NULL DEFAULT false,
    chosen_by text,
    PRIMARY KEY (employer_id, rank)
);
CREATE UNIQUE INDEX payroll_bank_one_chosen ON payroll_bank (employer_id) WHERE chosen;
COMMENT ON TABLE payroll_bank IS 'shared: through which banks an employer pays wages, in or outside the service banks, and which it chose';

CREATE TABLE staff (
    staff_id bigint PRIMARY KEY,
    institution_id bigint NOT NULL REFERENCES institution,
    login text NOT NULL UNIQUE,
    name text NOT NULL,
    role text NOT NULL,
    password_hash text NOT NULL,
    active boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE staff IS 'shared: people who work with the system, and what they may do';

CREATE TABLE staff_session (
    token_digest bytea PRIMARY KEY,
    staff_id bigint NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz
);
COMMENT ON TABLE staff_session IS 'local: who is logged in; only a digest of the token is kept';

CREATE TABLE login_failure (
    subject bytea NOT NULL,
    attempt_id bigint NOT NULL,
    failed_at timestamptz NOT NULL,
    PRIMARY KEY (subject, attempt_id)
);
CREATE INDEX login_failure_old ON login_failure (failed_at);
COMMENT ON TABLE login_failure IS
    'local: attempts to log in per account and per source, by keyed digests; an attempt that succeeds is taken out again';

CREATE TABLE institution_client (
    client_id text PRIMARY KEY,
    institution_id bigint NOT NULL REFERENCES institution,
    secret_hash text NOT NULL,
    role text NOT NULL,
    active boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE institution_client IS 'shared: the systems of institutions that call the interface';

CREATE TABLE client_token (
    token_digest bytea PRIMARY KEY,
    client_id text NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
COMMENT ON TABLE client_token IS 'local: access tokens of institution clients; only a digest is kept';

CREATE TABLE person (
    person_id bigint PRIMARY KEY,
    id_digest bytea NOT NULL,
    sealed bytea NOT NULL,
    name_digest bytea NOT NULL,
    content_digest bytea NOT NULL,
    birth_date date NOT NULL,
    sex text NOT NULL CHECK (sex IN ('male', 'female')),
    hukou boolean NOT NULL,
    district_code text,
    insured text NOT NULL CHECK (insured IN ('employee', 'resident', 'none')),
    insured_status text NOT NULL CHECK (insured_status IN ('active', 'retired', 'none')),
    insured_since date,
    employer_id bigint,
    school_id bigint,
    school_stage text CHECK (school_stage IN ('kindergarten', 'primary', 'junior', 'senior', 'university')),
    pension_bank text,
    died_on date,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
COMMENT ON TABLE person IS 'person-owned: everybody in the register; name, ID number, mobile and address are sealed together';
COMMENT ON COLUMN person.id_digest IS 'keyed digest of the ID number: found by it, never read from it';
COMMENT ON COLUMN person.name_digest IS 'keyed digest of the name: a list is checked against it without opening the seal';
COMMENT ON COLUMN person.content_digest IS
    'keyed digest of the row last taken from the register: the same row again is known without opening the seal';

CREATE TABLE person_directory (
    id_digest bytea PRIMARY KEY,
    person_id bigint NOT NULL
);
COMMENT ON TABLE person_directory IS 'keyed by id_digest: finds a person by the keyed digest of the ID number, and holds that nobody enters twice';

CREATE TABLE guardian_tie (
    person_id bigint NOT NULL,
    guardian_id bigint NOT NULL,
    kind text NOT NULL,
    PRIMARY KEY (person_id, guardian_id),
    CHECK (person_id <> guardian_id)
);
COMMENT ON TABLE guardian_tie IS 'person-owned: who acts for this person';

CREATE TABLE programme_rule (
    rule_set text NOT NULL,
    rule_id text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    rank smallint NOT NULL,
    applies jsonb NOT NULL,
    decides jsonb NOT NULL,
    reason_zh text NOT NULL,
    reason_en text NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (rule_set, rule_id, valid_from)
);
COMMENT ON TABLE programme_rule IS 'shared: the dated rules of the programme, loaded from files';
