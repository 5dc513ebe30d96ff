-- The electronic card: a token is one organisation's, which may ask again while it lasts.
CREATE TABLE ecard_seen (
    token_id bigint PRIMARY KEY,
    organisation_id bigint NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ecard_seen_old ON ecard_seen (expires_at);
COMMENT ON TABLE ecard_seen IS 'local: electronic cards that were checked, and who was shown each first; gone a day after they are over';
