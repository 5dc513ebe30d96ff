-- Who brought a photo, and what became of one that was found wrong. Its picture may be destroyed: digest and story stay.
ALTER TABLE photo DROP CONSTRAINT photo_source_check;
ALTER TABLE photo ADD CONSTRAINT photo_source_check CHECK (source IN ('counter', 'online', 'id_card', 'student_card'));
ALTER TABLE photo ADD COLUMN brought_by text;
ALTER TABLE photo ADD COLUMN organisation_id bigint;
ALTER TABLE photo ADD COLUMN rejected_at timestamptz;
ALTER TABLE photo ADD COLUMN rejected_why text;
ALTER TABLE photo ADD COLUMN rejected_rule text;
ALTER TABLE photo ADD COLUMN destroy_on date;
ALTER TABLE photo ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE photo ADD CONSTRAINT photo_rejected_why_check CHECK (
    rejected_why IN ('another_person', 'unlike', 'outdated', 'spoiled', 'on_the_card', 'consent_withdrawn'));
ALTER TABLE photo ADD CONSTRAINT photo_rejected_told CHECK ((rejected_at IS NULL) = (rejected_why IS NULL));
ALTER TABLE photo ADD CONSTRAINT photo_destroyed_if_rejected CHECK (sealed IS NOT NULL OR rejected_at IS NOT NULL);
CREATE INDEX photo_destroying ON photo (destroy_on) WHERE destroy_on IS NOT NULL;
COMMENT ON COLUMN photo.brought_by IS 'the actor: a clerk, a resident, or our own step that asked a store';
COMMENT ON COLUMN photo.destroy_on IS 'the picture of a wrong photo is destroyed on this day; NULL: it stays, or is gone already';

CREATE TABLE photo_use (
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    photo_id bigint NOT NULL,
    way text NOT NULL CHECK (way IN ('fetched', 'reused', 'brought')),
    rule_id text NOT NULL,
    consent_version text,
    consent_by text CHECK (consent_by IN ('holder', 'guardian', 'agent', 'proxy', 'employer')),
    consent_at timestamptz,
    consent_id bigint,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, application_id, photo_id),
    CHECK ((consent_version IS NULL) = (consent_by IS NULL)),
    CHECK ((consent_version IS NULL) = (consent_at IS NULL))
);
COMMENT ON TABLE photo_use IS 'person-owned: which photo was used for which application, how it came and with whose consent';
COMMENT ON COLUMN photo_use.rule_id IS 'the rule that let it be used: of consent, or (reused) of age';
COMMENT ON COLUMN photo_use.consent_id IS 'the statement that gave consent; NULL with a version: the application''s form did';

CREATE TABLE photo_consent (
    person_id bigint NOT NULL,
    consent_id bigint NOT NULL,
    application_id bigint NOT NULL,
    given boolean NOT NULL,
    version text NOT NULL,
    stated_by text NOT NULL CHECK (stated_by IN ('holder', 'guardian', 'agent')),
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    stated_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, consent_id)
);
COMMENT ON TABLE photo_consent IS 'person-owned: consent to use shared photos, given or withdrawn; the newest holds until the next';

-- What somebody has stated stays as it was stated.
CREATE FUNCTION photo_consent_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'statements of consent are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER photo_consent_append_only BEFORE UPDATE OR DELETE ON photo_consent
    FOR EACH ROW EXECUTE FUNCTION photo_consent_guard();

ALTER TABLE application DROP CONSTRAINT application_replacement_reason_check;
ALTER TABLE application ADD CONSTRAINT application_replacement_reason_check CHECK (replacement_reason IN (
    'lost', 'worn', 'unreadable', 'damaged', 'data_changed', 'expiring', 'expired', 'photo_wrong'));
