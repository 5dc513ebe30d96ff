-- name: add_list
-- A list with what became of each of its lines.
INSERT INTO payout_list (list_id, name, kind, lines, taken, repeated, faults, taken_by, taken_at)
VALUES (:list_id, :name, :kind, :lines, :taken, :repeated, :faults::jsonb, :actor, :now);

-- name: add_items
-- What is owed, once by the number of whoever decided it; what was taken before stays as it was.
INSERT INTO payout_item (person_id, item_id, benefit, scheme, period, reference, amount_fen, status, list_id, taken_at)
SELECT person_id, item_id, benefit, scheme, period, reference, amount_fen, 'due', :list_id, :now
FROM unnest(:people::bigint[], :items::bigint[], :benefits::text[], :schemes::text[], :periods::date[], :references::text[],
            :amounts::bigint[])
     AS new(person_id, item_id, benefit, scheme, period, reference, amount_fen)
ORDER BY person_id, benefit, period, reference
ON CONFLICT (person_id, benefit, period, reference) DO NOTHING
RETURNING person_id, item_id;

-- name: items_of
-- Items of people: to tell what was taken before from what says otherwise.
SELECT person_id, item_id, benefit, scheme, period, reference, amount_fen, status, same_account, list_id, entry_id, worked_by,
       reason, taken_at
FROM payout_item
WHERE person_id = ANY (:people::bigint[]) AND reference = ANY (:references::text[]);

-- name: items_of_person
-- All that somebody is or was owed for some months, newest first.
SELECT person_id, item_id, benefit, scheme, period, reference, amount_fen, status, same_account, list_id, entry_id, worked_by,
       reason, taken_at
FROM payout_item
WHERE person_id = :person_id AND period BETWEEN :first AND :last
ORDER BY period DESC, item_id DESC;

-- name: items
-- Items by their keys.
SELECT person_id, item_id, benefit, scheme, period, reference, amount_fen, status, same_account, list_id, entry_id, worked_by,
       reason, taken_at
FROM payout_item
WHERE person_id = ANY (:people::bigint[]) AND item_id = ANY (:items::bigint[]);

-- name: due
-- What is due of a benefit, oldest first.
SELECT person_id, item_id, benefit, scheme, period, reference, amount_fen, status, same_account, list_id, entry_id, worked_by,
       reason, taken_at
FROM payout_item
WHERE benefit = :benefit AND status = 'due' AND item_id > :after
ORDER BY item_id
LIMIT :most;

-- name: failed
-- What was rejected or came back and waits for somebody, oldest first.
SELECT person_id, item_id, benefit, scheme, period, reference, amount_fen, status, same_account, list_id, entry_id, worked_by,
       reason, taken_at
FROM payout_item
WHERE status = 'failed' AND item_id > :after
ORDER BY item_id
LIMIT :most;

-- name: counts
-- How many items stand how, and what they sum to.
SELECT benefit, status, count(*), sum(amount_fen)::bigint FROM payout_item GROUP BY benefit, status ORDER BY benefit, status;

-- name: move_items
-- One action on items that all stand the same. Of two at once the second finds fewer than it asked for.
UPDATE payout_item AS i
SET status = :status, worked_by = coalesce(:actor, i.worked_by), reason = coalesce(:reason, i.reason),
    same_account = CASE WHEN :status = 'due' THEN :same_account ELSE i.same_account END
FROM unnest(:people::bigint[], :items::bigint[]) AS moved(person_id, item_id)
WHERE i.person_id = moved.person_id AND i.item_id = moved.item_id AND i.person_id = ANY (:people::bigint[])
    AND i.status = ANY (:were::text[]);

-- name: note_entries
-- By which entries items came to be owed.
UPDATE payout_item AS i
SET entry_id = owed.entry_id
FROM unnest(:people::bigint[], :items::bigint[], :entries::bigint[]) AS owed(person_id, item_id, entry_id)
WHERE i.person_id = owed.person_id AND i.item_id = owed.item_id AND i.person_id = ANY (:people::bigint[]) AND i.entry_id IS NULL;

-- name: add_accounts
-- Accounts that benefits went to before; told again they stay as they are.
INSERT INTO payout_account (person_id, account_id, bank_id, number_digest, sealed, last4, since, list_id, noted_at)
SELECT person_id, account_id, bank_id, number_digest, sealed, last4, since, :list_id, :now
FROM unnest(:people::bigint[], :accounts::bigint[], :banks::bigint[], :digests::bytea[], :sealed::bytea[], :last4s::text[],
            :sinces::date[])
     AS new(person_id, account_id, bank_id, number_digest, sealed, last4, since)
