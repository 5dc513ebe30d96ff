CREATE TABLE card (
    person_id bigint NOT NULL,
    card_id bigint NOT NULL,
    card_number text NOT NULL,
    generation text NOT NULL CHECK (generation IN ('old', 'new')),
    social text NOT NULL CHECK (social IN ('unopened', 'open', 'suspended', 'void')),
    financial text NOT NULL CHECK (financial IN ('none', 'unopened', 'open', 'closed')),
    bank_id bigint,
    identification_code text,
    reset_code text,
    issued_on date NOT NULL,
    expires_on date,
    social_due_on date,
    social_opened_at timestamptz,
    financial_opened_at timestamptz,
    void_at timestamptz,
    void_reason text,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (person_id, card_id),
    CHECK ((social = 'void') = (void_at IS NOT NULL)),
    CHECK (generation = 'new' OR financial = 'none'),
    CHECK (social_due_on IS NULL OR social = 'unopened')
);
-- What must never happen: two cards of one person that are good, or may become good again, at the same time.
CREATE UNIQUE INDEX card_one_live ON card (person_id) WHERE social IN ('open', 'suspended');
CREATE UNIQUE INDEX card_number_once ON card (person_id, card_number);
CREATE INDEX card_social_due ON card (social_due_on) WHERE social_due_on IS NOT NULL;
COMMENT ON TABLE card IS 'person-owned: old and new cards, the two functions of each';
COMMENT ON COLUMN card.social_due_on IS 'the day on which the social-security function opens that an outlet outside the city has promised';

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

CREATE TABLE card_directory (
    card_number text PRIMARY KEY,
    person_id bigint NOT NULL,
    card_id bigint NOT NULL
);
COMMENT ON TABLE card_directory IS 'keyed by card_number: finds a card by its number, and holds that no number is given twice';

CREATE SEQUENCE card_serial;

