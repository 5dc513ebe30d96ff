-- The status list for terminals that lose the network: what it last said of each card stands with the card, so that what it has yet to
-- say is a question to the table. What was published is kept.
ALTER TABLE card ADD COLUMN listed text NOT NULL DEFAULT 'not_listed' CHECK (listed IN ('not_listed', 'suspended', 'void'));
ALTER TABLE card ADD COLUMN listed_until timestamptz;
COMMENT ON COLUMN card.listed IS 'what the status list last said of the card';
COMMENT ON COLUMN card.listed_until IS 'until when it said that a temporary loss report lasts';
CREATE INDEX card_untold ON card (person_id, card_id)
    WHERE listed <> CASE social WHEN 'void' THEN 'void' WHEN 'suspended' THEN 'suspended' WHEN 'lost_unopened' THEN 'suspended' ELSE 'not_listed' END
       OR listed_until IS DISTINCT FROM loss_until;

CREATE TABLE status_list_file (
    epoch integer NOT NULL CHECK (epoch > 0),
    sequence integer NOT NULL CHECK (sequence >= 0),
    made_at timestamptz NOT NULL,
    stale_at timestamptz NOT NULL CHECK (stale_at > made_at),
    salt bytea NOT NULL CHECK (length(salt) = 16),
    signer bytea NOT NULL CHECK (length(signer) = 8),
    digest bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    size_bytes integer NOT NULL CHECK (size_bytes > 0),
    void integer NOT NULL,
    suspended integer NOT NULL,
    cleared integer NOT NULL,
    old_part_bytes integer NOT NULL,
    content bytea,
    PRIMARY KEY (epoch, sequence),
    CHECK (content IS NULL OR length(content) = size_bytes)
);
COMMENT ON TABLE status_list_file IS 'local: the status lists that were published; sequence 0 is a base, the others its deltas';
COMMENT ON COLUMN status_list_file.signer IS 'beginning of the SM3 of the public key that signed it';
COMMENT ON COLUMN status_list_file.digest IS 'SM3 of the whole file; the next file names it';
COMMENT ON COLUMN status_list_file.content IS 'the file; dropped when its base is two bases old';

CREATE FUNCTION status_list_file_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published cannot change' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER status_list_file_append_only BEFORE DELETE OR UPDATE OF epoch, sequence, made_at, salt, signer, digest, size_bytes
    ON status_list_file FOR EACH ROW EXECUTE FUNCTION status_list_file_guard();

CREATE TABLE status_list_late (
    late_id bigint PRIMARY KEY,
    noted_at timestamptz NOT NULL
);
COMMENT ON TABLE status_list_late IS 'local: old cards were taken in; a base tells of each old card that was there, so the next file is one';