ORDER BY person_id, since, bank_id
ON CONFLICT (person_id, since, bank_id, number_digest) DO NOTHING
RETURNING account_id;

-- name: on_file
-- The account on file of each of these people that counts on a day: the latest that has begun.
SELECT DISTINCT ON (person_id) person_id, account_id, bank_id, last4, since
FROM payout_account
WHERE person_id = ANY (:people::bigint[]) AND since <= :on
ORDER BY person_id, since DESC, account_id DESC;

-- name: sealed_accounts
-- Sealed numbers of accounts on file.
SELECT account_id, sealed FROM payout_account
WHERE person_id = ANY (:people::bigint[]) AND account_id = ANY (:accounts::bigint[]);

-- name: last_failed
-- The last payment of each of these items that failed.
SELECT DISTINCT ON (person_id, item_id)
       person_id, payment_id, item_id, run_id, bank_id, file_id, application_id, account_id, last4, rule_id, amount_fen, status,
       code, reason, booked_on, returned_on, entry_id, changed_at
FROM payout_payment
WHERE person_id = ANY (:people::bigint[]) AND item_id = ANY (:items::bigint[]) AND status IN ('rejected', 'returned')
ORDER BY person_id, item_id, payment_id DESC;

-- name: add_run
-- A run as it was drawn up.
INSERT INTO payout_run (run_id, benefit, pay_on, status, payments, total_fen, drawn_by, drawn_at)
VALUES (:run_id, :benefit, :pay_on, 'drawn', :payments, :total_fen, :actor, :now);

-- name: run
-- A run.
SELECT run_id, benefit, pay_on, status, payments, total_fen, drawn_by, drawn_at, closed_by, closed_at, written
FROM payout_run WHERE run_id = :run_id;

-- name: lock_run
-- The same, and nobody else closes or writes it until the transaction ends.
SELECT run_id, benefit, pay_on, status, payments, total_fen, drawn_by, drawn_at, closed_by, closed_at, written
FROM payout_run WHERE run_id = :run_id FOR UPDATE;

-- name: runs
-- Runs, newest first.
SELECT run_id, benefit, pay_on, status, payments, total_fen, drawn_by, drawn_at, closed_by, closed_at, written
FROM payout_run WHERE :before::bigint IS NULL OR run_id < :before ORDER BY run_id DESC LIMIT :most;

-- name: close_run
-- A run is approved or cancelled, by whom and when.
UPDATE payout_run SET status = :status, closed_by = :actor, closed_at = :now WHERE run_id = :run_id;

-- name: runs_to_write
-- Approved runs whose payments do not all stand in files yet.
SELECT run_id FROM payout_run WHERE status = 'approved' AND NOT written ORDER BY run_id;

-- name: run_written
-- All payments of a run stand in files.
UPDATE payout_run SET written = true WHERE run_id = :run_id;

-- name: add_payments
-- The payments of a run. The index `payout_payment_one_live` lets no item have two.
INSERT INTO payout_payment (person_id, payment_id, item_id, run_id, bank_id, application_id, account_id, last4, rule_id, amount_fen,
                            status, changed_at)
SELECT person_id, payment_id, item_id, :run_id, bank_id, application_id, account_id, last4, rule_id, amount_fen, 'drawn', :now
FROM unnest(:people::bigint[], :payments::bigint[], :items::bigint[], :banks::bigint[], :applications::bigint[], :accounts::bigint[],
            :last4s::text[], :rules::text[], :amounts::bigint[])
     AS new(person_id, payment_id, item_id, bank_id, application_id, account_id, last4, rule_id, amount_fen);

-- name: payments_of_run
-- The payments of a run, by the number they got.
SELECT person_id, payment_id, item_id, run_id, bank_id, file_id, application_id, account_id, last4, rule_id, amount_fen, status,
       code, reason, booked_on, returned_on, entry_id, changed_at
FROM payout_payment
WHERE run_id = :run_id AND payment_id > :after AND (:statuses::text[] IS NULL OR status = ANY (:statuses::text[]))
ORDER BY payment_id
LIMIT :most;

-- name: payments_of_file
-- The payments of a file.
SELECT person_id, payment_id, item_id, run_id, bank_id, file_id, application_id, account_id, last4, rule_id, amount_fen, status,
       code, reason, booked_on, returned_on, entry_id, changed_at
FROM payout_payment WHERE file_id = :file_id ORDER BY payment_id;

