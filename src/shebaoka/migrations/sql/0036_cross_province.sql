-- Care in another province, both ways: who is registered for it, guests of our hospitals, what provinces owe each other.
CREATE TABLE cross_province_registration (
    person_id bigint NOT NULL,
    registration_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('resettled', 'referral')),
    status text NOT NULL CHECK (status IN ('in_force', 'withdrawn', 'ended')),
    place text NOT NULL CHECK (place ~ '^[0-9]{6}$'),
    from_on date NOT NULL,
    until_on date,
    documents text[] NOT NULL,
    registrar text NOT NULL CHECK (registrar IN ('holder', 'centre', 'hospital')),
    institution_id bigint,
    number text NOT NULL,
    rule_id text NOT NULL,
    registered_at timestamptz NOT NULL,
    registered_by text NOT NULL,
    withdrawn_at timestamptz,
    withdrawn_by text,
    reason text,
    PRIMARY KEY (person_id, registration_id),
    CONSTRAINT cross_province_registration_days CHECK (until_on >= from_on),
    CONSTRAINT cross_province_registration_withdrawn CHECK (
        (status = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (withdrawn_at IS NULL) = (withdrawn_by IS NULL)
        AND (withdrawn_at IS NULL) = (reason IS NULL))
);
COMMENT ON TABLE cross_province_registration IS 'person-owned: registered for care in another place, of which kind, from when to when, by whom';
COMMENT ON COLUMN cross_province_registration.place IS 'division code of the place of care; one that ends in 0000 is a whole province';
COMMENT ON COLUMN cross_province_registration.number IS 'the registrar''s own number of it; the same again is the same registration';
CREATE UNIQUE INDEX cross_province_registration_one_in_force ON cross_province_registration (person_id, kind)
    WHERE status = 'in_force';
CREATE UNIQUE INDEX cross_province_registration_once ON cross_province_registration (person_id, registrar, number);

CREATE TABLE guest (
    person_id bigint PRIMARY KEY,
    province_id bigint NOT NULL CHECK (province_id BETWEEN 110000 AND 999999),
    sealed bytea NOT NULL,
    known_at timestamptz NOT NULL
);
COMMENT ON TABLE guest IS 'person-owned: somebody insured in another province who is a patient here; their number and name sealed';
COMMENT ON COLUMN guest.province_id IS 'division code of the province where they are insured, as a number';

CREATE TABLE guest_directory (
    id_digest bytea NOT NULL,
    province_id bigint NOT NULL,
    person_id bigint NOT NULL,
    PRIMARY KEY (id_digest, province_id)
);
COMMENT ON TABLE guest_directory IS 'keyed by id_digest: guests by number and by the province where they are insured';

CREATE TABLE cross_province_bill (
    person_id bigint NOT NULL,
    bill_id bigint NOT NULL,
    role text NOT NULL CHECK (role IN ('care', 'insured')),
    status text NOT NULL CHECK (status IN ('asked', 'settled', 'refused', 'withdrawn', 'taken_back', 'reversed')),
    province_id bigint NOT NULL CHECK (province_id BETWEEN 110000 AND 999999),
    visit_id bigint NOT NULL,
    institution_id bigint NOT NULL,
    number text NOT NULL CHECK (length(number) BETWEEN 1 AND 64),
    says jsonb NOT NULL,
    asked_at timestamptz NOT NULL,
    settlement_id bigint,
    total_fen bigint CHECK (total_fen >= 0),
    fund_fen bigint CHECK (fund_fen >= 0),
    account_fen bigint CHECK (account_fen >= 0),
    settled_on date,
    reversed_on date,
    reversal text,
    refusal text,
    cleared_in date CHECK (extract(day FROM cleared_in) = 1),
    reversal_cleared_in date CHECK (extract(day FROM reversal_cleared_in) = 1),
    PRIMARY KEY (person_id, bill_id),
    CONSTRAINT cross_province_bill_settled CHECK (
        (status IN ('settled', 'taken_back', 'reversed')) = (settlement_id IS NOT NULL)
        AND (settlement_id IS NULL) = (settled_on IS NULL) AND (settlement_id IS NULL) = (total_fen IS NULL)
        AND (total_fen IS NULL) = (fund_fen IS NULL) AND (total_fen IS NULL) = (account_fen IS NULL)
        AND total_fen >= fund_fen + account_fen),
    CONSTRAINT cross_province_bill_reversed CHECK (
        (status = 'reversed') = (reversed_on IS NOT NULL) AND (reversed_on IS NULL) = (reversal IS NULL)),
    CONSTRAINT cross_province_bill_refused CHECK ((status = 'refused') = (refusal IS NOT NULL)),
    CONSTRAINT cross_province_bill_cleared CHECK (
        (cleared_in IS NULL OR settled_on IS NOT NULL) AND (reversal_cleared_in IS NULL OR reversed_on IS NOT NULL))
);
COMMENT ON TABLE cross_province_bill IS 'person-owned: a stay that two provinces settle; care: a guest was in our hospital; insured: ours was in theirs';
COMMENT ON COLUMN cross_province_bill.number IS 'care: the hospital''s message that confirms; insured: the hub''s';
COMMENT ON COLUMN cross_province_bill.says IS 'what was asked, to tell it from another of the same number, and to ask again';
COMMENT ON COLUMN cross_province_bill.settled_on IS 'the day for which both provinces count it, as the insured one has it';
COMMENT ON COLUMN cross_province_bill.reversal IS 'the number by which the hub knows the reversal';
COMMENT ON COLUMN cross_province_bill.cleared_in IS 'the month in whose clearing it was counted, once; the reversal in its own';
CREATE UNIQUE INDEX cross_province_bill_one_live ON cross_province_bill (person_id, visit_id)
    WHERE status IN ('asked', 'settled');
