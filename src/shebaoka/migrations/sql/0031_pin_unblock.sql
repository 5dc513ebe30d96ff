-- A ticket to give a blocked card a new PIN: for the chip of the card that was named, where it is known which that is.
ALTER TABLE card_ticket DROP CONSTRAINT card_ticket_purpose_check;
ALTER TABLE card_ticket ADD CONSTRAINT card_ticket_purpose_check CHECK (purpose IN ('read', 'personalise', 'unblock'));
ALTER TABLE card_ticket DROP CONSTRAINT card_ticket_check1;
ALTER TABLE card_ticket ADD CONSTRAINT card_ticket_check1 CHECK (factor IS NOT NULL OR proofs = 0);
COMMENT ON COLUMN card_ticket.factor IS 'the chip that it was asked for, or the first proof was for: the ticket is good for no other';
ALTER TABLE card_key_use DROP CONSTRAINT card_key_use_purpose_check;
ALTER TABLE card_key_use ADD CONSTRAINT card_key_use_purpose_check
    CHECK (purpose IN ('read', 'check', 'personalise', 'bureau', 'unblock'));
