-- What banks are told of the cards that their accounts are on.
ALTER TABLE bank_account
    ADD COLUMN card text NOT NULL DEFAULT 'unopened' CONSTRAINT bank_account_card CHECK (card IN ('unopened', 'open', 'lost', 'void')),
    ADD COLUMN card_version integer NOT NULL DEFAULT 0,
    ADD COLUMN card_told integer NOT NULL DEFAULT 0,
    ADD COLUMN card_refused text,
    ADD CONSTRAINT bank_account_card_told CHECK (card_told <= card_version);
COMMENT ON COLUMN bank_account.card IS 'how the card with this account stands, for its bank; card_version counts the changes';
COMMENT ON COLUMN bank_account.card_told IS 'the card_version of which the bank knows';
COMMENT ON COLUMN bank_account.card_refused IS 'why the bank would not hear the last change';
-- Of cards that changed before there was this, banks are told once.
UPDATE bank_account AS b
SET card = now.card, card_version = 1
FROM (
    SELECT a.person_id, a.application_id, c.bank_id,
           CASE WHEN c.social = 'void' THEN 'void' WHEN c.loss IS NOT NULL THEN 'lost'
                WHEN c.financial IN ('open', 'suspended') THEN 'open' ELSE 'unopened' END AS card
    FROM application AS a JOIN card AS c ON c.person_id = a.person_id AND c.card_id = a.card_id
) AS now
WHERE b.person_id = now.person_id AND b.application_id = now.application_id AND b.bank_id = now.bank_id
    AND b.status = 'open' AND b.life <> 'closed' AND now.card <> 'unopened';
CREATE INDEX bank_account_card_to_tell ON bank_account (application_id) WHERE card_told < card_version;
DROP INDEX bank_account_contradicted;
CREATE INDEX bank_account_to_call ON bank_account (application_id) WHERE contradicted IS NOT NULL OR card_refused IS NOT NULL;