CREATE UNIQUE INDEX cross_province_bill_once ON cross_province_bill (person_id, institution_id, number);
CREATE INDEX cross_province_bill_due ON cross_province_bill (bill_id) WHERE status IN ('asked', 'taken_back');
CREATE INDEX cross_province_bill_uncleared ON cross_province_bill (province_id, settled_on)
    WHERE settled_on IS NOT NULL AND cleared_in IS NULL;
CREATE INDEX cross_province_bill_reversal_uncleared ON cross_province_bill (province_id, reversed_on)
    WHERE reversed_on IS NOT NULL AND reversal_cleared_in IS NULL;
CREATE INDEX cross_province_bill_by_day ON cross_province_bill (settled_on);
CREATE INDEX cross_province_bill_by_reversal_day ON cross_province_bill (reversed_on) WHERE reversed_on IS NOT NULL;

CREATE FUNCTION cross_province_bill_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'bills between provinces are kept' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.cleared_in <> NEW.cleared_in OR (OLD.cleared_in IS NOT NULL AND NEW.cleared_in IS NULL)
        OR OLD.reversal_cleared_in <> NEW.reversal_cleared_in
        OR (OLD.reversal_cleared_in IS NOT NULL AND NEW.reversal_cleared_in IS NULL)
        OR (OLD.settlement_id IS NOT NULL AND (OLD.settlement_id, OLD.total_fen, OLD.fund_fen, OLD.account_fen, OLD.settled_on)
            IS DISTINCT FROM (NEW.settlement_id, NEW.total_fen, NEW.fund_fen, NEW.account_fen, NEW.settled_on)) THEN
        RAISE EXCEPTION 'a bill is settled once and cleared once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cross_province_bill_for_good', TABLE = 'cross_province_bill';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER cross_province_bill_for_good BEFORE UPDATE OR DELETE ON cross_province_bill
    FOR EACH ROW EXECUTE FUNCTION cross_province_bill_guard();

CREATE TABLE cross_province_clearing (
    province_id bigint NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    clearing_id bigint NOT NULL UNIQUE,
    owed_to_us_fen bigint NOT NULL DEFAULT 0,
    owed_to_us integer NOT NULL DEFAULT 0,
    owed_by_us_fen bigint NOT NULL DEFAULT 0,
    owed_by_us integer NOT NULL DEFAULT 0,
    drawn_at timestamptz NOT NULL,
    drawn_by text NOT NULL,
    paid_on date,
    paid_by text,
    entry_id bigint,
    PRIMARY KEY (province_id, month),
    CONSTRAINT cross_province_clearing_paid CHECK (
        (paid_on IS NULL) = (paid_by IS NULL)
        AND (entry_id IS NOT NULL) = (paid_on IS NOT NULL AND owed_to_us_fen <> owed_by_us_fen))
);
COMMENT ON TABLE cross_province_clearing IS 'shared: what a month leaves owed between another province and us: settlements less reversals, each counted once';
COMMENT ON COLUMN cross_province_clearing.owed_to_us IS 'how many settlements and reversals; owed_to_us_fen may be below nothing where more was taken back';

-- A quote may be against another province: it owes what we advance, or is owed what it advanced.
ALTER TABLE settlement_quote ADD COLUMN province_id bigint, ADD COLUMN guest boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT settlement_quote_province CHECK (('cross_province' = ANY (accounts)) <= (province_id IS NOT NULL)),
    ADD CONSTRAINT settlement_quote_guest CHECK (guest <= (province_id IS NOT NULL));
