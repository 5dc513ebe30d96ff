-- A card that is reported lost says how, since when, and (a temporary report) until when. `lost_unopened`: reported lost
-- before its social-security function was opened; such a card stands beside the old one, so it is no live card.
ALTER TABLE card ADD COLUMN loss text;
ALTER TABLE card ADD COLUMN lost_at timestamptz;
ALTER TABLE card ADD COLUMN loss_until timestamptz;
ALTER TABLE card ADD COLUMN replaced_by text;
ALTER TABLE card DROP CONSTRAINT card_social_check;
ALTER TABLE card DROP CONSTRAINT card_financial_check;
UPDATE card SET loss = 'formal', lost_at = coalesce(social_opened_at, '2018-01-01 00:00+08') WHERE social = 'suspended';
ALTER TABLE card ADD CONSTRAINT card_social_check CHECK (
    social IN ('unopened', 'lost_unopened', 'open', 'suspended', 'void'));
ALTER TABLE card ADD CONSTRAINT card_financial_check CHECK (
    financial IN ('none', 'unopened', 'lost_unopened', 'open', 'suspended', 'closed'));
ALTER TABLE card ADD CONSTRAINT card_loss_check CHECK (loss IN ('temporary', 'formal'));
ALTER TABLE card ADD CONSTRAINT card_loss_told CHECK ((social IN ('suspended', 'lost_unopened')) = (loss IS NOT NULL));
ALTER TABLE card ADD CONSTRAINT card_loss_dated CHECK ((loss IS NOT NULL) = (lost_at IS NOT NULL));
ALTER TABLE card ADD CONSTRAINT card_loss_ends CHECK ((loss IS NOT DISTINCT FROM 'temporary') = (loss_until IS NOT NULL));
CREATE INDEX card_loss_due ON card (loss_until) WHERE loss_until IS NOT NULL;
COMMENT ON COLUMN card.loss IS 'how the card is reported lost: a temporary report ends by itself at loss_until, a formal one does not';
COMMENT ON COLUMN card.loss_until IS
    'from this moment on the card is what it was before the report, whether or not the step `loss` has noted it already';
COMMENT ON COLUMN card.replaced_by IS 'the number of the card whose opening made this one void';

