-- A ticket for a card ends with the session that asked for it. Those of before name none and last minutes: whoever holds one takes another.
DELETE FROM card_ticket;
ALTER TABLE card_ticket ADD COLUMN session bytea NOT NULL CHECK (octet_length(session) = 32);
COMMENT ON COLUMN card_ticket.session IS 'digest of the token that it was asked for with: once that is good no more, neither is the ticket';