COMMENT ON COLUMN settlement_quote.province_id IS 'division code of the other province, where two settle';
COMMENT ON COLUMN settlement_quote.guest IS 'the person is insured there: their province reckoned it, and has judged their card';
ALTER TABLE settlement ALTER COLUMN card_id DROP NOT NULL;
COMMENT ON COLUMN settlement.card_id IS 'none of ours where a guest from another province was settled for';

CREATE OR REPLACE FUNCTION settlement_confirm(
    p_person_id bigint, p_institution_id bigint, p_number text, p_says text, p_quote_id bigint, p_card_number text,
    p_settlement_id bigint, p_entry_id bigint, p_fact_id bigint, p_actor text, p_organisation_id bigint,
    p_now timestamptz, p_today date,
    OUT outcome text, OUT settled jsonb, OUT told jsonb, OUT card_id bigint, OUT generation text, OUT social text,
    OUT financial text, OUT expires_on date, OUT void_at timestamptz, OUT void_reason text, OUT replaced_by text,
    OUT loss_until timestamptz, OUT died_on date
) LANGUAGE plpgsql AS $$
DECLARE
    v_message settlement_message_directory;
    v_quote settlement_quote;
    v_visit medical_visit;
    v_done settlement;
    v_entry_id bigint;
    v_counted integer;
