-- name: add
-- A contribution that is to be paid from a card. The index `contribution_debit_one_live` refuses a second one of the same time.
INSERT INTO contribution_debit (person_id, debit_id, scheme, period, base_fen, own_fen, rule_id, bank_id, application_id, last4,
                                status, asked_by, asked_at, changed_at)
VALUES (:person_id, :debit_id, :scheme, :period, :base_fen, :own_fen, :rule_id, :bank_id, :application_id, :last4, 'asked', :actor,
        :now, :now);

-- name: of_person
-- All debits of somebody, newest first.
SELECT person_id, debit_id, scheme, period, base_fen, own_fen, rule_id, bank_id, application_id, last4, status, reason, contribution_id,
       asked_by, asked_at, changed_at
FROM contribution_debit WHERE person_id = :person_id ORDER BY debit_id DESC;

-- name: due
-- Debits that wait for their bank, oldest first.
SELECT person_id, debit_id, scheme, period, base_fen, own_fen, rule_id, bank_id, application_id, last4, status, reason, contribution_id,
       asked_by, asked_at, changed_at
FROM contribution_debit WHERE status = :status AND debit_id > :after ORDER BY debit_id LIMIT :most;

-- name: lock
-- A debit, so that what its bank answered is noted once.
SELECT person_id, debit_id, scheme, period, base_fen, own_fen, rule_id, bank_id, application_id, last4, status, reason, contribution_id,
       asked_by, asked_at, changed_at
FROM contribution_debit WHERE person_id = :person_id AND debit_id = :debit_id FOR UPDATE;

-- name: move
-- What became of a debit.
UPDATE contribution_debit
SET status = :status, reason = :reason, contribution_id = :contribution_id, changed_at = :now
WHERE person_id = :person_id AND debit_id = :debit_id;
