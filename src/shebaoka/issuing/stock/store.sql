-- name: begin
-- An outlet that never had blanks keeps them from now on.
INSERT INTO blank_stock (outlet_id, began_on, updated_at) VALUES (:outlet_id, :today, :now)
ON CONFLICT (outlet_id) DO NOTHING;

-- name: move
-- The one door to an outlet's stock. Whoever comes second waits here and is then held against what is left.
UPDATE blank_stock
SET balance = balance + :stock_delta, in_hand = in_hand + :hand_delta, updated_at = :now,
    serials = serials + :came::int8multirange - :went::int8multirange, begun = begun - :went::int8multirange
WHERE outlet_id = :outlet_id AND balance + :stock_delta >= 0 AND in_hand + :hand_delta >= 0
RETURNING balance, in_hand;

-- name: deliver
-- The chips' maker has delivered a range of numbers; no row: the shipment, or one of the numbers, was booked already.
INSERT INTO blank_delivery (delivery_id, shipment, serials, keys_version, at_centre, delivered_by, delivered_at)
VALUES (:delivery_id, :shipment, int8range(:first, :last, '[]'), :keys_version,
        int8multirange(int8range(:first, :last, '[]')), :delivered_by, :now)
ON CONFLICT DO NOTHING
RETURNING delivery_id;

-- name: hand_out
-- Numbers leave the card centre; no row: not all of them lie there. Whoever comes second waits and finds them gone.
UPDATE blank_delivery SET at_centre = at_centre - :serials::int8multirange
WHERE at_centre @> :serials::int8multirange
RETURNING true;

-- name: hand_in
-- Numbers come back to the card centre.
UPDATE blank_delivery SET at_centre = at_centre + :serials::int8multirange
WHERE int8multirange(serials) @> :serials::int8multirange;

-- name: lie_here
-- Whether all these numbers are of blanks of an outlet that nobody has begun to write; its row is locked.
SELECT serials @> :serials::int8multirange FROM blank_stock WHERE outlet_id = :outlet_id;

-- name: unnumbered
-- How many blanks of an outlet came without their numbers: all that are there, less the numbers.
SELECT balance + in_hand - coalesce((
    SELECT sum(upper(one) - lower(one)) FROM (SELECT unnest(serials) UNION ALL SELECT unnest(begun)) AS numbers(one)
), 0)::bigint
FROM blank_stock WHERE outlet_id = :outlet_id;

-- name: delivered
-- Under which version of the city's keys a chip was delivered; no row: no delivery names it.
SELECT keys_version FROM blank_delivery WHERE serials @> :serial::bigint;

-- name: begin_chip
-- A chip of an outlet is given its order; no row: it is none of the outlet's.
UPDATE blank_stock SET serials = serials - :serials::int8multirange, begun = begun + :serials::int8multirange
WHERE outlet_id = :outlet_id AND serials @> :serials::int8multirange
RETURNING true;

-- name: custody
-- Deliveries, newest first, or one of them, and where their numbers are.
SELECT d.delivery_id, d.shipment, upper(lpad(to_hex(lower(d.serials)), 8, '0')) AS first_serial,
       upper(lpad(to_hex(upper(d.serials) - 1), 8, '0')) AS last_serial, d.keys_version, d.delivered_by, d.delivered_at,
       upper(d.serials) - lower(d.serials) AS total,
       (SELECT coalesce(sum(upper(r) - lower(r)), 0)::bigint FROM unnest(d.at_centre) AS r) AS at_centre,
       (SELECT coalesce(sum(upper(r) - lower(r)), 0)::bigint
        FROM blank_stock AS s, unnest(s.serials * int8multirange(d.serials)) AS r) AS at_outlets,
       (SELECT coalesce(sum(upper(r) - lower(r)), 0)::bigint
        FROM blank_stock AS s, unnest(s.begun * int8multirange(d.serials)) AS r) AS begun,
       gone.used, gone.spoiled
FROM blank_delivery AS d
CROSS JOIN LATERAL (
    SELECT coalesce(sum(upper(m.serials) - lower(m.serials)) FILTER (WHERE m.kind = 'used'), 0)::bigint AS used,
           coalesce(sum(upper(m.serials) - lower(m.serials)) FILTER (WHERE m.kind = 'spoiled'), 0)::bigint AS spoiled
    FROM blank_movement AS m WHERE m.serials <@ d.serials
) AS gone
WHERE :delivery_id::bigint IS NULL OR d.delivery_id = :delivery_id
ORDER BY d.delivery_id DESC
LIMIT :rows_max;