BEGIN
    -- The number first: whoever sends the same at the same time waits here, and is then told what came of it.
    INSERT INTO settlement_message_directory AS m (number, institution_id, kind, says, person_id, settlement_id, taken_at)
    VALUES (p_number, p_institution_id, 'confirm', p_says, p_person_id, p_settlement_id, p_now)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT m.* INTO v_message FROM settlement_message_directory AS m
        WHERE m.number = p_number AND m.institution_id = p_institution_id;
        IF v_message.kind = 'withdrawn' THEN
            outcome := 'withdrawn';
            RETURN;
        ELSIF v_message.says <> p_says THEN
            outcome := 'message_differs';
            RETURN;
        ELSIF v_message.settlement_id <> p_settlement_id THEN
            SELECT s.* INTO v_done FROM settlement AS s
            WHERE s.person_id = v_message.person_id AND s.settlement_id = v_message.settlement_id;
            SELECT q.told INTO told FROM settlement_quote AS q
            WHERE q.person_id = v_done.person_id AND q.quote_id = v_done.quote_id;
            outcome := 'repeated';
            settled := to_jsonb(v_done);
            RETURN;
        END IF;
    END IF;
    -- The holder's row, as whoever opens, loses or cancels a card takes it: of two at once one comes first.
    SELECT p.died_on INTO died_on FROM person AS p WHERE p.person_id = p_person_id FOR NO KEY UPDATE;
    SELECT c.card_id, c.generation,
           CASE WHEN c.loss_until <= p_now THEN CASE c.social WHEN 'lost_unopened' THEN 'unopened' ELSE 'open' END
                ELSE c.social END,
           c.financial, c.expires_on, c.void_at, c.void_reason, c.replaced_by,
           CASE WHEN c.loss_until <= p_now THEN NULL ELSE c.loss_until END
    INTO card_id, generation, social, financial, expires_on, void_at, void_reason, replaced_by, loss_until
    FROM card AS c WHERE c.person_id = p_person_id AND c.card_number = p_card_number;
    SELECT q.* INTO v_quote FROM settlement_quote AS q
    WHERE q.person_id = p_person_id AND q.quote_id = p_quote_id AND q.institution_id = p_institution_id;
    -- A guest has no card of ours: the province where they are insured has judged theirs.
    IF card_id IS NULL AND NOT coalesce(v_quote.guest, false) THEN
        outcome := 'not_holder';
        RETURN;
    END IF;
    SELECT v.* INTO v_visit FROM medical_visit AS v
    WHERE v.person_id = p_person_id AND v.visit_id = v_quote.visit_id FOR UPDATE;
    -- Balances, then what counts: as whoever else moves them takes them.
    PERFORM FROM personal_balance AS b WHERE b.person_id = p_person_id ORDER BY b.account FOR UPDATE;
    PERFORM FROM medical_year_sum AS s WHERE s.person_id = p_person_id ORDER BY s.scheme, s.year FOR UPDATE;
    outcome := CASE
        WHEN v_quote.quote_id IS NULL THEN 'no_quote'
        WHEN EXISTS (
            SELECT FROM settlement AS s
            WHERE s.person_id = p_person_id AND s.visit_id = v_quote.visit_id AND s.batch = v_quote.batch
              AND s.reversed_at IS NULL) THEN 'settled_already'
        WHEN EXISTS (SELECT FROM settlement AS s WHERE s.person_id = p_person_id AND s.quote_id = p_quote_id)
            THEN 'quote_used'
        WHEN v_quote.expires_at <= p_now OR v_quote.quoted_on <> p_today THEN 'quote_expired'
        WHEN v_visit.version <> v_quote.visit_version OR v_visit.status = 'cancelled' THEN 'visit_moved'
        WHEN v_visit.kind = 'inpatient' AND v_visit.status <> 'discharged' THEN 'not_discharged'
        WHEN v_quote.standing <> settlement_standing(p_person_id, p_today) THEN 'state_moved'
        ELSE 'settled'
    END;
    IF outcome <> 'settled' THEN
        RETURN;
    END IF;
    IF cardinality(v_quote.accounts) > 0 THEN
        v_entry_id := p_entry_id;
    END IF;
    INSERT INTO settlement AS s (
        person_id, settlement_id, quote_id, visit_id, batch, institution_id, number, card_id, settled_on, settled_at,
        total_fen, in_scope_fen, own_expense_fen, prepay_fen, over_limit_fen, pooled_fen, supplementary_fen,
        current_account_fen, historic_account_fen, cash_fen, entry_id)
    VALUES (
        p_person_id, p_settlement_id, v_quote.quote_id, v_quote.visit_id, v_quote.batch, p_institution_id, p_number,
        card_id, p_today, p_now, v_quote.total_fen, v_quote.in_scope_fen, v_quote.own_expense_fen, v_quote.prepay_fen,
        v_quote.over_limit_fen, v_quote.pooled_fen, v_quote.supplementary_fen, v_quote.current_account_fen,
        v_quote.historic_account_fen, v_quote.cash_fen, v_entry_id)
    RETURNING s.* INTO v_done;
    IF v_entry_id IS NOT NULL THEN
        PERFORM ledger_post(
            p_person_id, p_entry_id, 'settlement', p_settlement_id, NULL, p_today, p_now, v_quote.accounts,
            ARRAY(SELECT CASE a.account WHEN 'institution' THEN p_institution_id
                         WHEN 'cross_province' THEN v_quote.province_id ELSE 0 END
                  FROM unnest(v_quote.accounts) WITH ORDINALITY AS a(account, no) ORDER BY a.no),
            v_quote.amounts_fen);
    END IF;
    UPDATE medical_year_sum AS s
    SET deductible_fen = s.deductible_fen + b.deductible_fen, pooled_fen = s.pooled_fen + b.counted_fen
    FROM unnest(v_quote.schemes, v_quote.years, v_quote.deductibles_fen, v_quote.counted_fen)
         AS b(scheme, year, deductible_fen, counted_fen)
    WHERE s.person_id = p_person_id AND s.scheme = b.scheme AND s.year = b.year;
    GET DIAGNOSTICS v_counted = ROW_COUNT;
    IF v_counted <> cardinality(v_quote.years) THEN
        RAISE EXCEPTION 'quote % counts in years that were not begun', p_quote_id;
    END IF;
    INSERT INTO audit_fact (person_id, fact_id, at, actor, organisation_id, action, subject, detail)
    VALUES (p_person_id, p_fact_id, p_now, p_actor, p_organisation_id, 'settlement.confirmed', p_settlement_id::text,
            jsonb_build_object('card', card_id::text, 'entry', v_entry_id::text));
    settled := to_jsonb(v_done);
    told := v_quote.told;
END
$$;
COMMENT ON FUNCTION settlement_confirm IS 'one call takes the number, locks the person, holds card and quote against now, books and counts; the caller judges the card';

