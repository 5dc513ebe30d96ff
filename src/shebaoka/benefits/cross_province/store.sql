-- name: lock_person
-- Of two registrars at once one comes second, and sees what the first did.
SELECT person_id FROM person WHERE person_id = :person_id FOR NO KEY UPDATE;

-- name: registrations
-- All registrations of somebody, newest first.
SELECT person_id, registration_id, kind, status, place, from_on, until_on, documents, registrar, institution_id, number,
       rule_id, registered_at, withdrawn_at, reason
FROM cross_province_registration
WHERE person_id = :person_id
ORDER BY registration_id DESC
LIMIT :rows_max;

-- name: registration_of_number
-- What a registrar registered under this number.
SELECT person_id, registration_id, kind, status, place, from_on, until_on, documents, registrar, institution_id, number,
       rule_id, registered_at, withdrawn_at, reason
FROM cross_province_registration
WHERE person_id = :person_id AND registrar = :registrar AND number = :number;

-- name: end_registrations
-- Registrations of a kind whose last day is over make room for another.
UPDATE cross_province_registration SET status = 'ended'
WHERE person_id = :person_id AND kind = :kind AND status = 'in_force' AND until_on < :today;

-- name: add_registration
-- One more; a second one in force of the kind is refused by its index.
INSERT INTO cross_province_registration (
    person_id, registration_id, kind, status, place, from_on, until_on, documents, registrar, institution_id, number, rule_id,
    registered_at, registered_by)
VALUES (
    :person_id, :registration_id, :kind, 'in_force', :place, :from_on, :until_on, :documents, :registrar, :institution_id,
    :number, :rule_id, :now, :actor);

-- name: withdraw_registration
-- As a command leaves it.
UPDATE cross_province_registration
SET status = :status, withdrawn_at = :now, withdrawn_by = :actor, reason = :reason
WHERE person_id = :person_id AND registration_id = :registration_id AND status = 'in_force';

-- name: enter_guest
-- The guest of a number and province; who comes at the same moment waits, and is given the same one.
INSERT INTO guest_directory AS d (id_digest, province_id, person_id) VALUES (:digest, :province_id, :person_id)
ON CONFLICT (id_digest, province_id) DO UPDATE SET person_id = d.person_id
RETURNING d.person_id;

-- name: put_guest
-- What was last read of their card and document.
INSERT INTO guest (person_id, province_id, sealed, known_at) VALUES (:person_id, :province_id, :sealed, :now)
ON CONFLICT (person_id) DO UPDATE SET sealed = excluded.sealed, known_at = excluded.known_at;

-- name: guest_province
-- Where a guest is insured.
SELECT province_id FROM guest WHERE person_id = :person_id;

-- name: add_bill
-- To be settled; a second one of a stay is refused by its index.
INSERT INTO cross_province_bill (person_id, bill_id, role, status, province_id, visit_id, institution_id, number, says, asked_at)
VALUES (:person_id, :bill_id, :role, 'asked', :province_id, :visit_id, :institution_id, :number, :says, :now);

-- name: bill
-- One bill of somebody.
SELECT person_id, bill_id, role, status, province_id, visit_id, institution_id, number, asked_at, settlement_id, total_fen,
       fund_fen, account_fen, settled_on, reversed_on, reversal, refusal, cleared_in, reversal_cleared_in
FROM cross_province_bill
WHERE person_id = :person_id AND bill_id = :bill_id;

-- name: lock_bill
-- The same, and nobody else takes an answer about it until the transaction ends.
SELECT person_id, bill_id, role, status, province_id, visit_id, institution_id, number, asked_at, settlement_id, total_fen,
       fund_fen, account_fen, settled_on, reversed_on, reversal, refusal, cleared_in, reversal_cleared_in
FROM cross_province_bill
WHERE person_id = :person_id AND bill_id = :bill_id
FOR UPDATE;

-- name: bill_of_number
-- What a message asked to be settled.
SELECT person_id, bill_id, role, status, province_id, visit_id, institution_id, number, asked_at, settlement_id, total_fen,
       fund_fen, account_fen, settled_on, reversed_on, reversal, refusal, cleared_in, reversal_cleared_in
FROM cross_province_bill
WHERE person_id = :person_id AND institution_id = :institution_id AND number = :number;

-- name: bills
-- Somebody's bills, newest first.
SELECT person_id, bill_id, role, status, province_id, visit_id, institution_id, number, asked_at, settlement_id, total_fen,
       fund_fen, account_fen, settled_on, reversed_on, reversal, refusal, cleared_in, reversal_cleared_in
FROM cross_province_bill
WHERE person_id = :person_id
ORDER BY bill_id DESC
LIMIT :rows_max;

-- name: bills_due
-- What the hub is to be asked or told, in the order in which it came.
SELECT person_id, bill_id, role, status, province_id, visit_id, institution_id, number, asked_at, settlement_id, total_fen,
       fund_fen, account_fen, settled_on, reversed_on, reversal, refusal, cleared_in, reversal_cleared_in
FROM cross_province_bill
WHERE status IN ('asked', 'taken_back') AND bill_id > :after
ORDER BY bill_id
LIMIT :rows_max;

-- name: asking
-- What the hub is asked with: who it is, sealed, and the stay.
SELECT g.sealed, b.says FROM cross_province_bill AS b
JOIN guest AS g ON g.person_id = b.person_id
WHERE b.person_id = :person_id AND b.bill_id = :bill_id;

-- name: says
-- The stay as it was told by a message.
SELECT says FROM cross_province_bill
WHERE person_id = :person_id AND institution_id = :institution_id AND number = :number;

-- name: settle_bill
-- What both provinces count, and for which day.
UPDATE cross_province_bill
SET status = :status, settlement_id = :settlement_id, total_fen = :total_fen, fund_fen = :fund_fen,
    account_fen = :account_fen, settled_on = :on
