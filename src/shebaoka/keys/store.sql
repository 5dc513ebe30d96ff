-- name: version
-- One version of an algorithm's keys.
SELECT algorithm, version, status, top, created_at, ready_at, in_force_at, former_at, destroyed_at
FROM card_key_set
WHERE algorithm = :algorithm AND version = :version;

-- name: in_force
-- The version that new cards get.
SELECT algorithm, version, status, top, created_at, ready_at, in_force_at, former_at, destroyed_at
FROM card_key_set
WHERE algorithm = :algorithm AND status = 'in_force';

-- name: versions
-- All versions, newest first.
SELECT algorithm, version, status, top, created_at, ready_at, in_force_at, former_at, destroyed_at
FROM card_key_set
ORDER BY algorithm DESC, version DESC;

-- name: hold_versions
-- All versions of an algorithm, which nobody else changes until the transaction ends.
SELECT algorithm, version, status, top, created_at, ready_at, in_force_at, former_at, destroyed_at
FROM card_key_set
WHERE algorithm = :algorithm
ORDER BY version
FOR UPDATE;

-- name: add_version
-- A new version, of which the key at the top is there.
INSERT INTO card_key_set (algorithm, version, status, top, created_at)
VALUES (:algorithm, :version, 'created', :top, :now);

-- name: move_version
-- A version is how far it says now; the day of it stays what it first was.
UPDATE card_key_set
SET status = :status,
    ready_at = CASE WHEN :status = 'ready' THEN :now ELSE ready_at END,
    in_force_at = CASE WHEN :status = 'in_force' THEN :now ELSE in_force_at END,
    former_at = CASE WHEN :status = 'former' THEN :now ELSE former_at END,
    destroyed_at = CASE WHEN :status = 'destroyed' THEN :now ELSE destroyed_at END
WHERE algorithm = :algorithm AND version = :version;

-- name: add_keys
-- Keys that were made, by their check values.
INSERT INTO card_key (algorithm, version, level, number, check_value, made_at)
SELECT :algorithm, :version, made.level, made.number, made.check_value, :now
FROM unnest(:levels::text[], :numbers::smallint[], :checks::bytea[]) AS made(level, number, check_value);

-- name: keys_of
-- The keys of a version.
SELECT algorithm, version, level, number, check_value FROM card_key
WHERE algorithm = :algorithm AND version = :version
ORDER BY array_position(ARRAY['root', 'city', 'application'], level), number;

-- name: keys
-- All keys that are kept: what was destroyed is known by the records only.
SELECT card_key.algorithm, card_key.version, level, number, check_value
FROM card_key JOIN card_key_set USING (algorithm, version)
WHERE card_key_set.status <> 'destroyed'
ORDER BY card_key.algorithm, card_key.version, array_position(ARRAY['root', 'city', 'application'], level), number;

-- name: open_ceremony
-- A ceremony that one officer opens; the unique index lets an algorithm have one.
INSERT INTO card_key_ceremony (
    ceremony_id, kind, algorithm, version, status, top, expected_check, reason, opened_by, opened_at, lapses_at)
VALUES (
    :ceremony_id, :kind, :algorithm, :version, 'opened', :top, :expected, :reason, :opened_by, :now, :lapses_at);

-- name: ceremony
-- One ceremony.
SELECT ceremony_id, kind, algorithm, version, status, top, expected_check, reason, opened_by, opened_at, lapses_at,
       closed_by, closed_at
FROM card_key_ceremony
WHERE ceremony_id = :ceremony_id;

-- name: hold_ceremony
-- One ceremony, which nobody else closes meanwhile.
SELECT ceremony_id, kind, algorithm, version, status, top, expected_check, reason, opened_by, opened_at, lapses_at,
       closed_by, closed_at
FROM card_key_ceremony
WHERE ceremony_id = :ceremony_id
FOR UPDATE;

-- name: close_ceremony
-- It is done, withdrawn or lapsed; its row is locked.
UPDATE card_key_ceremony SET status = :status, closed_by = :closed_by, closed_at = :now WHERE ceremony_id = :ceremony_id;

