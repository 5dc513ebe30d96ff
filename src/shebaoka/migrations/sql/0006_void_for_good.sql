-- A void card never returns, whoever asks: not a command with a fault in it, not a hand on the console. It reads nothing
-- but its own row, and the condition keeps it out of the way of every other update.
CREATE FUNCTION card_void_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a void card never returns'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'card_void_for_good';
END
$$;
CREATE TRIGGER card_void_for_good BEFORE UPDATE ON card
FOR EACH ROW WHEN (OLD.social = 'void' AND NEW.social <> 'void') EXECUTE FUNCTION card_void_guard();
