-- Issue on the spot speaks to the chip: which one was given a session's order, and what is to stand on it.
ALTER TABLE instant_issue ADD COLUMN chip_reset text;
ALTER TABLE instant_issue ADD COLUMN chip_code text;
ALTER TABLE instant_issue ADD COLUMN chip_digest bytea;
ALTER TABLE instant_issue ADD COLUMN chip_keys integer;
ALTER TABLE instant_issue ADD CONSTRAINT instant_issue_chip_whole CHECK (
    (chip_reset IS NULL) = (chip_code IS NULL) AND (chip_reset IS NULL) = (chip_digest IS NULL)
    AND (chip_reset IS NULL) = (chip_keys IS NULL));
COMMENT ON COLUMN instant_issue.chip_reset IS 'historical bytes (hex) of the chip that was given the order of the blank that is out, or was made';
COMMENT ON COLUMN instant_issue.chip_digest IS 'keyed digest of all that is to stand on the chip; what was read back is held against it';
COMMENT ON COLUMN instant_issue.chip_keys IS 'version of the city''s keys that the chip gets';

CREATE TABLE chip_directory (
    factor bytea PRIMARY KEY,
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    attempt smallint NOT NULL,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL
);
COMMENT ON TABLE chip_directory IS 'keyed by factor: finds the session that a chip was given an order in, and holds that it is one card''s for ever';

CREATE FUNCTION chip_directory_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a chip is one card''s for ever' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER chip_directory_append_only BEFORE UPDATE OR DELETE ON chip_directory
    FOR EACH ROW EXECUTE FUNCTION chip_directory_guard();

-- A chip is one card's: a code that comes again is a copy.
CREATE INDEX card_identification_code ON card (identification_code) WHERE identification_code IS NOT NULL;