-- name: ceremonies
-- Ceremonies, newest first.
SELECT ceremony_id, kind, algorithm, version, status, top, expected_check, reason, opened_by, opened_at, lapses_at,
       closed_by, closed_at
FROM card_key_ceremony
ORDER BY ceremony_id DESC
LIMIT :rows_max;

-- name: lapsed
-- Open ceremonies whose time is over.
SELECT ceremony_id FROM card_key_ceremony WHERE status = 'opened' AND lapses_at <= :now ORDER BY ceremony_id;

-- name: open_ceremonies
-- Which ceremonies are open.
SELECT ceremony_id FROM card_key_ceremony WHERE status = 'opened';

-- name: take_records_turn
-- Records come one after the other. On its own: a statement that waits here and reads would read what was there before.
SELECT pg_advisory_xact_lock(741040);

-- name: last_digest
-- The digest of the last record.
SELECT digest FROM card_key_record ORDER BY record_id DESC LIMIT 1;

-- name: add_record
-- One more record.
INSERT INTO card_key_record (record_id, ceremony_id, at, actor, action, facts, digest)
VALUES (:record_id, :ceremony_id, :at, :actor, :action, :facts, :digest);

-- name: records
-- All records, in their order.
SELECT record_id, ceremony_id, at, actor, action, facts, digest FROM card_key_record ORDER BY record_id;

-- name: records_of
-- The records of one ceremony.
SELECT record_id, ceremony_id, at, actor, action, facts, digest FROM card_key_record
WHERE ceremony_id = :ceremony_id
ORDER BY record_id;

-- name: count_use
-- One more use on this day.
INSERT INTO card_key_use (algorithm, version, purpose, day, slot, uses, cards)
VALUES (:algorithm, :version, :purpose, :day, :slot, 1, :cards)
ON CONFLICT (purpose, day, algorithm, version, slot)
DO UPDATE SET uses = card_key_use.uses + 1, cards = card_key_use.cards + EXCLUDED.cards;

-- name: cards_of_day
-- For how many cards keys were used for a purpose on a day, of all versions and algorithms.
SELECT coalesce(sum(cards), 0)::bigint FROM card_key_use WHERE purpose = :purpose AND day = :day;

-- name: uses
-- How often each version was used for each purpose.
SELECT algorithm, version, purpose, sum(uses)::bigint AS uses, sum(cards)::bigint AS cards,
       coalesce(sum(cards) FILTER (WHERE day = :day), 0)::bigint AS cards_today
FROM card_key_use
GROUP BY algorithm, version, purpose
ORDER BY algorithm DESC, version DESC, purpose;

-- name: add_hand_out
-- Keys for one batch.
INSERT INTO card_key_hand_out (batch_id, algorithm, version, status, cards, recipient, package, handed_at, due_on)
VALUES (:batch_id, :algorithm, :version, 'outstanding', :cards, :recipient, :package, :now, :due_on)
ON CONFLICT (batch_id) DO NOTHING;

-- name: hold_hand_out
-- What was handed out for a batch, which nobody else confirms meanwhile.
SELECT batch_id, algorithm, version, status, cards, recipient, package, handed_at, due_on, used, confirmed_at
FROM card_key_hand_out
WHERE batch_id = :batch_id
FOR UPDATE;

-- name: hand_outs_of
-- What was handed out for these batches.
SELECT batch_id, algorithm, version, status, cards, recipient, package, handed_at, due_on, used, confirmed_at
FROM card_key_hand_out
WHERE batch_id = ANY(:batches::bigint[]);

-- name: confirm_hand_out
-- The bureau has destroyed them.
UPDATE card_key_hand_out SET status = :status, used = :used, confirmed_at = :now WHERE batch_id = :batch_id;

-- name: hand_outs
-- What the bureau has not confirmed, the longest due first; then what it confirmed with too many cards, and the latest of the rest.
SELECT batch_id, algorithm, version, status, cards, recipient, package, handed_at, due_on, used, confirmed_at
FROM card_key_hand_out
ORDER BY array_position(ARRAY['outstanding', 'overused', 'destroyed'], status),
         CASE WHEN status = 'outstanding' THEN due_on END, batch_id DESC
LIMIT :rows_max;
