-- name: take_turn
-- One process at a time fills and closes batches: a card must not join a batch that is being written.
SELECT pg_advisory_xact_lock(741031);

-- name: open_batch
-- The batch that still takes cards, and how many it holds.
SELECT batch_id, cards FROM production_batch WHERE status = :status AND cards < :cards_max ORDER BY batch_id LIMIT 1;

-- name: add_batches
-- New batches, with the cards that are put into them at once.
INSERT INTO production_batch (batch_id, status, cards, opened_at)
SELECT batch_id, :status, cards, :now FROM unnest(:batches::bigint[], :cards::integer[]) AS fresh(batch_id, cards);

-- name: fill_batch
-- More cards join a batch, if it is still open.
UPDATE production_batch SET cards = cards + :cards WHERE batch_id = :batch_id AND status = :status;

-- name: close_batches
-- No card joins any more.
UPDATE production_batch SET status = :to_status WHERE status = :from_status;

-- name: batches_in
-- The batches in some statuses, oldest first.
SELECT batch_id FROM production_batch WHERE status = ANY(:statuses::text[]) ORDER BY batch_id;

-- name: lock_batch
-- One process at a time works on a batch; the second finds it in its next status.
SELECT status FROM production_batch WHERE batch_id = :batch_id FOR UPDATE;

-- name: sent
-- A batch as it was written; one process at a time works on it.
SELECT status, sent AS cards, file_name, file_digest FROM production_batch WHERE batch_id = :batch_id FOR UPDATE;

-- name: move_batch
-- The one door to a batch's status after it was written.
UPDATE production_batch
SET status = :to_status,
    handed_at = CASE WHEN :to_status = 'handed' THEN :now ELSE handed_at END,
    answered_at = CASE WHEN :to_status IN ('answered', 'called_off') THEN :now ELSE answered_at END
WHERE batch_id = :batch_id AND status = :from_status;

-- name: add_custody
-- One more entry: who had how many cards in which file.
INSERT INTO batch_custody (batch_id, entry_id, step, at, said_at, actor, file_name, cards, digest, note)
VALUES (:batch_id, :entry_id, :step, :now, :said_at, :actor, :file_name, :cards, :digest, :note);

-- name: custody
-- A batch's custody from the beginning.
SELECT step, at, said_at, actor, file_name, cards, digest, note FROM batch_custody
WHERE batch_id = :batch_id
ORDER BY entry_id;

-- name: receipts
-- The receipts of a batch that were taken.
SELECT digest FROM batch_custody WHERE batch_id = :batch_id AND step = :step;

-- name: key_uses
-- How often the bureau has used a batch's keys, by all its files.
SELECT coalesce(sum(key_uses), 0)::bigint FROM return_file WHERE batch_id = :batch_id;

-- name: spoiled
-- How many blanks these batches cost beside those that became cards.
SELECT batch_id, sum(spoiled)::bigint AS spoiled FROM return_file
WHERE batch_id = ANY(:batches::bigint[])
GROUP BY batch_id;

-- name: batch_orders
-- What stands in a batch, in the order of its file.
SELECT person_id, order_id, application_id, card_number, bank_id, issued_on, expires_on
FROM production_order
WHERE batch_id = :batch_id
ORDER BY order_id;

-- name: order
-- One order, as it goes into the production file.
SELECT person_id, order_id, application_id, card_number, bank_id, issued_on, expires_on
FROM production_order
WHERE order_id = :order_id;

-- name: note_sent
-- What the file said of each card, as digests: the return will be held against it.
UPDATE production_order
SET id_digest = sent.id_digest, name_digest = sent.name_digest, bank_digest = sent.bank_digest, chip_digest = sent.chip_digest
FROM unnest(:people::bigint[], :orders::bigint[], :id_digests::bytea[], :name_digests::bytea[], :bank_digests::bytea[],
            :chip_digests::bytea[])
    AS sent(person_id, order_id, id_digest, name_digest, bank_digest, chip_digest)
WHERE production_order.person_id = sent.person_id AND production_order.order_id = sent.order_id;

-- name: note_written
-- The file lies ready.
UPDATE production_batch
SET status = :to_status, file_name = :file_name, file_digest = :file_digest, sent = :sent, written_at = :now
WHERE batch_id = :batch_id AND status = :from_status;

-- name: return_taken
-- A return file taken before: of this name, or the same answer to this batch under another name.
SELECT file_name, digest FROM return_file
WHERE file_name = :file_name OR (batch_id = :batch_id AND digest = :digest);

-- name: sent_orders
-- A batch as the bureau was told it.
SELECT person_id, order_id, application_id, attempt, status, card_number, bank_id, issued_on, expires_on,
       failed_stage, id_digest, name_digest, bank_digest, chip_digest
FROM production_order
WHERE batch_id = :batch_id;

-- name: unanswered_orders
-- The orders of a batch that wait for an answer.
SELECT person_id, order_id, application_id, attempt, status, card_number, bank_id, issued_on, expires_on,
       failed_stage, id_digest, name_digest, bank_digest, chip_digest