CREATE OR REPLACE FUNCTION settlement_reverse(
    p_institution_id bigint, p_number text, p_names text, p_entry_id bigint, p_fact_id bigint, p_actor text,
    p_organisation_id bigint, p_now timestamptz, p_today date, OUT outcome text, OUT settled jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    v_message settlement_message_directory;
    v_named settlement_message_directory;
    v_done settlement;
    v_quote settlement_quote;
BEGIN
    -- Its own number first, then the one that it names: a message that is under way is waited for.
    INSERT INTO settlement_message_directory AS m (number, institution_id, kind, says, taken_at)
    VALUES (p_number, p_institution_id, 'reversal', p_names, p_now)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT m.* INTO v_message FROM settlement_message_directory AS m
        WHERE m.number = p_number AND m.institution_id = p_institution_id;
        IF v_message.kind <> 'reversal' OR v_message.says <> p_names THEN
            outcome := CASE v_message.kind WHEN 'withdrawn' THEN 'withdrawn' ELSE 'message_differs' END;
            RETURN;
        END IF;
        SELECT s.* INTO v_done FROM settlement AS s
        WHERE s.person_id = v_message.person_id AND s.settlement_id = v_message.settlement_id;
        outcome := CASE WHEN v_message.settlement_id IS NULL THEN 'withdrew' ELSE 'repeated' END;
        settled := CASE WHEN v_message.settlement_id IS NULL THEN NULL ELSE to_jsonb(v_done) END;
        RETURN;
    END IF;
    INSERT INTO settlement_message_directory AS m (number, institution_id, kind, says, taken_at)
    VALUES (p_names, p_institution_id, 'withdrawn', p_number, p_now)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO audit_fact (person_id, fact_id, at, actor, organisation_id, action, subject, detail)
        VALUES (0, p_fact_id, p_now, p_actor, p_organisation_id, 'settlement.withdrawn', p_names, '{}');
        outcome := 'withdrew';
        RETURN;
    END IF;
    SELECT m.* INTO v_named FROM settlement_message_directory AS m
    WHERE m.number = p_names AND m.institution_id = p_institution_id;
    IF v_named.kind <> 'confirm' THEN
        outcome := CASE v_named.kind WHEN 'reversal' THEN 'names_reversal' ELSE 'reversed_already' END;
        RETURN;
    END IF;
    PERFORM FROM person AS p WHERE p.person_id = v_named.person_id FOR NO KEY UPDATE;
    SELECT s.* INTO v_done FROM settlement AS s
    WHERE s.person_id = v_named.person_id AND s.settlement_id = v_named.settlement_id FOR UPDATE;
    IF v_done.reversed_at IS NOT NULL THEN
        outcome := 'reversed_already';
        RETURN;
    END IF;
    SELECT q.* INTO v_quote FROM settlement_quote AS q
    WHERE q.person_id = v_done.person_id AND q.quote_id = v_done.quote_id;
    PERFORM FROM personal_balance AS b WHERE b.person_id = v_done.person_id ORDER BY b.account FOR UPDATE;
    UPDATE settlement AS s
    SET reversed_on = p_today, reversed_at = p_now, reversed_by = p_number,
        reversal_entry_id = CASE WHEN s.entry_id IS NOT NULL THEN p_entry_id END
    WHERE s.person_id = v_done.person_id AND s.settlement_id = v_done.settlement_id
    RETURNING s.* INTO v_done;
    IF v_done.entry_id IS NOT NULL THEN
        PERFORM ledger_post(
            v_done.person_id, p_entry_id, 'reversal', v_done.settlement_id, v_done.entry_id, p_today, p_now,
            v_quote.accounts,
            ARRAY(SELECT CASE a.account WHEN 'institution' THEN p_institution_id
                         WHEN 'cross_province' THEN v_quote.province_id ELSE 0 END
                  FROM unnest(v_quote.accounts) WITH ORDINALITY AS a(account, no) ORDER BY a.no),
            ARRAY(SELECT -a.fen FROM unnest(v_quote.amounts_fen) WITH ORDINALITY AS a(fen, no) ORDER BY a.no));
    END IF;
    UPDATE medical_year_sum AS s
    SET deductible_fen = s.deductible_fen - b.deductible_fen, pooled_fen = s.pooled_fen - b.counted_fen
    FROM unnest(v_quote.schemes, v_quote.years, v_quote.deductibles_fen, v_quote.counted_fen)
         AS b(scheme, year, deductible_fen, counted_fen)
    WHERE s.person_id = v_done.person_id AND s.scheme = b.scheme AND s.year = b.year;
    UPDATE medical_visit AS v SET version = v.version + 1
    WHERE v.person_id = v_done.person_id AND v.visit_id = v_done.visit_id;
    UPDATE settlement_message_directory AS m
    SET person_id = v_done.person_id, settlement_id = v_done.settlement_id
    WHERE m.number = p_number AND m.institution_id = p_institution_id;
    INSERT INTO audit_fact (person_id, fact_id, at, actor, organisation_id, action, subject, detail)
    VALUES (v_done.person_id, p_fact_id, p_now, p_actor, p_organisation_id, 'settlement.reversed',
            v_done.settlement_id::text, jsonb_build_object('entry', v_done.reversal_entry_id::text));
    outcome := 'reversed';
    settled := to_jsonb(v_done);
END
$$;
COMMENT ON FUNCTION settlement_reverse IS 'one call takes both numbers, locks the person and takes back what the named message settled, once; or bars it where it has not come';
