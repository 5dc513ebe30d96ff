-- A file whose structure cannot be read is not kept, only that it came and why it was refused.
ALTER TABLE list_file ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE list_file ADD COLUMN refused text;
ALTER TABLE list_file ADD COLUMN rows_read integer;
ALTER TABLE list_file ADD COLUMN rows_faulty integer;
ALTER TABLE list_file ADD COLUMN rows_twice integer;
ALTER TABLE list_file ADD COLUMN rows_checked integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN list_file.refused IS 'a code: why the list was last refused as a whole; gone once it goes through';
COMMENT ON COLUMN list_file.rows_read IS 'rows with a person on them, known once the structure has been checked';
COMMENT ON COLUMN list_file.rows_faulty IS 'rows that the first check (structure) sends back';
COMMENT ON COLUMN list_file.rows_twice IS 'rows that say the same as an earlier row of the file';
COMMENT ON COLUMN list_file.rows_checked IS 'how many of the well-formed rows the second check (business) has looked at';

CREATE TABLE list_resent (
    list_id bigint NOT NULL REFERENCES list_file,
    row_no integer NOT NULL,
    from_list_id bigint NOT NULL REFERENCES list_file,
    from_row_no integer NOT NULL,
    root_list_id bigint NOT NULL,
    root_row_no integer NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'repeated')),
    PRIMARY KEY (list_id, row_no)
);
CREATE INDEX list_resent_root ON list_resent (root_list_id, root_row_no);
CREATE INDEX list_resent_from ON list_resent (from_list_id);
COMMENT ON TABLE list_resent IS
    'local: rows that were sent back, corrected and sent again: which row of which list each was, and what it came to';
COMMENT ON COLUMN list_resent.root_list_id IS 'the list in which the row was first sent, however often it came back';

CREATE TABLE list_row (
    person_id bigint NOT NULL,
    list_id bigint NOT NULL,
    row_no integer NOT NULL,
    PRIMARY KEY (person_id, list_id, row_no)
);
CREATE INDEX list_row_list ON list_row (list_id, row_no);
COMMENT ON TABLE list_row IS
    'person-owned: rows of rosters that made no application, of the sender''s own people: whom each speaks of';

ALTER TABLE application ADD COLUMN bank_rule text;
COMMENT ON COLUMN application.bank_rule IS 'the rule of set `bank` under which the bank was settled; empty for what was made before it was kept';

CREATE TABLE payroll_choice (
    choice_id bigint PRIMARY KEY,
    employer_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    former_bank_id bigint,
    pays_wages boolean NOT NULL,
    rule_id text,
    why text NOT NULL,
    chosen_by text NOT NULL,
    organisation_id bigint NOT NULL,
    chosen_at timestamptz NOT NULL
);
CREATE INDEX payroll_choice_employer ON payroll_choice (employer_id, choice_id);
COMMENT ON TABLE payroll_choice IS
    'local: every choice of the bank for an employer''s staff: by whom, for whom, when, by which rule and why';
COMMENT ON COLUMN payroll_choice.pays_wages IS 'false: none of the employer''s payroll banks is a service bank, and this one was chosen';

CREATE FUNCTION payroll_choice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'choices of a bank are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER payroll_choice_append_only BEFORE UPDATE OR DELETE ON payroll_choice
    FOR EACH ROW EXECUTE FUNCTION payroll_choice_guard();

CREATE TABLE collection (
    collection_id bigint PRIMARY KEY,
    bank_id bigint NOT NULL,
    employer_id bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('planned', 'closed', 'cancelled')),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    place text NOT NULL,
    staff integer NOT NULL CHECK (staff > 0),
    capacity integer NOT NULL CHECK (capacity > 0),
    set_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (ends_at > starts_at)
);
CREATE INDEX collection_bank ON collection (bank_id, collection_id);
CREATE INDEX collection_employer ON collection (employer_id, collection_id);
CREATE INDEX collection_over ON collection (ends_at) WHERE status = 'planned';
COMMENT ON TABLE collection IS 'local: when a bank comes to an employer to take in what the staff''s applications need';

CREATE TABLE collection_seat (
    person_id bigint NOT NULL,
    collection_id bigint NOT NULL,
    application_id bigint NOT NULL,
    seat_no integer NOT NULL,
    status text NOT NULL CHECK (status IN ('expected', 'done', 'missed', 'released')),
    taken text[] NOT NULL DEFAULT '{}',
    next_outlet_id bigint,
    noted_by text,
    noted_at timestamptz,
    PRIMARY KEY (person_id, collection_id),
    CHECK ((status = 'missed') = (next_outlet_id IS NOT NULL)),
    CHECK ((status = 'expected') = (noted_at IS NULL))
);
-- Nobody is expected in two places.
CREATE UNIQUE INDEX collection_seat_one_expected ON collection_seat (person_id) WHERE status = 'expected';
CREATE INDEX collection_seat_collection ON collection_seat (collection_id, seat_no);
COMMENT ON TABLE collection_seat IS
    'person-owned: who is expected at a collection, and what came of it';
COMMENT ON COLUMN collection_seat.taken IS 'what the bank took or saw: identity, consent, signature, photo';