WHERE person_id = :person_id AND bill_id = :bill_id;

-- name: refuse_bill
-- The insured place will not; the hospital may ask again by another message.
UPDATE cross_province_bill SET status = :status, refusal = :refusal WHERE person_id = :person_id AND bill_id = :bill_id;

-- name: withdraw_bill
-- The hospital took its message back before it was settled.
UPDATE cross_province_bill SET status = :status WHERE person_id = :person_id AND bill_id = :bill_id;

-- name: take_back_bill
-- The hospital took the settlement back: the hub is to be told.
UPDATE cross_province_bill SET status = :status
WHERE person_id = :person_id AND settlement_id = :settlement_id AND status = :was;

-- name: reverse_bill
-- Taken back in both provinces, for a day that both count.
UPDATE cross_province_bill SET status = :status, reversed_on = :on, reversal = :reversal
WHERE person_id = :person_id AND bill_id = :bill_id;

-- name: provinces
-- Provinces with which anything was ever settled.
SELECT DISTINCT province_id FROM cross_province_bill WHERE settled_on IS NOT NULL ORDER BY province_id;

-- name: first_day
-- The first day for which anything was settled.
SELECT min(settled_on) FROM cross_province_bill;

-- name: day_messages
-- What a day's settlements and reversals between provinces moved, by the number that the hub has for each.
SELECT province_id, CASE role WHEN 'care' THEN 'C' || bill_id ELSE number END, total_fen, fund_fen, account_fen
FROM cross_province_bill
WHERE settled_on = :day
UNION ALL
SELECT province_id, reversal, -total_fen, -fund_fen, -account_fen
FROM cross_province_bill
WHERE reversed_on = :day;

-- name: withdrawn
-- Bills that were taken back before we had an answer: the hub may have settled and reversed them, here they never stood.
SELECT bill_id FROM cross_province_bill WHERE status = 'withdrawn' AND bill_id = ANY (:bills::bigint[]);

-- name: provinces_to_clear
-- With which provinces there is anything up to a day that no clearing has counted.
SELECT province_id FROM cross_province_bill WHERE settled_on <= :last AND cleared_in IS NULL
UNION
SELECT province_id FROM cross_province_bill WHERE reversed_on <= :last AND reversal_cleared_in IS NULL;

-- name: open_clearings
-- A clearing of a province and month, once; who draws the same at the same moment waits, and is given none.
INSERT INTO cross_province_clearing (province_id, month, clearing_id, drawn_at, drawn_by)
SELECT province_id, :month, clearing_id, :now, :actor
FROM unnest(:provinces::bigint[], :clearings::bigint[]) AS new(province_id, clearing_id)
ORDER BY province_id
ON CONFLICT (province_id, month) DO NOTHING
RETURNING province_id;

-- name: clear_bills
-- Everything up to the month's last day that was not counted is counted now, once.
WITH counted AS (
    UPDATE cross_province_bill SET cleared_in = :month
    WHERE province_id = ANY (:provinces::bigint[]) AND settled_on <= :last AND cleared_in IS NULL
    RETURNING province_id, role, fund_fen + account_fen AS fen)
SELECT province_id, role, count(*), sum(fen)::bigint FROM counted GROUP BY province_id, role;

-- name: clear_reversals
-- The same of reversals, which count against.
WITH counted AS (
    UPDATE cross_province_bill SET reversal_cleared_in = :month
    WHERE province_id = ANY (:provinces::bigint[]) AND reversed_on <= :last AND reversal_cleared_in IS NULL
    RETURNING province_id, role, fund_fen + account_fen AS fen)
SELECT province_id, role, count(*), -sum(fen)::bigint FROM counted GROUP BY province_id, role;

-- name: sum_clearing
-- What it comes to, both ways.
UPDATE cross_province_clearing
SET owed_to_us_fen = :to_us_fen, owed_to_us = :to_us, owed_by_us_fen = :by_us_fen, owed_by_us = :by_us
WHERE province_id = :province_id AND month = :month;

-- name: clearings
-- Clearings, newest month first.
SELECT province_id, month, clearing_id, owed_to_us_fen, owed_to_us, owed_by_us_fen, owed_by_us, drawn_at, paid_on, entry_id
FROM cross_province_clearing
WHERE (:province_id::bigint IS NULL OR province_id = :province_id) AND (:month::date IS NULL OR month = :month)
ORDER BY month DESC, province_id
LIMIT :rows_max;

-- name: lock_clearing
-- One clearing, and nobody else pays it until the transaction ends.
SELECT province_id, month, clearing_id, owed_to_us_fen, owed_to_us, owed_by_us_fen, owed_by_us, drawn_at, paid_on, entry_id
FROM cross_province_clearing
WHERE province_id = :province_id AND month = :month
FOR UPDATE;

-- name: pay_clearing
-- The money has moved.
UPDATE cross_province_clearing SET paid_on = :on, paid_by = :actor, entry_id = :entry_id
WHERE province_id = :province_id AND month = :month;

-- name: cleared_bills
-- What a clearing counted, in the order of its file.
SELECT person_id, bill_id, role, CASE role WHEN 'care' THEN 'C' || bill_id ELSE number END, reversal, settled_on, reversed_on,
       total_fen, fund_fen, account_fen, cleared_in, reversal_cleared_in
FROM cross_province_bill
WHERE province_id = :province_id AND (cleared_in = :month OR reversal_cleared_in = :month)
  AND (person_id, bill_id) > (:after_person, :after_bill)
ORDER BY person_id, bill_id
LIMIT :rows_max;

-- name: guest
-- Who a guest is, sealed.
SELECT sealed FROM guest WHERE person_id = :person_id;