-- Opens functions of one card in one round trip, all of those asked for or none. The person's row is locked first,
-- so that two counters take turns whatever cards they hold. p_social_on: the day on which the social-security function
-- opens (today: now; later: promised; NULL: not asked for). p_bank_id: only a card of this bank (NULL: of any).
-- A temporary loss report whose end has come counts no more. An ordinary refusal is an outcome, never an error.
-- cards/states.py says the same; a test holds them equal.
CREATE OR REPLACE FUNCTION card_open(
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
    IF v_card.loss_until <= p_now THEN
        v_card.social := CASE v_card.social WHEN 'lost_unopened' THEN 'unopened' ELSE 'open' END;
        v_card.loss := NULL;
        v_card.lost_at := NULL;
        v_card.loss_until := NULL;
    END IF;
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
            SET social = 'void', void_at = p_now, void_reason = 'replaced', replaced_by = v_card.card_number,
                social_due_on = NULL, loss = NULL, lost_at = NULL, loss_until = NULL, version = c.version + 1
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
        loss = v_card.loss, lost_at = v_card.lost_at, loss_until = v_card.loss_until,
        social_opened_at = CASE WHEN v_now THEN p_now ELSE c.social_opened_at END,
        financial_opened_at = CASE WHEN p_financial THEN p_now ELSE c.financial_opened_at END,
        social_due_on = CASE WHEN v_now THEN NULL ELSE coalesce(p_social_on, c.social_due_on) END
    WHERE c.person_id = p_person_id AND c.card_id = p_card_id;
END
$$;

-- Makes every card of a person void and gives those that were not yet. Takes the person's row first, as card_open does:
-- set-based over the cards alone, the two would wait for each other's rows in opposite order.
CREATE OR REPLACE FUNCTION card_void_all(p_person_id bigint, p_voidable text[], p_reason text, p_now timestamptz)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM person AS p WHERE p.person_id = p_person_id FOR NO KEY UPDATE;
    RETURN QUERY
    UPDATE card AS c
    SET social = 'void', void_at = p_now, void_reason = p_reason, social_due_on = NULL,
        loss = NULL, lost_at = NULL, loss_until = NULL, version = c.version + 1
    WHERE c.person_id = p_person_id AND c.social = ANY (p_voidable)
    RETURNING c.card_id;
END
$$;

-- Lifts the temporary loss reports of a person whose end has come, and gives the cards. p_lost and p_found: statuses, and what
-- each becomes (cards/states.py). Takes the person's row first, as card_open does.
CREATE FUNCTION card_lift_lapsed(p_person_id bigint, p_lost text[], p_found text[], p_now timestamptz)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM person AS p WHERE p.person_id = p_person_id FOR NO KEY UPDATE;
    RETURN QUERY
    UPDATE card AS c
    SET social = p_found[array_position(p_lost, c.social)], loss = NULL, lost_at = NULL, loss_until = NULL,
        version = c.version + 1
    WHERE c.person_id = p_person_id AND c.loss_until <= p_now AND c.social = ANY (p_lost)
    RETURNING c.card_id;
END
$$;

-- "Is this card good now?" for many callers at once, with an audit fact for each look: one round trip.
-- A look-up names a card number or the digest of an ID number; arrays are as long as each other.
-- A temporary loss report whose end has come is not told any more, whether or not the step `loss` has run since.
DROP FUNCTION card_standing(text[], bytea[], text[], bigint[], bigint, timestamptz);
CREATE FUNCTION card_standing(
    p_numbers text[], p_digests bytea[], p_actors text[], p_organisations bigint[], p_first_fact_id bigint,
    p_now timestamptz
) RETURNS TABLE (
    ordinal bigint, card_id bigint, generation text, social text, financial text, expires_on date,
    void_at timestamptz, void_reason text, replaced_by text, loss_until timestamptz, died_on date
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
    SELECT a.ordinal, c.card_id, c.generation,
           CASE WHEN c.loss_until <= p_now THEN CASE c.social WHEN 'lost_unopened' THEN 'unopened' ELSE 'open' END
                ELSE c.social END,
           c.financial, c.expires_on, c.void_at, c.void_reason, c.replaced_by, c.loss_until, p.died_on
    FROM unnest(v_people, v_cards) WITH ORDINALITY AS a(person_id, card_id, ordinal)
    JOIN card AS c ON c.person_id = a.person_id AND c.card_id = a.card_id
    LEFT JOIN person AS p ON p.person_id = c.person_id
    WHERE c.person_id = ANY (v_people);
END
$$;

ALTER TABLE application ADD COLUMN replacement_reason text;
ALTER TABLE application ADD COLUMN ends_because text;
ALTER TABLE application ADD CONSTRAINT application_replacement_reason_check CHECK (
    replacement_reason IN ('lost', 'worn', 'unreadable', 'damaged', 'data_changed', 'expiring', 'expired'));
COMMENT ON COLUMN application.replacement_reason IS 'why the new card is replaced, as the applicant stated it';
COMMENT ON COLUMN application.ends_because IS
    'a code: the application ends as soon as the card bureau has answered, for the holder is entitled no more';

-- A parcel that the courier has lost gives its place to the next one of the same application.
ALTER TABLE parcel
    DROP CONSTRAINT parcel_status_check;
ALTER TABLE parcel
    ADD CONSTRAINT parcel_status_check CHECK (status IN (
        'prepared', 'dispatched', 'in_transit', 'delivered', 'failed', 'at_outlet', 'collected', 'returned', 'lost'));
DROP INDEX parcel_one_each;
CREATE UNIQUE INDEX parcel_one_each ON parcel (person_id, application_id) WHERE status <> 'lost';
