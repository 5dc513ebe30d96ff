-- name: begin
-- An outlet that never had blanks keeps them from now on.
INSERT INTO blank_stock (outlet_id, began_on, updated_at) VALUES (:outlet_id, :today, :now)
ON CONFLICT (outlet_id) DO NOTHING;

-- name: move
-- The one door to an outlet's stock. Whoever comes second waits here and is then held against what is left.
UPDATE blank_stock
SET balance = balance + :stock_delta, in_hand = in_hand + :hand_delta, updated_at = :now
WHERE outlet_id = :outlet_id AND balance + :stock_delta >= 0 AND in_hand + :hand_delta >= 0
RETURNING balance, in_hand;

-- name: stock
-- What an outlet has.
SELECT outlet_id, balance, in_hand, began_on, updated_at FROM blank_stock WHERE outlet_id = :outlet_id;

-- name: lock
-- What an outlet has, and nobody else moves anything there until the transaction ends: a count is of one moment.
SELECT outlet_id, balance, in_hand, began_on, updated_at FROM blank_stock WHERE outlet_id = :outlet_id FOR UPDATE;

-- name: record
-- The entry that says why. The unique indexes refuse what was booked already, and nothing is answered then.
INSERT INTO blank_movement (
    movement_id, outlet_id, kind, stock_delta, hand_delta, balance_after, in_hand_after, shipment, box, first_serial,
    last_serial, reason, application_id, corrects, count_id, recorded_by, recorded_at)
VALUES (
    :movement_id, :outlet_id, :kind, :stock_delta, :hand_delta, :balance_after, :in_hand_after, :shipment, :box,
    :first_serial, :last_serial, :reason, :application_id, :corrects, :count_id, :recorded_by, :now);

-- name: box
-- The entry by which a box was received.
SELECT movement_id FROM blank_movement
WHERE outlet_id = :outlet_id AND shipment = :shipment AND box = :box AND kind = 'received';

-- name: movement
-- One entry of an outlet.
SELECT wrong.movement_id, wrong.outlet_id, wrong.kind, wrong.stock_delta, wrong.hand_delta, wrong.balance_after,
       wrong.in_hand_after, wrong.shipment, wrong.box, wrong.first_serial, wrong.last_serial, wrong.reason,
       wrong.application_id, wrong.corrects, wrong.count_id, wrong.recorded_by, wrong.recorded_at
FROM blank_movement AS wrong
WHERE wrong.outlet_id = :outlet_id AND wrong.movement_id = :movement_id;

-- name: corrected
-- Whether an entry was corrected.
SELECT movement_id FROM blank_movement WHERE corrects = :movement_id;

-- name: movements
-- The ledger of an outlet, newest first.
SELECT movement_id, outlet_id, kind, stock_delta, hand_delta, balance_after, in_hand_after, shipment, box, first_serial,
       last_serial, reason, application_id, corrects, count_id, recorded_by, recorded_at
FROM blank_movement
WHERE outlet_id = :outlet_id AND movement_id < :before
ORDER BY movement_id DESC
LIMIT :rows_max;

-- name: standing
-- What outlets have and what they used since a day; the partial index holds these two kinds only.
SELECT stock.outlet_id, stock.balance, stock.in_hand, stock.began_on,
       coalesce(gone.used, 0) AS used, coalesce(gone.spoiled, 0) AS spoiled
FROM blank_stock AS stock
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE kind = 'used') AS used,
           -sum(stock_delta + hand_delta) FILTER (WHERE kind = 'spoiled') AS spoiled
    FROM blank_movement AS m
    WHERE m.outlet_id = stock.outlet_id AND m.recorded_at >= :since AND m.kind IN ('used', 'spoiled')
) AS gone ON true
WHERE :outlets::bigint[] IS NULL OR stock.outlet_id = ANY (:outlets::bigint[])
ORDER BY stock.outlet_id;

-- name: add_count
-- A count by hand.
INSERT INTO stock_take (count_id, outlet_id, status, expected, counted, counted_by, counted_at)
VALUES (:count_id, :outlet_id, :status, :expected, :counted, :counted_by, :now);

-- name: supersede
-- Whoever counts again puts the new count in the place of the one that nobody has booked.
UPDATE stock_take SET status = :to_status WHERE outlet_id = :outlet_id AND status = :from_status;

-- name: count
-- One count of an outlet, which nobody else books meanwhile.
SELECT count_id, outlet_id, status, expected, counted, counted_by, counted_at, booked_by, booked_at, reason
FROM stock_take WHERE outlet_id = :outlet_id AND count_id = :count_id FOR UPDATE;

-- name: book_count
-- A second person has booked the difference.
UPDATE stock_take SET status = :to_status, booked_by = :booked_by, booked_at = :now, reason = :reason
WHERE count_id = :count_id;

-- name: counts
-- The counts of an outlet, newest first.
SELECT count_id, outlet_id, status, expected, counted, counted_by, counted_at, booked_by, booked_at, reason
FROM stock_take WHERE outlet_id = :outlet_id
ORDER BY count_id DESC
LIMIT :rows_max;

-- name: open_counts
-- Differences that nobody has booked.
SELECT count_id, outlet_id, status, expected, counted, counted_by, counted_at, booked_by, booked_at, reason
FROM stock_take WHERE status = :status;

-- name: ledgers
-- Every outlet's ledger summed by kind, beside what its stock says.
SELECT stock.outlet_id, stock.balance, stock.in_hand,
       coalesce(sum(stock_delta) FILTER (WHERE kind = 'received'), 0)::bigint AS received,
       count(*) FILTER (WHERE kind = 'used') AS used,
       coalesce(-sum(stock_delta + hand_delta) FILTER (WHERE kind = 'spoiled'), 0)::bigint AS spoiled,
       coalesce(-sum(stock_delta) FILTER (WHERE kind = 'returned'), 0)::bigint AS returned,
       coalesce(sum(stock_delta) FILTER (WHERE kind IN ('counted', 'corrected')), 0)::bigint AS adjusted,
       coalesce(sum(stock_delta), 0)::bigint - stock.balance AS drawer_off,
       coalesce(sum(hand_delta), 0)::bigint - stock.in_hand AS hand_off
FROM blank_stock AS stock
LEFT JOIN blank_movement ON blank_movement.outlet_id = stock.outlet_id
GROUP BY stock.outlet_id
ORDER BY stock.outlet_id;
