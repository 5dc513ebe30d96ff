-- name: insert_answers
-- The first answer of a bank about an application stays; told again it changes nothing.
INSERT INTO bank_account (person_id, application_id, bank_id, status, sealed, last4, reason, answered_at, life)
SELECT person_id, application_id, bank_id, CASE WHEN sealed IS NULL THEN 'refused' ELSE 'open' END, sealed, last4, reason, :now,
       CASE WHEN sealed IS NOT NULL THEN 'opened' END
FROM unnest(:people::bigint[], :applications::bigint[], :banks::bigint[], :sealed::bytea[], :last4s::text[], :reasons::text[])
     AS new(person_id, application_id, bank_id, sealed, last4, reason)
ON CONFLICT (person_id, application_id, bank_id) DO NOTHING
RETURNING person_id, application_id, status;

-- name: of_people
-- All answers about people, without what is sealed.
SELECT person_id, application_id, bank_id, status, last4, reason, answered_at, life, life_at, asked_on, contradicted,
       card, card_told < card_version AS card_waits, card_refused
FROM bank_account
WHERE person_id = ANY (:people::bigint[])
ORDER BY person_id, answered_at, application_id;

-- name: sealed
-- The sealed account numbers of a production file.
SELECT bank_account.application_id, bank_account.sealed
FROM unnest(:people::bigint[], :applications::bigint[], :banks::bigint[]) AS asked(person_id, application_id, bank_id)
JOIN bank_account ON bank_account.person_id = asked.person_id
    AND bank_account.application_id = asked.application_id AND bank_account.bank_id = asked.bank_id
WHERE bank_account.status = 'open';

-- name: known
-- Accounts that a bank tells of, by its own reference; of another bank's accounts it tells nothing.
SELECT person_id, application_id, bank_id, life, life_version
FROM bank_account
WHERE application_id = ANY (:applications::bigint[]) AND bank_id = :bank_id AND status = 'open';

-- name: note_lives
-- How accounts stand now. Of two who note at once the bank's higher count stays.
UPDATE bank_account AS b
SET life = told.life, life_version = told.version, life_at = told.at
FROM unnest(:people::bigint[], :applications::bigint[], :lives::text[], :versions::int[], :moments::timestamptz[])
     AS told(person_id, application_id, life, version, at)
WHERE b.person_id = told.person_id AND b.application_id = told.application_id AND b.bank_id = :bank_id
    AND b.person_id = ANY (:people::bigint[]) AND b.life_version < told.version
RETURNING b.person_id, b.application_id;

-- name: note_contradictions
-- What a bank told that does not follow: it is kept and shown, and changes nothing.
UPDATE bank_account AS b
SET contradicted = told.life
FROM unnest(:people::bigint[], :applications::bigint[], :lives::text[]) AS told(person_id, application_id, life)
WHERE b.person_id = told.person_id AND b.application_id = told.application_id AND b.bank_id = :bank_id
    AND b.person_id = ANY (:people::bigint[]) AND b.contradicted IS DISTINCT FROM told.life
RETURNING b.person_id, b.application_id;

-- name: to_ask
-- Accounts about which their bank was not asked since a day: those never asked about first. Closed ones change no more.
SELECT person_id, application_id, bank_id, life, life_version
FROM bank_account
WHERE life IN ('opened', 'active', 'frozen') AND (asked_on IS NULL OR asked_on < :before)
ORDER BY asked_on NULLS FIRST, application_id
LIMIT :most;

-- name: asked
-- Accounts about which their bank was asked today.
UPDATE bank_account AS b
SET asked_on = :on
FROM unnest(:people::bigint[], :applications::bigint[]) AS asked(person_id, application_id)
WHERE b.person_id = asked.person_id AND b.application_id = asked.application_id AND b.person_id = ANY (:people::bigint[])
    AND b.life IS NOT NULL;

-- name: contradictions
-- Accounts of which a bank tells what cannot be, or whose cards it will not hear of, for somebody to call it.
SELECT person_id, application_id, bank_id, status, last4, reason, answered_at, life, life_at, asked_on, contradicted,
       card, card_told < card_version AS card_waits, card_refused
FROM bank_account
WHERE contradicted IS NOT NULL OR card_refused IS NOT NULL
ORDER BY application_id
LIMIT :most;

-- name: lives
-- How many accounts stand how, by bank.
SELECT bank_id, life, count(*) FROM bank_account WHERE life IS NOT NULL GROUP BY bank_id, life ORDER BY bank_id, life;

-- name: feed
-- How far a bank's feed has been read.
SELECT next FROM bank_feed WHERE bank_id = :bank_id AND feed = :feed;

-- name: note_feed
-- So far; in the transaction of what was read.
INSERT INTO bank_feed (bank_id, feed, next, read_at) VALUES (:bank_id, :feed, :next, :now)
ON CONFLICT (bank_id, feed) DO UPDATE SET next = excluded.next, read_at = excluded.read_at;

-- name: note_cards
-- How cards stand for their banks; what changed is told next. A card of which nothing changed is told no more.
UPDATE bank_account AS b
SET card = now.card, card_version = b.card_version + 1
FROM unnest(:people::bigint[], :applications::bigint[], :banks::bigint[], :cards::text[])
     AS now(person_id, application_id, bank_id, card)
WHERE b.person_id = now.person_id AND b.application_id = now.application_id AND b.bank_id = now.bank_id
    AND b.person_id = ANY (:people::bigint[]) AND b.status = 'open' AND b.life <> 'closed' AND b.card <> now.card
RETURNING b.person_id, b.application_id;

-- name: cards_to_tell
-- Changes of cards that their banks do not know yet; the partial index holds these only.
SELECT person_id, application_id, bank_id, card, card_version AS version
FROM bank_account
WHERE card_told < card_version AND application_id > :after
ORDER BY application_id
LIMIT :most;

-- name: note_heard
-- What banks have heard. A card that changed meanwhile is told again.
UPDATE bank_account AS b
SET card_told = heard.version, card_refused = heard.reason
FROM unnest(:people::bigint[], :applications::bigint[], :banks::bigint[], :versions::int[], :reasons::text[])
     AS heard(person_id, application_id, bank_id, version, reason)
WHERE b.person_id = heard.person_id AND b.application_id = heard.application_id AND b.bank_id = heard.bank_id
    AND b.person_id = ANY (:people::bigint[]) AND b.card_told < heard.version
RETURNING b.person_id, b.application_id;

-- name: tell_again
-- Changes that a bank would not hear of, as changes of their own: it may have kept its first answer.
UPDATE bank_account SET card_version = card_version + 1
WHERE card_refused IS NOT NULL AND card_told = card_version
RETURNING person_id, application_id;