-- name: payments_of_items
-- All payments of items, oldest first.
SELECT person_id, payment_id, item_id, run_id, bank_id, file_id, application_id, account_id, last4, rule_id, amount_fen, status,
       code, reason, booked_on, returned_on, entry_id, changed_at
FROM payout_payment
WHERE person_id = ANY (:people::bigint[]) AND item_id = ANY (:items::bigint[])
ORDER BY payment_id;

-- name: payments
-- Payments by the numbers that banks name.
SELECT person_id, payment_id, item_id, run_id, bank_id, file_id, application_id, account_id, last4, rule_id, amount_fen, status,
       code, reason, booked_on, returned_on, entry_id, changed_at
FROM payout_payment
WHERE person_id = ANY (:people::bigint[]) AND payment_id = ANY (:payments::bigint[]);

-- name: run_sums
-- How many payments of a run stand how, by bank.
SELECT bank_id, status, count(*)::int AS payments, sum(amount_fen)::bigint AS total_fen
FROM payout_payment WHERE run_id = :run_id GROUP BY bank_id, status ORDER BY bank_id, status;

-- name: note_file
-- In which file payments stand.
UPDATE payout_payment AS p
SET file_id = :file_id
FROM unnest(:people::bigint[], :payments::bigint[]) AS filed(person_id, payment_id)
WHERE p.person_id = filed.person_id AND p.payment_id = filed.payment_id AND p.person_id = ANY (:people::bigint[])
    AND p.file_id IS NULL AND p.status = 'drawn';

-- name: move_payments
-- What a bank said of payments. Each moves only from where it was found; whoever comes second begins anew.
UPDATE payout_payment AS p
SET status = moved.status, code = coalesce(moved.code, p.code), reason = coalesce(moved.reason, p.reason),
    booked_on = coalesce(moved.booked_on, p.booked_on), returned_on = coalesce(moved.returned_on, p.returned_on),
    entry_id = coalesce(moved.entry_id, p.entry_id), changed_at = :now
FROM unnest(:people::bigint[], :payments::bigint[], :were::text[], :statuses::text[], :codes::text[], :reasons::text[],
            :booked::date[], :returned::date[], :entries::bigint[])
     AS moved(person_id, payment_id, was, status, code, reason, booked_on, returned_on, entry_id)
WHERE p.person_id = moved.person_id AND p.payment_id = moved.payment_id AND p.person_id = ANY (:people::bigint[])
    AND p.status = moved.was;

-- name: add_file
-- A file as it will be sent, word for word.
INSERT INTO payout_file (file_id, run_id, bank_id, status, payments, total_fen, sealed, digest, written_at)
VALUES (:file_id, :run_id, :bank_id, 'written', :payments, :total_fen, :sealed, :digest, :now);

-- name: files_to_send
-- Files that their banks do not have for certain.
SELECT file_id, run_id, bank_id, status, payments, total_fen, problem, written_at, sent_at
FROM payout_file WHERE status = 'written' ORDER BY file_id;

-- name: files_of_run
-- The files of a run.
SELECT file_id, run_id, bank_id, status, payments, total_fen, problem, written_at, sent_at
FROM payout_file WHERE run_id = :run_id ORDER BY file_id;

-- name: file
-- A file.
SELECT file_id, run_id, bank_id, status, payments, total_fen, problem, written_at, sent_at
FROM payout_file WHERE file_id = :file_id;

-- name: sealed_file
-- What a file says, sealed.
SELECT sealed FROM payout_file WHERE file_id = :file_id;

-- name: file_sent
-- Its bank has a file. Told twice it stays as it is.
UPDATE payout_file SET status = 'sent', sent_at = :now, problem = NULL WHERE file_id = :file_id AND status = 'written';

-- name: file_problem
-- Why a file is not at its bank yet.
UPDATE payout_file SET problem = :problem WHERE file_id = :file_id AND status = 'written';

-- name: unanswered_files
-- Files that were sent some time ago and of which some payment has no answer yet.
SELECT DISTINCT file_id, bank_id FROM payout_payment
WHERE status = 'sent' AND file_id IS NOT NULL AND changed_at < :before
ORDER BY file_id
LIMIT :most;

-- name: payers
-- Our accounts at banks.
SELECT bank_id, account, name, next_sequence, balance_fen, noted_by, noted_at FROM payout_payer ORDER BY bank_id;