FROM production_order
WHERE batch_id = :batch_id AND status = :status;

-- name: settle_orders
-- The one door to an order's status.
UPDATE production_order
SET status = :to_status, failed_stage = coalesce(done.stage, failed_stage),
    failed_reason = coalesce(done.reason, failed_reason), updated_at = :now
FROM unnest(:people::bigint[], :orders::bigint[], :stages::text[], :reasons::text[])
    AS done(person_id, order_id, stage, reason)
WHERE production_order.person_id = done.person_id AND production_order.order_id = done.order_id
  AND production_order.status = :from_status;

-- name: unanswered_count
-- How many cards of a batch wait for an answer.
SELECT count(*) FROM production_order WHERE batch_id = :batch_id AND status = :status;

-- name: add_return
-- An answer is taken in once.
INSERT INTO return_file (file_name, digest, batch_id, lines, made, failed, differences, spoiled, key_uses, received_at)
VALUES (:file_name, :digest, :batch_id, :lines, :made, :failed, :differences, :spoiled, :key_uses, :now);

-- name: add_differences
-- A file that comes again after a kill tells the same differences, which then stand there already.
INSERT INTO return_difference (file_name, digest, ordinal, kind, card_number, detail, found_at)
SELECT :file_name, :digest, ordinal, kind, card_number, detail, :now
FROM unnest(:ordinals::integer[], :kinds::text[], :cards::text[], :details::text[])
    AS found(ordinal, kind, card_number, detail)
ON CONFLICT DO NOTHING;

-- name: lapsing_batches
-- Batches that the bureau has left unanswered, wholly or in part, for too long.
SELECT batch_id FROM production_batch
WHERE status = ANY(:statuses::text[]) AND written_at < :before ORDER BY batch_id;

-- name: last_attempt
-- The newest attempt of the card that a failed order belongs to; by age, for a card lost in the post begins to count anew.
SELECT newest.person_id, newest.order_id, newest.application_id, newest.attempt, newest.status, newest.card_number,
       newest.bank_id, newest.issued_on, newest.expires_on, newest.failed_stage, newest.id_digest,
       newest.name_digest, newest.bank_digest, newest.chip_digest
FROM production_order
JOIN production_order AS newest ON newest.person_id = production_order.person_id
    AND newest.application_id = production_order.application_id
WHERE production_order.order_id = :order_id AND production_order.status = :failed
ORDER BY newest.order_id DESC
LIMIT 1;

-- name: board
-- All batches, newest first.
SELECT batch_id, status, cards, file_name, opened_at, written_at, answered_at
FROM production_batch
ORDER BY batch_id DESC
LIMIT :lines_max;

-- name: one_batch
-- One batch, as the board has it.
SELECT batch_id, status, cards, file_name, opened_at, written_at, answered_at
FROM production_batch
WHERE batch_id = :batch_id;

-- name: order_lines
-- The cards of a batch, those first that were not made.
SELECT person_id, order_id, card_number, attempt, status, failed_stage, failed_reason
FROM production_order
WHERE batch_id = :batch_id
ORDER BY status = 'made', order_id
LIMIT :lines_max;

-- name: tallies
-- What became of the cards of these batches.
SELECT batch_id, status, count(*) AS cards
FROM production_order
WHERE batch_id = ANY(:batches::bigint[])
GROUP BY batch_id, status;

-- name: written_batches
-- The batches that the bureau holds and has not answered in full, with the day they were written.
SELECT batch_id, written_at FROM production_batch WHERE status = ANY(:statuses::text[]) ORDER BY batch_id;

-- name: outstanding
-- Cards of these batches that wait for an answer, oldest first.
SELECT person_id, order_id, application_id, batch_id, attempt, card_number
FROM production_order
WHERE batch_id = ANY(:batches::bigint[]) AND status = :status
ORDER BY batch_id, order_id
LIMIT :lines_max;

-- name: exceptions
-- Cards whose last attempt failed and that nobody orders again by itself, oldest first.
SELECT failed.person_id, failed.order_id, failed.application_id, failed.batch_id, failed.attempt,
       failed.card_number, failed.failed_stage, failed.failed_reason, failed.updated_at
FROM production_order AS failed
LEFT JOIN production_order AS newer ON newer.person_id = failed.person_id
    AND newer.application_id = failed.application_id AND newer.order_id > failed.order_id
WHERE failed.status = :status AND newer.person_id IS NULL
ORDER BY failed.order_id
LIMIT :lines_max;

-- name: differences
-- What the bureau answered that did not fit, newest first.
SELECT file_name, ordinal, kind, card_number, detail, found_at
FROM return_difference
ORDER BY found_at DESC, file_name, ordinal
LIMIT :lines_max;

-- name: standing
-- Where the last attempt of an application's card stands, and its batch; a batch that is gone stands nowhere.
SELECT production_order.status, production_batch.status
FROM production_order
LEFT JOIN production_batch ON production_batch.batch_id = production_order.batch_id
WHERE production_order.person_id = :person_id AND production_order.application_id = :application_id
ORDER BY production_order.order_id DESC
LIMIT 1;
