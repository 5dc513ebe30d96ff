-- A card that cannot be made as it was ordered is given up by hand; its order stands apart from those that wait for a look.
ALTER TABLE production_order DROP CONSTRAINT production_order_status_check;
ALTER TABLE production_order ADD CONSTRAINT production_order_status_check
    CHECK (status IN ('ordered', 'made', 'failed', 'given_up'));
