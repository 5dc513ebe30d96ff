-- Custody of blanks by the serial numbers of their chips: what the chips' maker delivered, and where each number lies.
CREATE TABLE blank_delivery (
    delivery_id bigint PRIMARY KEY,
    shipment text NOT NULL UNIQUE,
    serials int8range NOT NULL,
    keys_version integer NOT NULL CHECK (keys_version > 0),
    at_centre int8multirange NOT NULL,
    delivered_by text NOT NULL,
    delivered_at timestamptz NOT NULL,
    -- A chip's serial number has four bytes.
    CONSTRAINT blank_delivery_serials CHECK (NOT isempty(serials) AND serials <@ int8range(0, 4294967296)),
    CONSTRAINT blank_delivery_at_centre CHECK (at_centre <@ serials),
    CONSTRAINT blank_delivery_serials_once EXCLUDE USING gist (serials WITH &&)
);
COMMENT ON TABLE blank_delivery IS 'local: blanks that the chips'' maker delivered to the card centre: a range of serial numbers under one transport key';
COMMENT ON COLUMN blank_delivery.keys_version IS 'version of the city''s keys that the transport keys of these blanks are derived from';
COMMENT ON COLUMN blank_delivery.at_centre IS 'numbers that lie at the card centre: not handed to an outlet, or returned';

ALTER TABLE blank_stock ADD COLUMN serials int8multirange NOT NULL DEFAULT '{}';
ALTER TABLE blank_stock ADD COLUMN begun int8multirange NOT NULL DEFAULT '{}';
ALTER TABLE blank_stock ADD CONSTRAINT blank_stock_begun CHECK (NOT serials && begun);
COMMENT ON COLUMN blank_stock.serials IS 'serial numbers of the outlet''s blanks whose chips have no order, of those that came with their numbers';
COMMENT ON COLUMN blank_stock.begun IS 'serial numbers of its chips that were given an order and are neither a card nor spoiled yet';

ALTER TABLE blank_movement ADD COLUMN serials int8range;
COMMENT ON COLUMN blank_movement.serials IS 'serial numbers of the chips that moved, where they are known';
-- What older entries say of a box's label is no chip's number: it stays to be read with the entry.
ALTER TABLE blank_movement DISABLE TRIGGER blank_movement_append_only;
UPDATE blank_movement SET reason = '箱签号段 label ' || first_serial || '–' || last_serial WHERE first_serial IS NOT NULL;
ALTER TABLE blank_movement ENABLE TRIGGER blank_movement_append_only;
ALTER TABLE blank_movement DROP COLUMN first_serial, DROP COLUMN last_serial;
ALTER TABLE blank_movement ADD CONSTRAINT blank_movement_serials CHECK (CASE kind
    WHEN 'received' THEN serials IS NULL OR upper(serials) - lower(serials) = stock_delta
    WHEN 'returned' THEN serials IS NULL OR upper(serials) - lower(serials) = -stock_delta
    WHEN 'spoiled' THEN serials IS NULL OR upper(serials) - lower(serials) = -stock_delta - hand_delta
    WHEN 'used' THEN serials IS NULL OR upper(serials) - lower(serials) = 1
    ELSE serials IS NULL END);
CREATE INDEX blank_movement_serials ON blank_movement USING gist (serials) WHERE serials IS NOT NULL;