-- Opens functions of one card in one round trip, all of those asked for or none. The person's row is locked first,
-- so that two counters take turns whatever cards they hold. p_social_on: the day on which the social-security function
-- opens (today: now; later: promised; NULL: not asked for). p_bank_id: only a card of this bank (NULL: of any).
-- An ordinary refusal is an outcome, never an error. cards/states.py says the same; a test holds them equal.
CREATE FUNCTION card_open(
    p_person_id bigint, p_card_id bigint, p_social_on date, p_financial boolean, p_bank_id bigint,
    p_now timestamptz, p_today date,
    OUT outcome text, OUT card_number text, OUT social text, OUT financial text, OUT voided bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    v_card card;
    v_died date;
    v_now boolean := coalesce(p_social_on <= p_today, false);
BEGIN
    SELECT p.died_on INTO v_died FROM person AS p WHERE p.person_id = p_person_id FOR NO KEY UPDATE;
    SELECT c.* INTO v_card FROM card AS c WHERE c.person_id = p_person_id AND c.card_id = p_card_id FOR UPDATE;
    card_number := v_card.card_number;
    social := v_card.social;
    financial := v_card.financial;
    voided := '{}';
    outcome := CASE
        WHEN v_card.card_id IS NULL THEN 'no_card'
        WHEN v_died <= p_today THEN 'holder_dead'
        WHEN v_card.bank_id IS DISTINCT FROM coalesce(p_bank_id, v_card.bank_id) THEN 'other_bank'
        WHEN v_card.social = 'void' THEN 'void'
        WHEN v_card.expires_on < p_today THEN 'expired'
        WHEN p_social_on IS NOT NULL AND v_card.social <> 'unopened' THEN 'social_refused'
        WHEN p_social_on > p_today AND v_card.social_due_on IS NOT NULL THEN 'social_refused'
        WHEN p_financial AND v_card.financial <> 'unopened' THEN 'financial_refused'
        ELSE 'opened'
    END;
    IF outcome <> 'opened' THEN
        RETURN;
    END IF;
    IF v_now THEN
        WITH gone AS (
            UPDATE card AS c
            SET social = 'void', void_at = p_now, void_reason = 'replaced', social_due_on = NULL, version = c.version + 1
            WHERE c.person_id = p_person_id AND c.card_id <> p_card_id AND c.social <> 'void'
            RETURNING c.card_id
        )
        SELECT coalesce(array_agg(gone.card_id), '{}') INTO voided FROM gone;
        social := 'open';
    END IF;
    IF p_financial THEN
        financial := 'open';
    END IF;
    UPDATE card AS c
    SET social = card_open.social, financial = card_open.financial, version = c.version + 1,
        social_opened_at = CASE WHEN v_now THEN p_now ELSE c.social_opened_at END,
        financial_opened_at = CASE WHEN p_financial THEN p_now ELSE c.financial_opened_at END,
        social_due_on = CASE WHEN v_now THEN NULL ELSE coalesce(p_social_on, c.social_due_on) END
    WHERE c.person_id = p_person_id AND c.card_id = p_card_id;
END
$$;
COMMENT ON FUNCTION card_open IS 'hot: one call locks the person, opens a card and voids the others';

-- Makes every card of a person void and gives those that were not yet. Takes the person's row first, as card_open does:
-- set-based over the cards alone, the two would wait for each other's rows in opposite order.
CREATE FUNCTION card_void_all(p_person_id bigint, p_voidable text[], p_reason text, p_now timestamptz)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM person AS p WHERE p.person_id = p_person_id FOR NO KEY UPDATE;
    RETURN QUERY
    UPDATE card AS c
    SET social = 'void', void_at = p_now, void_reason = p_reason, social_due_on = NULL, version = c.version + 1
    WHERE c.person_id = p_person_id AND c.social = ANY (p_voidable)
    RETURNING c.card_id;
END
$$;

-- "Is this card good now?" for many callers at once, with an audit fact for each look: one round trip.
-- A look-up names a card number or the digest of an ID number; arrays are as long as each other.
CREATE FUNCTION card_standing(
    p_numbers text[], p_digests bytea[], p_actors text[], p_organisations bigint[], p_first_fact_id bigint,
    p_now timestamptz
) RETURNS TABLE (
    ordinal bigint, card_id bigint, generation text, social text, financial text, expires_on date,
    void_at timestamptz, void_reason text, died_on date
) LANGUAGE plpgsql AS $$
DECLARE
    v_people bigint[];
    v_cards bigint[];
BEGIN
    -- Each look-up names its keys a second time: by them a cluster asks the machines concerned only; from a join it does
    -- not tell, and would fetch the whole directory.
    SELECT array_agg(d.person_id ORDER BY a.ordinal), array_agg(d.card_id ORDER BY a.ordinal) INTO v_people, v_cards
    FROM unnest(p_numbers) WITH ORDINALITY AS a(card_number, ordinal)
    LEFT JOIN (SELECT * FROM card_directory AS n WHERE n.card_number = ANY (p_numbers)) AS d
        ON d.card_number = a.card_number;
    IF p_digests IS NOT NULL THEN
        SELECT array_agg(coalesce(d.person_id, v_people[a.ordinal]) ORDER BY a.ordinal) INTO v_people
        FROM unnest(p_digests) WITH ORDINALITY AS a(id_digest, ordinal)
        LEFT JOIN (SELECT * FROM person_directory AS n WHERE n.id_digest = ANY (p_digests)) AS d
            ON d.id_digest = a.id_digest;
        -- The live card of a person, else the newest.
        SELECT array_agg(coalesce(v_cards[a.ordinal], best.card_id) ORDER BY a.ordinal) INTO v_cards
        FROM unnest(v_people) WITH ORDINALITY AS a(person_id, ordinal)
        LEFT JOIN (
            SELECT DISTINCT ON (c.person_id) c.person_id, c.card_id
            FROM card AS c
            WHERE c.person_id = ANY (v_people)
            ORDER BY c.person_id, (c.social IN ('open', 'suspended')) DESC, c.card_id DESC
        ) AS best ON best.person_id = a.person_id;
    END IF;
    INSERT INTO audit_fact (person_id, fact_id, at, actor, organisation_id, action, subject, detail)
    SELECT coalesce(a.person_id, 0), p_first_fact_id + a.ordinal - 1, p_now, a.actor, a.organisation_id,
           'card.looked_at', coalesce(a.card_id::text, 'unknown'), '{}'
    FROM unnest(v_people, v_cards, p_actors, p_organisations) WITH ORDINALITY
         AS a(person_id, card_id, actor, organisation_id, ordinal);
    RETURN QUERY
    SELECT a.ordinal, c.card_id, c.generation, c.social, c.financial, c.expires_on, c.void_at, c.void_reason, p.died_on
    FROM unnest(v_people, v_cards) WITH ORDINALITY AS a(person_id, card_id, ordinal)
    JOIN card AS c ON c.person_id = a.person_id AND c.card_id = a.card_id
    LEFT JOIN person AS p ON p.person_id = c.person_id
    WHERE c.person_id = ANY (v_people);
END
$$;
