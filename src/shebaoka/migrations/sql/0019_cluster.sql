-- Lifts the temporary loss reports of a person whose end has come, and gives the cards. p_lost and p_found: statuses, and what
-- each becomes (cards/states.py). Takes the person's row first, as card_open does. What each becomes is joined, not taken out of
-- the array by its place: an UPDATE on a cluster that sets `array[place]` brings the whole server down (found on Citus 13.2.2).
CREATE OR REPLACE FUNCTION card_lift_lapsed(p_person_id bigint, p_lost text[], p_found text[], p_now timestamptz)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM person AS p WHERE p.person_id = p_person_id FOR NO KEY UPDATE;
    RETURN QUERY
    UPDATE card AS c
    SET social = was.found, loss = NULL, lost_at = NULL, loss_until = NULL, version = c.version + 1
    FROM unnest(p_lost, p_found) AS was(lost, found)
    WHERE c.person_id = p_person_id AND c.loss_until <= p_now AND c.social = was.lost
    RETURNING c.card_id;
END
$$;

-- Every capture holds the row of its device. On a table that is copied to every machine a cluster locks all of it instead, and two
-- captures at once end in a deadlock; distributed by the device, each locks its own row.
COMMENT ON TABLE outreach_device IS
    'keyed by device_id: devices that capture work without a network; only a hash of each secret is kept';