-- name: lying
-- The unbroken ranges of some deliveries at the card centre and at outlets.
SELECT lies.delivery_id, lies.outlet_id, upper(lpad(to_hex(lower(lies.serials)), 8, '0')) AS first_serial,
       upper(lpad(to_hex(upper(lies.serials) - 1), 8, '0')) AS last_serial,
       upper(lies.serials) - lower(lies.serials) AS blanks
FROM (
    SELECT d.delivery_id, NULL::bigint AS outlet_id, unnest(d.at_centre) AS serials
    FROM blank_delivery AS d WHERE d.delivery_id = ANY (:deliveries::bigint[])
    UNION ALL
    SELECT d.delivery_id, s.outlet_id, unnest(s.serials * int8multirange(d.serials)) AS serials
    FROM blank_delivery AS d, blank_stock AS s WHERE d.delivery_id = ANY (:deliveries::bigint[])
) AS lies
ORDER BY lies.delivery_id DESC, lower(lies.serials)
LIMIT :rows_max;

-- name: moved_with
-- Every entry of any outlet's ledger that names a chip's number, oldest first.
SELECT movement_id, outlet_id, kind, stock_delta, hand_delta, balance_after, in_hand_after, shipment, box,
       upper(lpad(to_hex(lower(serials)), 8, '0')) AS first_serial,
       upper(lpad(to_hex(upper(serials) - 1), 8, '0')) AS last_serial, reason, application_id, corrects, count_id, recorded_by,
       recorded_at
FROM blank_movement WHERE serials @> :serial::bigint
ORDER BY movement_id
LIMIT :rows_max;

-- name: stock
-- What an outlet has.
SELECT outlet_id, balance, in_hand, began_on, updated_at FROM blank_stock WHERE outlet_id = :outlet_id;

-- name: lock
-- What an outlet has, and nobody else moves anything there until the transaction ends: a count is of one moment.
SELECT outlet_id, balance, in_hand, began_on, updated_at FROM blank_stock WHERE outlet_id = :outlet_id FOR UPDATE;

-- name: record
-- The entry that says why. The unique indexes refuse what was booked already, and nothing is answered then.
INSERT INTO blank_movement (
    movement_id, outlet_id, kind, stock_delta, hand_delta, balance_after, in_hand_after, shipment, box, serials, reason,
    application_id, corrects, count_id, recorded_by, recorded_at)
VALUES (
    :movement_id, :outlet_id, :kind, :stock_delta, :hand_delta, :balance_after, :in_hand_after, :shipment, :box,
    :serials::int8range, :reason, :application_id, :corrects, :count_id, :recorded_by, :now);

-- name: box
-- The entry by which a box was received.
SELECT movement_id FROM blank_movement
WHERE outlet_id = :outlet_id AND shipment = :shipment AND box = :box AND kind = 'received';

-- name: movement
-- One entry of an outlet.
SELECT wrong.movement_id, wrong.outlet_id, wrong.kind, wrong.stock_delta, wrong.hand_delta, wrong.balance_after,
       wrong.in_hand_after, wrong.shipment, wrong.box, upper(lpad(to_hex(lower(wrong.serials)), 8, '0')) AS first_serial,
       upper(lpad(to_hex(upper(wrong.serials) - 1), 8, '0')) AS last_serial, wrong.reason,
       wrong.application_id, wrong.corrects, wrong.count_id, wrong.recorded_by, wrong.recorded_at
FROM blank_movement AS wrong
WHERE wrong.outlet_id = :outlet_id AND wrong.movement_id = :movement_id;

-- name: corrected
-- Whether an entry was corrected.
SELECT movement_id FROM blank_movement WHERE corrects = :movement_id;

-- name: movements
-- The ledger of an outlet, newest first.
SELECT movement_id, outlet_id, kind, stock_delta, hand_delta, balance_after, in_hand_after, shipment, box,
       upper(lpad(to_hex(lower(serials)), 8, '0')) AS first_serial,
       upper(lpad(to_hex(upper(serials) - 1), 8, '0')) AS last_serial, reason, application_id, corrects, count_id, recorded_by,
       recorded_at
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
