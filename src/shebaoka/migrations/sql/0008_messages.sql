ALTER TABLE card ADD COLUMN received_on date;
ALTER TABLE card ADD COLUMN reminded_on date;
ALTER TABLE card ADD COLUMN remind_on date;
COMMENT ON COLUMN card.received_on IS 'the day on which a card that was not open yet came into its holder''s hand';
COMMENT ON COLUMN card.remind_on IS 'the day on which an unopened card is looked at for a reminder; none: never';

-- Cards that lie unopened in somebody's hand when the city moves to this release.
UPDATE card
SET received_on = (parcel.received_at AT TIME ZONE 'Asia/Shanghai')::date,
    remind_on = (parcel.received_at AT TIME ZONE 'Asia/Shanghai')::date
FROM application, parcel
WHERE card.social = 'unopened' AND application.person_id = card.person_id AND application.card_id = card.card_id
  AND parcel.person_id = application.person_id AND parcel.application_id = application.application_id
  AND parcel.received_at IS NOT NULL;

-- Of 25 million people's cards these hold only those that are unopened and in somebody's hand.
CREATE INDEX card_unopened ON card (card_id) WHERE social = 'unopened' AND received_on IS NOT NULL;
CREATE INDEX card_unopened_bank ON card (bank_id, card_id) WHERE social = 'unopened' AND received_on IS NOT NULL;
CREATE INDEX card_remind ON card (remind_on) WHERE social = 'unopened' AND remind_on IS NOT NULL;
CREATE INDEX person_employer ON person (employer_id) WHERE employer_id IS NOT NULL;

CREATE TABLE message (
    person_id bigint NOT NULL,
    message_id bigint NOT NULL,
    event_id bigint NOT NULL,
    about_id bigint NOT NULL,
    channel text NOT NULL CHECK (channel IN ('sms', 'app')),
    kind text NOT NULL,
    version smallint NOT NULL,
    parameters jsonb NOT NULL,
    urgent boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'sent', 'delivered', 'given_up', 'dropped', 'posted', 'read')),
    reason text,
    edition smallint NOT NULL DEFAULT 1,
    attempts smallint NOT NULL DEFAULT 0,
    parts smallint,
    due_at timestamptz NOT NULL,
    sent_at timestamptz,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, message_id),
    CHECK ((channel = 'app') = (status IN ('posted', 'read'))),
    CHECK ((status IN ('given_up', 'dropped')) = (reason IS NOT NULL))
);
-- One event is one message a channel, however often it is delivered.
CREATE UNIQUE INDEX message_once ON message (person_id, event_id, channel);
CREATE INDEX message_due ON message (urgent, due_at, message_id) WHERE status = 'queued';
CREATE INDEX message_given_up ON message (message_id) WHERE status = 'given_up';
CREATE INDEX message_number ON message (message_id);
COMMENT ON TABLE message IS 'person-owned: what a person is told, by text message and in the app; a template and its parameters, never a text, a name or a number';
COMMENT ON COLUMN message.person_id IS 'who is told: the holder, or the guardian of a ward';
COMMENT ON COLUMN message.about_id IS 'whom it is about';
COMMENT ON COLUMN message.edition IS 'which sending this is: the gateway knows a message and edition once and for good';

CREATE TABLE message_preference (
    person_id bigint PRIMARY KEY,
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    reminders boolean NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE message_preference IS 'person-owned: in which language a person is told, and whether reminders are wanted';