-- name: note_payer
-- From which account of ours a bank pays, and which statement of it is due next. One that pays already is not moved under its payments.
INSERT INTO payout_payer (bank_id, account, name, next_sequence, balance_fen, noted_by, noted_at)
VALUES (:bank_id, :account, :name, :next_sequence, :balance_fen, :actor, :now)
ON CONFLICT (bank_id) DO UPDATE
SET account = excluded.account, name = excluded.name, next_sequence = excluded.next_sequence, balance_fen = excluded.balance_fen,
    noted_by = excluded.noted_by, noted_at = excluded.noted_at;

-- name: lock_payer
-- Our account at a bank, so that its statements are taken in one by one.
SELECT bank_id, account, name, next_sequence, balance_fen, noted_by, noted_at FROM payout_payer WHERE bank_id = :bank_id FOR UPDATE;

-- name: payer_goes_on
-- A statement was taken in: the next is due, and must open with what this one closed with.
UPDATE payout_payer SET next_sequence = :next_sequence, balance_fen = :balance_fen WHERE bank_id = :bank_id;

-- name: add_documents
-- What a bank wrote, once by its own number.
INSERT INTO bank_document (bank_id, document_id, kind, status, sealed, digest, received_at)
SELECT :bank_id, document_id, kind, 'waiting', sealed, digest, :now
FROM unnest(:documents::text[], :kinds::text[], :sealed::bytea[], :digests::bytea[]) AS new(document_id, kind, sealed, digest)
ON CONFLICT (bank_id, document_id) DO NOTHING;

-- name: waiting_documents
-- What was written and not taken in, in the order in which it came; reports before statements.
SELECT document_id FROM bank_document
WHERE bank_id = :bank_id AND status = 'waiting'
ORDER BY kind DESC, received_at, document_id;

-- name: first_waiting_statement
-- A statement that waits for the one before it.
SELECT min(document_id) FROM bank_document WHERE bank_id = :bank_id AND status = 'waiting' AND kind = 'camt.053';

-- name: lock_document
-- A document that waits, so that it is taken in once.
SELECT kind, sealed FROM bank_document
WHERE bank_id = :bank_id AND document_id = :document_id AND status = 'waiting' FOR UPDATE;

-- name: document_done
-- What became of a document.
UPDATE bank_document SET status = :status, sequence = :sequence, problem = :problem, taken_at = :now
WHERE bank_id = :bank_id AND document_id = :document_id;

-- name: statement_taken
-- The digest of a statement that was taken in under a number.
SELECT digest FROM bank_document WHERE bank_id = :bank_id AND kind = 'camt.053' AND status = 'taken' AND sequence = :sequence;

-- name: refused_documents
-- Documents that could not be read, newest first, for somebody to call the bank.
SELECT bank_id, document_id, kind, problem, received_at FROM bank_document
WHERE status = 'refused' ORDER BY received_at DESC LIMIT :most;

-- name: add_differences
-- What a bank told and we cannot book; found again it stays as it is.
INSERT INTO payout_difference (difference_id, bank_id, document_id, number, kind, detail, found_at)
SELECT difference_id, :bank_id, :document_id, number, kind, detail, :now
FROM unnest(:ids::bigint[], :numbers::text[], :kinds::text[], :details::text[]) AS new(difference_id, number, kind, detail)
ON CONFLICT (bank_id, document_id, kind, number) DO NOTHING;

-- name: differences
-- Differences that are to be worked off, oldest first.
SELECT difference_id, bank_id, document_id, number, kind, detail, found_at, closed_at, closed_by, reason
FROM payout_difference WHERE closed_at IS NULL ORDER BY found_at, difference_id LIMIT :most;

-- name: close_difference
-- A difference was worked off; closed it stays as it is.
UPDATE payout_difference SET closed_at = :now, closed_by = :actor, reason = :reason
WHERE difference_id = :difference_id AND closed_at IS NULL;

-- name: lists
-- Lists, newest first.
SELECT list_id, name, kind, lines, taken, repeated, faults, taken_by, taken_at FROM payout_list ORDER BY list_id DESC LIMIT :most;

-- name: check_items
-- What the items say is owed and not paid, of those that were approved.
SELECT coalesce(sum(amount_fen) FILTER (WHERE status IN ('due', 'in_run', 'failed')), 0)::bigint
FROM payout_item WHERE entry_id IS NOT NULL;

-- name: check_payments
-- What the payments say was taken from our accounts, less what came back.
SELECT coalesce(sum(amount_fen) FILTER (WHERE status = 'booked'), 0)::bigint FROM payout_payment;

-- name: check_twice
-- Items of which more than one payment is booked and has not come back.
SELECT count(*) FROM (
    SELECT 1 FROM payout_payment WHERE status = 'booked' GROUP BY person_id, item_id HAVING count(*) > 1) AS twice;
