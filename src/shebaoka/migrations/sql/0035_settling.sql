-- Settling on one screen: by which card a visit began, what was left unfinished, and one difference by its number.
ALTER TABLE medical_visit ADD COLUMN card_id bigint;
COMMENT ON COLUMN medical_visit.card_id IS 'the card by which it began; confirmations that name no card are by this one';
CREATE INDEX medical_visit_at ON medical_visit (institution_id, opened_at);
CREATE INDEX settlement_difference_by_id ON settlement_difference (difference_id);
