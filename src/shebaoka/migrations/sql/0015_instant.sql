ALTER TABLE institution ADD COLUMN instant boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN institution.instant IS 'an outlet that replaces cards on the spot, from its stock of blank cards';

ALTER TABLE application ADD COLUMN instant boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN application.instant IS 'the card is made at the counter: no step of the chain takes it';

CREATE TABLE blank_stock (
    outlet_id bigint PRIMARY KEY,
    balance integer NOT NULL DEFAULT 0,
    in_hand integer NOT NULL DEFAULT 0,
    began_on date NOT NULL,
    updated_at timestamptz NOT NULL,
    -- What must never happen, whoever writes: more blanks gone than there were.
    CONSTRAINT blank_stock_balance_not_below_zero CHECK (balance >= 0),
    CONSTRAINT blank_stock_in_hand_not_below_zero CHECK (in_hand >= 0)
);
COMMENT ON TABLE blank_stock IS 'local: blank cards of each outlet: in its drawer, and taken out for cards being made';

CREATE TABLE stock_take (
    count_id bigint PRIMARY KEY,
    outlet_id bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('agreed', 'differs', 'booked', 'superseded')),
    expected integer NOT NULL,
    counted integer NOT NULL CHECK (counted >= 0),
    counted_by text NOT NULL,
    counted_at timestamptz NOT NULL,
    booked_by text,
    booked_at timestamptz,
    reason text,
    CHECK ((status = 'agreed') = (expected = counted)),
    CHECK ((status = 'booked') = (booked_by IS NOT NULL)),
    CONSTRAINT stock_take_two_people CHECK (booked_by <> counted_by)
);
CREATE UNIQUE INDEX stock_take_one_open ON stock_take (outlet_id) WHERE status = 'differs';
CREATE INDEX stock_take_outlet ON stock_take (outlet_id, count_id);
COMMENT ON TABLE stock_take IS 'local: blank cards counted by hand, and what became of the difference';

CREATE TABLE blank_movement (
    movement_id bigint PRIMARY KEY,
    outlet_id bigint NOT NULL,
    kind text NOT NULL,
    stock_delta integer NOT NULL,
    hand_delta integer NOT NULL,
    balance_after integer NOT NULL CHECK (balance_after >= 0),
    in_hand_after integer NOT NULL CHECK (in_hand_after >= 0),
    shipment text,
    box text,
    first_serial text,
    last_serial text,
    reason text,
    application_id bigint,
    corrects bigint REFERENCES blank_movement,
    count_id bigint REFERENCES stock_take,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    -- Each kind moves blanks one way: into the drawer, out of it into somebody's hand, back, or away for good.
    CONSTRAINT blank_movement_moves CHECK (CASE kind
        WHEN 'received' THEN stock_delta > 0 AND hand_delta = 0
        WHEN 'taken' THEN stock_delta = -1 AND hand_delta = 1
        WHEN 'put_back' THEN stock_delta = 1 AND hand_delta = -1
        WHEN 'used' THEN stock_delta = 0 AND hand_delta = -1
        WHEN 'spoiled' THEN (stock_delta < 0 AND hand_delta = 0) OR (stock_delta = 0 AND hand_delta = -1)
        WHEN 'returned' THEN stock_delta < 0 AND hand_delta = 0
        WHEN 'counted' THEN stock_delta <> 0 AND hand_delta = 0
        WHEN 'corrected' THEN stock_delta <> 0 AND hand_delta = 0
        ELSE false END),
    CONSTRAINT blank_movement_says_why CHECK (
        (kind = 'received') = (box IS NOT NULL) AND (kind = 'corrected') = (corrects IS NOT NULL)
        AND (kind = 'counted') = (count_id IS NOT NULL)
        AND (application_id IS NOT NULL) = (kind IN ('taken', 'put_back', 'used') OR hand_delta < 0)
        AND (reason IS NOT NULL OR kind NOT IN ('spoiled', 'corrected', 'counted')))
);
-- A box is taken in once, a movement corrected once, a count booked once.
CREATE UNIQUE INDEX blank_movement_box_once ON blank_movement (outlet_id, shipment, box) WHERE kind = 'received';
CREATE UNIQUE INDEX blank_movement_corrected_once ON blank_movement (corrects) WHERE corrects IS NOT NULL;
CREATE UNIQUE INDEX blank_movement_booked_once ON blank_movement (count_id) WHERE count_id IS NOT NULL;
CREATE INDEX blank_movement_outlet ON blank_movement (outlet_id, movement_id);
CREATE INDEX blank_movement_use ON blank_movement (outlet_id, recorded_at) WHERE kind IN ('used', 'spoiled');
COMMENT ON TABLE blank_movement IS 'local: the ledger of blank cards, one row a movement; the sums of its deltas are the stock';
COMMENT ON COLUMN blank_movement.stock_delta IS 'how many blanks more or fewer lie in the drawer';
COMMENT ON COLUMN blank_movement.hand_delta IS 'how many more or fewer are out of it for cards being made';

-- A ledger is corrected by a further entry, never by changing one.
CREATE FUNCTION blank_movement_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'movements of blank cards are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER blank_movement_append_only BEFORE UPDATE OR DELETE ON blank_movement
    FOR EACH ROW EXECUTE FUNCTION blank_movement_guard();

CREATE TABLE instant_issue (
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    outlet_id bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('begun', 'blank_taken', 'made', 'handed_over', 'by_post', 'ended')),
    attempt smallint NOT NULL DEFAULT 0,
    card_number text,
    card_id bigint,
    issued_on date,
    expires_on date,
    begun_by text NOT NULL,
    begun_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    handed_over_at timestamptz,
    reason text,
    PRIMARY KEY (person_id, application_id),
    CHECK (status <> 'blank_taken' OR (card_number IS NOT NULL AND issued_on IS NOT NULL)),
    CHECK (status NOT IN ('made', 'handed_over') OR card_id IS NOT NULL),
    CHECK ((status = 'handed_over') = (handed_over_at IS NOT NULL)),
    CHECK ((status = 'ended') = (reason IS NOT NULL))
);
-- One card of a person is being made on the spot at a time.
CREATE UNIQUE INDEX instant_issue_one_live ON instant_issue (person_id)
    WHERE status IN ('begun', 'blank_taken', 'made');
CREATE INDEX instant_issue_live ON instant_issue (outlet_id, application_id)
    WHERE status IN ('begun', 'blank_taken', 'made');
CREATE INDEX instant_issue_handed_over ON instant_issue (outlet_id, handed_over_at) WHERE status = 'handed_over';
CREATE INDEX instant_issue_number ON instant_issue (application_id);
COMMENT ON TABLE instant_issue IS 'person-owned: cards replaced on the spot, how far each is';
COMMENT ON COLUMN instant_issue.attempt IS 'how many blanks were taken for it; what became of each stands in blank_movement';
