CREATE FUNCTION public.audit_fact_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.batch_no IS NULL AND NEW.batch_no IS NOT NULL
       AND (OLD.person_id, OLD.fact_id, OLD.at, OLD.actor, OLD.organisation_id, OLD.action, OLD.subject, OLD.detail)
         = (NEW.person_id, NEW.fact_id, NEW.at, NEW.actor, NEW.organisation_id, NEW.action, NEW.subject, NEW.detail)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit facts are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.bank_account_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.life = 'closed' AND NEW.life <> 'closed' THEN
        RAISE EXCEPTION 'a closed account stays closed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION public.batch_custody_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the custody of a batch is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.blank_movement_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'movements of blank cards are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.card_key_record_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'records of card keys are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.card_lift_lapsed(p_person_id bigint, p_lost text[], p_found text[], p_now timestamp with time zone) RETURNS SETOF bigint
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.card_open(p_person_id bigint, p_card_id bigint, p_social_on date, p_financial boolean, p_bank_id bigint, p_now timestamp with time zone, p_today date, OUT outcome text, OUT card_number text, OUT social text, OUT financial text, OUT voided bigint[]) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION public.card_open(p_person_id bigint, p_card_id bigint, p_social_on date, p_financial boolean, p_bank_id bigint, p_now timestamp with time zone, p_today date, OUT outcome text, OUT card_number text, OUT social text, OUT financial text, OUT voided bigint[]) IS 'hot: one call locks the person, opens a card and voids the others';

CREATE FUNCTION public.card_standing(p_numbers text[], p_digests bytea[], p_actors text[], p_organisations bigint[], p_first_fact_id bigint, p_now timestamp with time zone) RETURNS TABLE(ordinal bigint, card_id bigint, generation text, social text, financial text, expires_on date, void_at timestamp with time zone, void_reason text, replaced_by text, loss_until timestamp with time zone, died_on date)
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.card_void_all(p_person_id bigint, p_voidable text[], p_reason text, p_now timestamp with time zone) RETURNS SETOF bigint
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.card_void_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'a void card never returns'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'card_void_for_good';
END
$$;

CREATE FUNCTION public.chip_directory_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'a chip is one card''s for ever' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.cross_province_bill_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.hand_over_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'records of cards handed over are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.help_entry_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the history of a case is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.ledger_post(p_person_id bigint, p_entry_id bigint, p_kind text, p_reference bigint, p_reverses bigint, p_booked_on date, p_now timestamp with time zone, p_accounts text[], p_owners bigint[], p_amounts bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO posting (person_id, entry_id, line_no, lines, kind, reference, reverses, booked_on, posted_at, account,
                         owner_id, amount_fen)
    SELECT p_person_id, p_entry_id, line.no, cardinality(p_accounts), p_kind, p_reference, p_reverses, p_booked_on,
           p_now, line.account, line.owner_id, line.amount_fen
    FROM unnest(p_accounts, p_owners, p_amounts) WITH ORDINALITY AS line(account, owner_id, amount_fen, no);
    UPDATE personal_balance AS b
    SET balance_fen = b.balance_fen - line.amount_fen
    FROM unnest(p_accounts, p_amounts) AS line(account, amount_fen)
    WHERE b.person_id = p_person_id AND b.account = line.account;
END
$$;

CREATE FUNCTION public.payout_run_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.status <> 'drawn' AND NEW.status <> OLD.status
       OR (NEW.benefit, NEW.pay_on, NEW.payments, NEW.total_fen, NEW.drawn_by)
          IS DISTINCT FROM (OLD.benefit, OLD.pay_on, OLD.payments, OLD.total_fen, OLD.drawn_by) THEN
        RAISE EXCEPTION 'a run is approved or cancelled as it was drawn, once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION public.payroll_choice_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'choices of a bank are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.photo_consent_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'statements of consent are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.posting_balanced() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT entry_id INTO wrong FROM posted
    GROUP BY person_id, entry_id
    HAVING sum(amount_fen) <> 0
        OR count(*) <> max(lines) OR min(lines) <> max(lines) OR max(line_no) <> max(lines)
        OR min(kind) <> max(kind) OR min(reference) <> max(reference) OR min(booked_on) <> max(booked_on)
        OR min(posted_at) <> max(posted_at) OR min(reverses) <> max(reverses)
        OR count(reverses) NOT IN (0, count(*))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance, or is not whole', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_balanced', TABLE = 'posting';
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.posting_balanced() IS 'one look at all lines of a statement; it reads nothing else, so it is as safe on a shard';

CREATE FUNCTION public.posting_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: reverse what is wrong' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.proxy_act_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'records of acting for others are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.readiness_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'evidence of readiness is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.settlement_confirm(p_person_id bigint, p_institution_id bigint, p_number text, p_says text, p_quote_id bigint, p_card_number text, p_settlement_id bigint, p_entry_id bigint, p_fact_id bigint, p_actor text, p_organisation_id bigint, p_now timestamp with time zone, p_today date, OUT outcome text, OUT settled jsonb, OUT told jsonb, OUT card_id bigint, OUT generation text, OUT social text, OUT financial text, OUT expires_on date, OUT void_at timestamp with time zone, OUT void_reason text, OUT replaced_by text, OUT loss_until timestamp with time zone, OUT died_on date) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION public.settlement_confirm(p_person_id bigint, p_institution_id bigint, p_number text, p_says text, p_quote_id bigint, p_card_number text, p_settlement_id bigint, p_entry_id bigint, p_fact_id bigint, p_actor text, p_organisation_id bigint, p_now timestamp with time zone, p_today date, OUT outcome text, OUT settled jsonb, OUT told jsonb, OUT card_id bigint, OUT generation text, OUT social text, OUT financial text, OUT expires_on date, OUT void_at timestamp with time zone, OUT void_reason text, OUT replaced_by text, OUT loss_until timestamp with time zone, OUT died_on date) IS 'one call takes the number, locks the person, holds card and quote against now, books and counts; the caller judges the card';

CREATE FUNCTION public.settlement_difference_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a difference is kept, and what was closed stays so' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION public.settlement_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_same settlement := NEW;
BEGIN
    v_same.reversed_on := OLD.reversed_on;
    v_same.reversed_at := OLD.reversed_at;
    v_same.reversed_by := OLD.reversed_by;
    v_same.reversal_entry_id := OLD.reversal_entry_id;
    IF OLD.reversed_at IS NOT NULL OR v_same IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a settlement is taken back once, and changes in no other way'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_for_good', TABLE = 'settlement';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION public.settlement_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'settlements are kept: take one back by its reversal' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.settlement_reverse(p_institution_id bigint, p_number text, p_names text, p_entry_id bigint, p_fact_id bigint, p_actor text, p_organisation_id bigint, p_now timestamp with time zone, p_today date, OUT outcome text, OUT settled jsonb) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

COMMENT ON FUNCTION public.settlement_reverse(p_institution_id bigint, p_number text, p_names text, p_entry_id bigint, p_fact_id bigint, p_actor text, p_organisation_id bigint, p_now timestamp with time zone, p_today date, OUT outcome text, OUT settled jsonb) IS 'one call takes both numbers, locks the person and takes back what the named message settled, once; or bars it where it has not come';

CREATE FUNCTION public.settlement_standing(p_person_id bigint, p_on date) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT concat_ws(' ',
        (SELECT string_agg(concat_ws(':', b.account, b.balance_fen), ' ' ORDER BY b.account)
         FROM personal_balance AS b WHERE b.person_id = p_person_id AND b.balance_fen <> 0),
        (SELECT string_agg(concat_ws(':', s.scheme, s.year, s.deductible_fen, s.pooled_fen), ' ' ORDER BY s.scheme, s.year)
         FROM medical_year_sum AS s
         WHERE s.person_id = p_person_id AND (s.deductible_fen <> 0 OR s.pooled_fen <> 0)),
        (SELECT concat_ws(':', i.begins_on, i.scheme, i.status) FROM insurance_spell AS i
         WHERE i.person_id = p_person_id AND i.begins_on <= p_on ORDER BY i.begins_on DESC LIMIT 1),
        (SELECT concat_ws(':', l.worked_since, l.retired_on, l.severely_disabled) FROM insured_life AS l
         WHERE l.person_id = p_person_id))
$$;

CREATE FUNCTION public.status_list_file_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'what was published cannot change' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TABLE public.account_year (
    person_id bigint NOT NULL,
    year smallint NOT NULL,
    carried_fen bigint NOT NULL,
    credit_fen bigint NOT NULL,
    rule_id text,
    opened_at timestamp with time zone NOT NULL,
    CONSTRAINT account_year_carried_fen_check CHECK ((carried_fen >= 0)),
    CONSTRAINT account_year_check CHECK (((rule_id IS NOT NULL) OR (credit_fen = 0))),
    CONSTRAINT account_year_credit_fen_check CHECK ((credit_fen >= 0))
);

COMMENT ON TABLE public.account_year IS 'person-owned: a personal account entered a medical year: what went over to the historic part, and its credit';

CREATE TABLE public.application (
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    group_code text NOT NULL,
    status text NOT NULL,
    organisation_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    bank_reason text NOT NULL,
    fallback_outlet_id bigint NOT NULL,
    sealed bytea NOT NULL,
    guardian_id bigint,
    photo_id bigint,
    list_id bigint,
    row_no integer,
    applied_at timestamp with time zone NOT NULL,
    verified_at timestamp with time zone,
    due_on date,
    reason text,
    card_id bigint,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    replacement_reason text,
    ends_because text,
    bank_rule text,
    instant boolean DEFAULT false NOT NULL,
    CONSTRAINT application_channel_check CHECK ((channel = ANY (ARRAY['bank_outlet'::text, 'community_centre'::text, 'online'::text, 'employer'::text]))),
    CONSTRAINT application_kind_check CHECK ((kind = ANY (ARRAY['exchange'::text, 'first_issue'::text, 'replacement'::text]))),
    CONSTRAINT application_replacement_reason_check CHECK ((replacement_reason = ANY (ARRAY['lost'::text, 'worn'::text, 'unreadable'::text, 'damaged'::text, 'data_changed'::text, 'expiring'::text, 'expired'::text, 'photo_wrong'::text]))),
    CONSTRAINT application_status_check CHECK ((status = ANY (ARRAY['submitted'::text, 'verified'::text, 'needs_photo'::text, 'photo_ready'::text, 'account_opened'::text, 'bank_refused'::text, 'in_production'::text, 'made'::text, 'dispatched'::text, 'at_outlet'::text, 'at_centre'::text, 'received'::text, 'completed'::text, 'rejected'::text, 'withdrawn'::text])))
);

COMMENT ON TABLE public.application IS 'person-owned: applications for a card; the delivery address and mobile are sealed';

COMMENT ON COLUMN public.application.replacement_reason IS 'why the new card is replaced, as the applicant stated it';

COMMENT ON COLUMN public.application.ends_because IS 'a code: the application ends as soon as the card bureau has answered, for the holder is entitled no more';

COMMENT ON COLUMN public.application.bank_rule IS 'the rule of set `bank` under which the bank was settled; empty for what was made before it was kept';

COMMENT ON COLUMN public.application.instant IS 'the card is made at the counter: no step of the chain takes it';

CREATE TABLE public.audit_batch (
    batch_no bigint NOT NULL,
    fact_count integer NOT NULL,
    root bytea NOT NULL,
    previous bytea NOT NULL,
    chained bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_batch_fact_count_check CHECK ((fact_count > 0))
);

COMMENT ON TABLE public.audit_batch IS 'local: the chain of sealed audit batches';

CREATE TABLE public.audit_fact (
    person_id bigint NOT NULL,
    fact_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL,
    batch_no bigint
);

COMMENT ON TABLE public.audit_fact IS 'person-owned: who did what to whom and why; person 0 where no one person is meant';

CREATE TABLE public.bank_account (
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    status text NOT NULL,
    sealed bytea,
    last4 text,
    reason text,
    answered_at timestamp with time zone NOT NULL,
    life text,
    life_version integer DEFAULT 0 NOT NULL,
    life_at timestamp with time zone,
    asked_on date,
    contradicted text,
    card text DEFAULT 'unopened'::text NOT NULL,
    card_version integer DEFAULT 0 NOT NULL,
    card_told integer DEFAULT 0 NOT NULL,
    card_refused text,
    CONSTRAINT bank_account_card CHECK ((card = ANY (ARRAY['unopened'::text, 'open'::text, 'lost'::text, 'void'::text]))),
    CONSTRAINT bank_account_card_told CHECK ((card_told <= card_version)),
    CONSTRAINT bank_account_check CHECK (((status = 'open'::text) = (sealed IS NOT NULL))),
    CONSTRAINT bank_account_life_check CHECK ((life = ANY (ARRAY['opened'::text, 'active'::text, 'frozen'::text, 'closed'::text]))),
    CONSTRAINT bank_account_lives CHECK (((status = 'open'::text) = (life IS NOT NULL))),
    CONSTRAINT bank_account_status_check CHECK ((status = ANY (ARRAY['open'::text, 'refused'::text])))
);

COMMENT ON TABLE public.bank_account IS 'person-owned: the account that a bank opened for a card, or why it refused; the number is sealed';

COMMENT ON COLUMN public.bank_account.life_version IS 'the bank''s own count of changes of the account: what it told with a higher one counts';

COMMENT ON COLUMN public.bank_account.asked_on IS 'the day on which the bank was last asked how the account stands';

COMMENT ON COLUMN public.bank_account.contradicted IS 'what the bank told of a closed account: nothing follows a closing';

COMMENT ON COLUMN public.bank_account.card IS 'how the card with this account stands, for its bank; card_version counts the changes';

COMMENT ON COLUMN public.bank_account.card_told IS 'the card_version of which the bank knows';

COMMENT ON COLUMN public.bank_account.card_refused IS 'why the bank would not hear the last change';

CREATE TABLE public.bank_document (
    bank_id bigint NOT NULL,
    document_id text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    sealed bytea NOT NULL,
    digest bytea NOT NULL,
    sequence bigint,
    problem text,
    received_at timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    CONSTRAINT bank_document_kind_check CHECK ((kind = ANY (ARRAY['pain.002'::text, 'camt.053'::text]))),
    CONSTRAINT bank_document_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'taken'::text, 'repeated'::text, 'refused'::text])))
);

COMMENT ON TABLE public.bank_document IS 'local: what a bank wrote of payments, sealed, word for word; a statement waits for the one before it';

CREATE TABLE public.bank_feed (
    bank_id bigint NOT NULL,
    feed text NOT NULL,
    next text NOT NULL,
    read_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_feed_feed_check CHECK ((feed = ANY (ARRAY['notices'::text, 'documents'::text])))
);

COMMENT ON TABLE public.bank_feed IS 'local: how far what a bank tells has been read';

CREATE TABLE public.batch_custody (
    batch_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    step text NOT NULL,
    at timestamp with time zone NOT NULL,
    said_at timestamp with time zone,
    actor text NOT NULL,
    file_name text NOT NULL,
    cards integer NOT NULL,
    digest bytea NOT NULL,
    note text NOT NULL,
    CONSTRAINT batch_custody_cards_check CHECK ((cards >= 0)),
    CONSTRAINT batch_custody_step_check CHECK ((step = ANY (ARRAY['written'::text, 'handed'::text, 'taken'::text, 'returned'::text, 'accepted'::text, 'held'::text, 'released'::text, 'called_off'::text])))
);

COMMENT ON TABLE public.batch_custody IS 'local: who had how many cards of a batch in which file, at each hand-over';

COMMENT ON COLUMN public.batch_custody.said_at IS 'when it happened by the bureau''s word';

COMMENT ON COLUMN public.batch_custody.digest IS 'SM3 of the sealed file, as it lay there';

CREATE TABLE public.blank_delivery (
    delivery_id bigint NOT NULL,
    shipment text NOT NULL,
    serials int8range NOT NULL,
    keys_version integer NOT NULL,
    at_centre int8multirange NOT NULL,
    delivered_by text NOT NULL,
    delivered_at timestamp with time zone NOT NULL,
    CONSTRAINT blank_delivery_at_centre CHECK ((at_centre <@ serials)),
    CONSTRAINT blank_delivery_keys_version_check CHECK ((keys_version > 0)),
    CONSTRAINT blank_delivery_serials CHECK (((NOT isempty(serials)) AND (serials <@ int8range((0)::bigint, '4294967296'::bigint))))
);

COMMENT ON TABLE public.blank_delivery IS 'local: blanks that the chips'' maker delivered to the card centre: a range of serial numbers under one transport key';

COMMENT ON COLUMN public.blank_delivery.keys_version IS 'version of the city''s keys that the transport keys of these blanks are derived from';

COMMENT ON COLUMN public.blank_delivery.at_centre IS 'numbers that lie at the card centre: not handed to an outlet, or returned';

CREATE TABLE public.blank_movement (
    movement_id bigint NOT NULL,
    outlet_id bigint NOT NULL,
    kind text NOT NULL,
    stock_delta integer NOT NULL,
    hand_delta integer NOT NULL,
    balance_after integer NOT NULL,
    in_hand_after integer NOT NULL,
    shipment text,
    box text,
    reason text,
    application_id bigint,
    corrects bigint,
    count_id bigint,
    recorded_by text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    serials int8range,
    CONSTRAINT blank_movement_balance_after_check CHECK ((balance_after >= 0)),
    CONSTRAINT blank_movement_in_hand_after_check CHECK ((in_hand_after >= 0)),
    CONSTRAINT blank_movement_moves CHECK (
CASE kind
    WHEN 'received'::text THEN ((stock_delta > 0) AND (hand_delta = 0))
    WHEN 'taken'::text THEN ((stock_delta = '-1'::integer) AND (hand_delta = 1))
    WHEN 'put_back'::text THEN ((stock_delta = 1) AND (hand_delta = '-1'::integer))
    WHEN 'used'::text THEN ((stock_delta = 0) AND (hand_delta = '-1'::integer))
    WHEN 'spoiled'::text THEN (((stock_delta < 0) AND (hand_delta = 0)) OR ((stock_delta = 0) AND (hand_delta = '-1'::integer)))
    WHEN 'returned'::text THEN ((stock_delta < 0) AND (hand_delta = 0))
    WHEN 'counted'::text THEN ((stock_delta <> 0) AND (hand_delta = 0))
    WHEN 'corrected'::text THEN ((stock_delta <> 0) AND (hand_delta = 0))
    ELSE false
END),
    CONSTRAINT blank_movement_says_why CHECK ((((kind = 'received'::text) = (box IS NOT NULL)) AND ((kind = 'corrected'::text) = (corrects IS NOT NULL)) AND ((kind = 'counted'::text) = (count_id IS NOT NULL)) AND ((application_id IS NOT NULL) = ((kind = ANY (ARRAY['taken'::text, 'put_back'::text, 'used'::text])) OR (hand_delta < 0))) AND ((reason IS NOT NULL) OR (kind <> ALL (ARRAY['spoiled'::text, 'corrected'::text, 'counted'::text]))))),
    CONSTRAINT blank_movement_serials CHECK (
CASE kind
    WHEN 'received'::text THEN ((serials IS NULL) OR ((upper(serials) - lower(serials)) = stock_delta))
    WHEN 'returned'::text THEN ((serials IS NULL) OR ((upper(serials) - lower(serials)) = (- stock_delta)))
    WHEN 'spoiled'::text THEN ((serials IS NULL) OR ((upper(serials) - lower(serials)) = ((- stock_delta) - hand_delta)))
    WHEN 'used'::text THEN ((serials IS NULL) OR ((upper(serials) - lower(serials)) = 1))
    ELSE (serials IS NULL)
END)
);

COMMENT ON TABLE public.blank_movement IS 'local: the ledger of blank cards, one row a movement; the sums of its deltas are the stock';

COMMENT ON COLUMN public.blank_movement.stock_delta IS 'how many blanks more or fewer lie in the drawer';

COMMENT ON COLUMN public.blank_movement.hand_delta IS 'how many more or fewer are out of it for cards being made';

COMMENT ON COLUMN public.blank_movement.serials IS 'serial numbers of the chips that moved, where they are known';

CREATE TABLE public.blank_stock (
    outlet_id bigint NOT NULL,
    balance integer DEFAULT 0 NOT NULL,
    in_hand integer DEFAULT 0 NOT NULL,
    began_on date NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    serials int8multirange DEFAULT '{}'::int8multirange NOT NULL,
    begun int8multirange DEFAULT '{}'::int8multirange NOT NULL,
    CONSTRAINT blank_stock_balance_not_below_zero CHECK ((balance >= 0)),
    CONSTRAINT blank_stock_begun CHECK ((NOT (serials && begun))),
    CONSTRAINT blank_stock_in_hand_not_below_zero CHECK ((in_hand >= 0))
);

COMMENT ON TABLE public.blank_stock IS 'local: blank cards of each outlet: in its drawer, and taken out for cards being made';

COMMENT ON COLUMN public.blank_stock.serials IS 'serial numbers of the outlet''s blanks whose chips have no order, of those that came with their numbers';

COMMENT ON COLUMN public.blank_stock.begun IS 'serial numbers of its chips that were given an order and are neither a card nor spoiled yet';

CREATE TABLE public.capture (
    device_id bigint NOT NULL,
    request_key text NOT NULL,
    capture_id bigint NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    outlet_id bigint NOT NULL,
    staff_id bigint NOT NULL,
    site_id bigint,
    visit_id bigint,
    holder_id bigint,
    captured_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    digest bytea NOT NULL,
    reason text,
    answer jsonb NOT NULL,
    theirs jsonb DEFAULT '{}'::jsonb NOT NULL,
    sealed bytea,
    settled_at timestamp with time zone,
    settled_by text,
    settled_why text,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT capture_check CHECK (((status = ANY (ARRAY['conflict'::text, 'held'::text, 'refused'::text])) = (sealed IS NOT NULL))),
    CONSTRAINT capture_check1 CHECK (((status = ANY (ARRAY['applied'::text, 'discarded'::text])) OR (reason IS NOT NULL))),
    CONSTRAINT capture_kind_check CHECK ((kind = ANY (ARRAY['application'::text, 'opening'::text, 'visit_outcome'::text]))),
    CONSTRAINT capture_status_check CHECK ((status = ANY (ARRAY['applied'::text, 'conflict'::text, 'held'::text, 'refused'::text, 'discarded'::text])))
);

COMMENT ON TABLE public.capture IS 'keyed by device_id: what devices captured without a network, each under the key that the device made; its content is sealed, and gone once it is applied or discarded';

COMMENT ON COLUMN public.capture.holder_id IS 'whose it is; none where the register knows nobody of that number';

COMMENT ON COLUMN public.capture.digest IS 'keyed digest of all that the device said: the same key with another content is refused';

COMMENT ON COLUMN public.capture.theirs IS 'what had happened meanwhile, as it stood when the two met';

CREATE TABLE public.card (
    person_id bigint NOT NULL,
    card_id bigint NOT NULL,
    card_number text NOT NULL,
    generation text NOT NULL,
    social text NOT NULL,
    financial text NOT NULL,
    bank_id bigint,
    identification_code text,
    reset_code text,
    issued_on date NOT NULL,
    expires_on date,
    social_due_on date,
    social_opened_at timestamp with time zone,
    financial_opened_at timestamp with time zone,
    void_at timestamp with time zone,
    void_reason text,
    version integer DEFAULT 1 NOT NULL,
    loss text,
    lost_at timestamp with time zone,
    loss_until timestamp with time zone,
    replaced_by text,
    received_on date,
    reminded_on date,
    remind_on date,
    listed text DEFAULT 'not_listed'::text NOT NULL,
    listed_until timestamp with time zone,
    CONSTRAINT card_check CHECK (((social = 'void'::text) = (void_at IS NOT NULL))),
    CONSTRAINT card_check1 CHECK (((generation = 'new'::text) OR (financial = 'none'::text))),
    CONSTRAINT card_check2 CHECK (((social_due_on IS NULL) OR (social = 'unopened'::text))),
    CONSTRAINT card_financial_check CHECK ((financial = ANY (ARRAY['none'::text, 'unopened'::text, 'lost_unopened'::text, 'open'::text, 'suspended'::text, 'closed'::text]))),
    CONSTRAINT card_generation_check CHECK ((generation = ANY (ARRAY['old'::text, 'new'::text]))),
    CONSTRAINT card_listed_check CHECK ((listed = ANY (ARRAY['not_listed'::text, 'suspended'::text, 'void'::text]))),
    CONSTRAINT card_loss_check CHECK ((loss = ANY (ARRAY['temporary'::text, 'formal'::text]))),
    CONSTRAINT card_loss_dated CHECK (((loss IS NOT NULL) = (lost_at IS NOT NULL))),
    CONSTRAINT card_loss_ends CHECK (((NOT (loss IS DISTINCT FROM 'temporary'::text)) = (loss_until IS NOT NULL))),
    CONSTRAINT card_loss_told CHECK (((social = ANY (ARRAY['suspended'::text, 'lost_unopened'::text])) = (loss IS NOT NULL))),
    CONSTRAINT card_social_check CHECK ((social = ANY (ARRAY['unopened'::text, 'lost_unopened'::text, 'open'::text, 'suspended'::text, 'void'::text])))
);

COMMENT ON TABLE public.card IS 'person-owned: old and new cards, the two functions of each';

COMMENT ON COLUMN public.card.social_due_on IS 'the day on which the social-security function opens that an outlet outside the city has promised';

COMMENT ON COLUMN public.card.loss IS 'how the card is reported lost: a temporary report ends by itself at loss_until, a formal one does not';

COMMENT ON COLUMN public.card.loss_until IS 'from this moment on the card is what it was before the report, whether or not the step `loss` has noted it already';

COMMENT ON COLUMN public.card.replaced_by IS 'the number of the card whose opening made this one void';

COMMENT ON COLUMN public.card.received_on IS 'the day on which a card that was not open yet came into its holder''s hand';

COMMENT ON COLUMN public.card.remind_on IS 'the day on which an unopened card is looked at for a reminder; none: never';

COMMENT ON COLUMN public.card.listed IS 'what the status list last said of the card';

COMMENT ON COLUMN public.card.listed_until IS 'until when it said that a temporary loss report lasts';

CREATE TABLE public.card_challenge (
    challenge_id bigint NOT NULL,
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    challenge bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    verdict text,
    holder_id bigint,
    card_id bigint,
    good boolean DEFAULT false NOT NULL,
    pin text,
    spent_at timestamp with time zone,
    CONSTRAINT card_challenge_challenge_check CHECK ((octet_length(challenge) = 16)),
    CONSTRAINT card_challenge_check CHECK (((verdict IS NULL) OR (answered_at IS NOT NULL))),
    CONSTRAINT card_challenge_check1 CHECK (((holder_id IS NULL) = (card_id IS NULL))),
    CONSTRAINT card_challenge_check2 CHECK (((spent_at IS NULL) OR (holder_id IS NOT NULL))),
    CONSTRAINT card_challenge_pin_check CHECK ((pin = ANY (ARRAY['verified'::text, 'wrong'::text, 'blocked'::text, 'not_asked'::text])))
);

COMMENT ON TABLE public.card_challenge IS 'local: challenges to cards, answered once each, and what the answer showed';

COMMENT ON COLUMN public.card_challenge.pin IS 'what the terminal told of the PIN, which only the card has seen';

COMMENT ON COLUMN public.card_challenge.spent_at IS 'when the holder''s consent to a request rested on it: it does once';

CREATE TABLE public.card_directory (
    card_number text NOT NULL,
    person_id bigint NOT NULL,
    card_id bigint NOT NULL
);

COMMENT ON TABLE public.card_directory IS 'keyed by card_number: finds a card by its number, and holds that no number is given twice';

CREATE TABLE public.card_key (
    algorithm smallint NOT NULL,
    version integer NOT NULL,
    level text NOT NULL,
    number smallint NOT NULL,
    check_value bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT card_key_check CHECK (((level = 'application'::text) OR (number = 0))),
    CONSTRAINT card_key_check_value_check CHECK ((length(check_value) = 3)),
    CONSTRAINT card_key_level_check CHECK ((level = ANY (ARRAY['root'::text, 'city'::text, 'application'::text])))
);

COMMENT ON TABLE public.card_key IS 'local: each key that was ever made, by its check value (KCV); the key itself is not here';

CREATE TABLE public.card_key_ceremony (
    ceremony_id bigint NOT NULL,
    kind text NOT NULL,
    algorithm smallint NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    top text,
    expected_check bytea,
    reason text NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    lapses_at timestamp with time zone NOT NULL,
    closed_by text,
    closed_at timestamp with time zone,
    CONSTRAINT card_key_ceremony_algorithm_check CHECK ((algorithm = ANY (ARRAY[1, 3]))),
    CONSTRAINT card_key_ceremony_check CHECK (((status = 'opened'::text) = (closed_at IS NULL))),
    CONSTRAINT card_key_ceremony_check1 CHECK (((status = 'opened'::text) = (closed_by IS NULL))),
    CONSTRAINT card_key_ceremony_check2 CHECK (((kind = ANY (ARRAY['generate'::text, 'import'::text])) = (top IS NOT NULL))),
    CONSTRAINT card_key_ceremony_check3 CHECK (((kind = 'import'::text) = (expected_check IS NOT NULL))),
    CONSTRAINT card_key_ceremony_expected_check_check CHECK ((length(expected_check) = 3)),
    CONSTRAINT card_key_ceremony_kind_check CHECK ((kind = ANY (ARRAY['generate'::text, 'import'::text, 'derive'::text, 'put_in_force'::text, 'destroy'::text]))),
    CONSTRAINT card_key_ceremony_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT card_key_ceremony_status_check CHECK ((status = ANY (ARRAY['opened'::text, 'done'::text, 'withdrawn'::text, 'lapsed'::text]))),
    CONSTRAINT card_key_ceremony_top_check CHECK ((top = ANY (ARRAY['root'::text, 'city'::text]))),
    CONSTRAINT card_key_ceremony_two_officers CHECK (((status <> 'done'::text) OR (closed_by <> opened_by))),
    CONSTRAINT card_key_ceremony_version_check CHECK ((version >= 1))
);

COMMENT ON TABLE public.card_key_ceremony IS 'local: what one key officer asked for and another approved';

CREATE TABLE public.card_key_hand_out (
    batch_id bigint NOT NULL,
    algorithm smallint NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    cards integer NOT NULL,
    recipient bytea NOT NULL,
    package bytea NOT NULL,
    handed_at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    used integer,
    confirmed_at timestamp with time zone,
    CONSTRAINT card_key_hand_out_cards_check CHECK ((cards > 0)),
    CONSTRAINT card_key_hand_out_check CHECK (((status = 'outstanding'::text) = (used IS NULL))),
    CONSTRAINT card_key_hand_out_check1 CHECK (((status = 'outstanding'::text) = (confirmed_at IS NULL))),
    CONSTRAINT card_key_hand_out_package_check CHECK ((length(package) = 32)),
    CONSTRAINT card_key_hand_out_recipient_check CHECK ((length(recipient) = 32)),
    CONSTRAINT card_key_hand_out_status_check CHECK ((status = ANY (ARRAY['outstanding'::text, 'destroyed'::text, 'overused'::text]))),
    CONSTRAINT card_key_hand_out_used_check CHECK ((used >= 0))
);

COMMENT ON TABLE public.card_key_hand_out IS 'local: keys given to the card bureau for one batch, and whether it has destroyed them';

COMMENT ON COLUMN public.card_key_hand_out.recipient IS 'SM3 of the public key that they were sealed for';

COMMENT ON COLUMN public.card_key_hand_out.package IS 'SM3 of what was handed out';

CREATE TABLE public.card_key_record (
    record_id bigint NOT NULL,
    ceremony_id bigint,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    facts text NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT card_key_record_digest_check CHECK ((length(digest) = 32))
);

COMMENT ON TABLE public.card_key_record IS 'local: what befell card keys, in the order it happened; never a key';

COMMENT ON COLUMN public.card_key_record.facts IS 'JSON, as it was digested';

COMMENT ON COLUMN public.card_key_record.digest IS 'SM3 of the record before and of this one: a record taken out or changed shows';

CREATE TABLE public.card_key_set (
    algorithm smallint NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    top text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ready_at timestamp with time zone,
    in_force_at timestamp with time zone,
    former_at timestamp with time zone,
    destroyed_at timestamp with time zone,
    CONSTRAINT card_key_set_algorithm_check CHECK ((algorithm = ANY (ARRAY[1, 3]))),
    CONSTRAINT card_key_set_status_check CHECK ((status = ANY (ARRAY['created'::text, 'ready'::text, 'in_force'::text, 'former'::text, 'destroyed'::text]))),
    CONSTRAINT card_key_set_top_check CHECK ((top = ANY (ARRAY['root'::text, 'city'::text]))),
    CONSTRAINT card_key_set_version_check CHECK ((version >= 1))
);

COMMENT ON TABLE public.card_key_set IS 'local: the versions of the card keys of each algorithm (1: triple DES, 3: SM4), and how far each is';

COMMENT ON COLUMN public.card_key_set.top IS 'the key that the others follow from: a root, or the city''s key that somebody above gave us';

CREATE TABLE public.card_key_use (
    algorithm smallint NOT NULL,
    version integer NOT NULL,
    purpose text NOT NULL,
    day date NOT NULL,
    slot smallint NOT NULL,
    uses bigint NOT NULL,
    cards bigint NOT NULL,
    CONSTRAINT card_key_use_purpose_check CHECK ((purpose = ANY (ARRAY['read'::text, 'check'::text, 'personalise'::text, 'bureau'::text, 'unblock'::text])))
);

COMMENT ON TABLE public.card_key_use IS 'local: how often card keys were used on a day, and for how many cards; each use is an audit fact, too';

COMMENT ON COLUMN public.card_key_use.slot IS 'hot purposes are counted in several rows, so that they do not wait for each other';

CREATE SEQUENCE public.card_serial
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.card_ticket (
    ticket_digest bytea NOT NULL,
    ticket_id bigint NOT NULL,
    purpose text NOT NULL,
    application_id bigint,
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    role text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    factor bytea,
    proofs smallint DEFAULT 0 NOT NULL,
    session bytea NOT NULL,
    CONSTRAINT card_ticket_check CHECK (((purpose = 'personalise'::text) = (application_id IS NOT NULL))),
    CONSTRAINT card_ticket_check1 CHECK (((factor IS NOT NULL) OR (proofs = 0))),
    CONSTRAINT card_ticket_factor_check CHECK ((octet_length(factor) = 8)),
    CONSTRAINT card_ticket_purpose_check CHECK ((purpose = ANY (ARRAY['read'::text, 'personalise'::text, 'unblock'::text]))),
    CONSTRAINT card_ticket_session_check CHECK ((octet_length(session) = 32))
);

COMMENT ON TABLE public.card_ticket IS 'local: what lets a terminal prove itself to one card; only a digest of the ticket is kept';

COMMENT ON COLUMN public.card_ticket.application_id IS 'the card issued on the spot that a blank is written for';

COMMENT ON COLUMN public.card_ticket.factor IS 'the chip that it was asked for, or the first proof was for: the ticket is good for no other';

COMMENT ON COLUMN public.card_ticket.session IS 'digest of the token that it was asked for with: once that is good no more, neither is the ticket';

CREATE TABLE public.chip_directory (
    factor bytea NOT NULL,
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    attempt smallint NOT NULL,
    given_by text NOT NULL,
    given_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.chip_directory IS 'keyed by factor: finds the session that a chip was given an order in, and holds that it is one card''s for ever';

CREATE TABLE public.city_fact (
    name text NOT NULL,
    value jsonb NOT NULL
);

COMMENT ON TABLE public.city_fact IS 'shared: what is true of this city as a whole, such as that its people are invented';

CREATE TABLE public.client_token (
    token_digest bytea NOT NULL,
    client_id text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);

COMMENT ON TABLE public.client_token IS 'local: access tokens of institution clients; only a digest is kept';

CREATE TABLE public.collection (
    collection_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    employer_id bigint NOT NULL,
    status text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    place text NOT NULL,
    staff integer NOT NULL,
    capacity integer NOT NULL,
    set_by text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT collection_capacity_check CHECK ((capacity > 0)),
    CONSTRAINT collection_check CHECK ((ends_at > starts_at)),
    CONSTRAINT collection_staff_check CHECK ((staff > 0)),
    CONSTRAINT collection_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'closed'::text, 'cancelled'::text])))
);

COMMENT ON TABLE public.collection IS 'local: when a bank comes to an employer to take in what the staff''s applications need';

CREATE TABLE public.collection_seat (
    person_id bigint NOT NULL,
    collection_id bigint NOT NULL,
    application_id bigint NOT NULL,
    seat_no integer NOT NULL,
    status text NOT NULL,
    taken text[] DEFAULT '{}'::text[] NOT NULL,
    next_outlet_id bigint,
    noted_by text,
    noted_at timestamp with time zone,
    CONSTRAINT collection_seat_check CHECK (((status = 'missed'::text) = (next_outlet_id IS NOT NULL))),
    CONSTRAINT collection_seat_check1 CHECK (((status = 'expected'::text) = (noted_at IS NULL))),
    CONSTRAINT collection_seat_status_check CHECK ((status = ANY (ARRAY['expected'::text, 'done'::text, 'missed'::text, 'released'::text])))
);

COMMENT ON TABLE public.collection_seat IS 'person-owned: who is expected at a collection, and what came of it';

COMMENT ON COLUMN public.collection_seat.taken IS 'what the bank took or saw: identity, consent, signature, photo';

CREATE TABLE public.conformance_run (
    run_id bigint NOT NULL,
    institution_id bigint NOT NULL,
    script text NOT NULL,
    version date NOT NULL,
    direction text NOT NULL,
    status text NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    valid_until date,
    evidence bytea,
    CONSTRAINT conformance_run_check CHECK (((status = 'open'::text) = (closed_at IS NULL))),
    CONSTRAINT conformance_run_check1 CHECK (((status = 'passed'::text) = (valid_until IS NOT NULL))),
    CONSTRAINT conformance_run_check2 CHECK (((status = 'open'::text) = (evidence IS NULL))),
    CONSTRAINT conformance_run_direction_check CHECK ((direction = ANY (ARRAY['from_partner'::text, 'to_partner'::text]))),
    CONSTRAINT conformance_run_status_check CHECK ((status = ANY (ARRAY['open'::text, 'passed'::text, 'failed'::text])))
);

COMMENT ON TABLE public.conformance_run IS 'shared: scripted requests between an institution and us, and whether all went as they should';

COMMENT ON COLUMN public.conformance_run.version IS 'the day from which the script is as it was run';

COMMENT ON COLUMN public.conformance_run.evidence IS 'SM3 of all that was seen; the audit fact of the closing has the same';

CREATE TABLE public.conformance_seen (
    run_id bigint NOT NULL,
    seen_id bigint NOT NULL,
    step text NOT NULL,
    request text NOT NULL,
    expected text NOT NULL,
    observed text NOT NULL,
    passed boolean NOT NULL,
    duration_ms integer NOT NULL,
    actor text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT conformance_seen_duration_ms_check CHECK ((duration_ms >= 0))
);

COMMENT ON TABLE public.conformance_seen IS 'shared: each scripted request of a run as it was seen; invented people only';

CREATE TABLE public.contribution (
    person_id bigint NOT NULL,
    contribution_id bigint NOT NULL,
    scheme text NOT NULL,
    period date NOT NULL,
    base_fen bigint NOT NULL,
    own_fen bigint NOT NULL,
    employer_fen bigint NOT NULL,
    paid_on date NOT NULL,
    entry_id bigint NOT NULL,
    taken_back_by bigint,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT contribution_base_fen_check CHECK ((base_fen >= 0)),
    CONSTRAINT contribution_check CHECK (((own_fen + employer_fen) > 0)),
    CONSTRAINT contribution_employer_fen_check CHECK ((employer_fen >= 0)),
    CONSTRAINT contribution_own_fen_check CHECK ((own_fen >= 0)),
    CONSTRAINT contribution_period_check CHECK ((EXTRACT(day FROM period) = (1)::numeric)),
    CONSTRAINT contribution_scheme_check CHECK ((scheme = ANY (ARRAY['employee'::text, 'resident'::text])))
);

COMMENT ON TABLE public.contribution IS 'person-owned: what was paid in, for a month (employees) or a calendar year (residents)';

COMMENT ON COLUMN public.contribution.period IS 'the first day of the month or year that it is for';

COMMENT ON COLUMN public.contribution.taken_back_by IS 'the entry of the ledger that took it back';

CREATE TABLE public.contribution_debit (
    person_id bigint NOT NULL,
    debit_id bigint NOT NULL,
    scheme text NOT NULL,
    period date NOT NULL,
    base_fen bigint NOT NULL,
    own_fen bigint NOT NULL,
    rule_id text NOT NULL,
    bank_id bigint NOT NULL,
    application_id bigint NOT NULL,
    last4 text NOT NULL,
    status text NOT NULL,
    reason text,
    contribution_id bigint,
    asked_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT contribution_debit_base_fen_check CHECK ((base_fen >= 0)),
    CONSTRAINT contribution_debit_own_fen_check CHECK ((own_fen > 0)),
    CONSTRAINT contribution_debit_paid CHECK (((status = 'paid'::text) = (contribution_id IS NOT NULL))),
    CONSTRAINT contribution_debit_period_check CHECK ((EXTRACT(day FROM period) = (1)::numeric)),
    CONSTRAINT contribution_debit_says_why CHECK (((status = ANY (ARRAY['refused'::text, 'refunding'::text, 'refunded'::text])) = (reason IS NOT NULL))),
    CONSTRAINT contribution_debit_scheme_check CHECK ((scheme = ANY (ARRAY['employee'::text, 'resident'::text]))),
    CONSTRAINT contribution_debit_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'paid'::text, 'refused'::text, 'refunding'::text, 'refunded'::text])))
);

COMMENT ON TABLE public.contribution_debit IS 'person-owned: a contribution that is to be paid from the account on a card, and what its bank said';

CREATE TABLE public.courier_event (
    event_id text NOT NULL,
    waybill text NOT NULL,
    kind text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    sealed bytea NOT NULL,
    received_at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT courier_event_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'already'::text, 'waiting'::text, 'unknown_waybill'::text, 'bad_waybill'::text, 'unknown_kind'::text])))
);

COMMENT ON TABLE public.courier_event IS 'keyed by event_id: every event the courier ever told, applied once; its note is sealed';

CREATE TABLE public.cross_province_bill (
    person_id bigint NOT NULL,
    bill_id bigint NOT NULL,
    role text NOT NULL,
    status text NOT NULL,
    province_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    institution_id bigint NOT NULL,
    number text NOT NULL,
    says jsonb NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    settlement_id bigint,
    total_fen bigint,
    fund_fen bigint,
    account_fen bigint,
    settled_on date,
    reversed_on date,
    reversal text,
    refusal text,
    cleared_in date,
    reversal_cleared_in date,
    CONSTRAINT cross_province_bill_account_fen_check CHECK ((account_fen >= 0)),
    CONSTRAINT cross_province_bill_cleared CHECK ((((cleared_in IS NULL) OR (settled_on IS NOT NULL)) AND ((reversal_cleared_in IS NULL) OR (reversed_on IS NOT NULL)))),
    CONSTRAINT cross_province_bill_cleared_in_check CHECK ((EXTRACT(day FROM cleared_in) = (1)::numeric)),
    CONSTRAINT cross_province_bill_fund_fen_check CHECK ((fund_fen >= 0)),
    CONSTRAINT cross_province_bill_number_check CHECK (((length(number) >= 1) AND (length(number) <= 64))),
    CONSTRAINT cross_province_bill_province_id_check CHECK (((province_id >= 110000) AND (province_id <= 999999))),
    CONSTRAINT cross_province_bill_refused CHECK (((status = 'refused'::text) = (refusal IS NOT NULL))),
    CONSTRAINT cross_province_bill_reversal_cleared_in_check CHECK ((EXTRACT(day FROM reversal_cleared_in) = (1)::numeric)),
    CONSTRAINT cross_province_bill_reversed CHECK ((((status = 'reversed'::text) = (reversed_on IS NOT NULL)) AND ((reversed_on IS NULL) = (reversal IS NULL)))),
    CONSTRAINT cross_province_bill_role_check CHECK ((role = ANY (ARRAY['care'::text, 'insured'::text]))),
    CONSTRAINT cross_province_bill_settled CHECK ((((status = ANY (ARRAY['settled'::text, 'taken_back'::text, 'reversed'::text])) = (settlement_id IS NOT NULL)) AND ((settlement_id IS NULL) = (settled_on IS NULL)) AND ((settlement_id IS NULL) = (total_fen IS NULL)) AND ((total_fen IS NULL) = (fund_fen IS NULL)) AND ((total_fen IS NULL) = (account_fen IS NULL)) AND (total_fen >= (fund_fen + account_fen)))),
    CONSTRAINT cross_province_bill_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'settled'::text, 'refused'::text, 'withdrawn'::text, 'taken_back'::text, 'reversed'::text]))),
    CONSTRAINT cross_province_bill_total_fen_check CHECK ((total_fen >= 0))
);

COMMENT ON TABLE public.cross_province_bill IS 'person-owned: a stay that two provinces settle; care: a guest was in our hospital; insured: ours was in theirs';

COMMENT ON COLUMN public.cross_province_bill.number IS 'care: the hospital''s message that confirms; insured: the hub''s';

COMMENT ON COLUMN public.cross_province_bill.says IS 'what was asked, to tell it from another of the same number, and to ask again';

COMMENT ON COLUMN public.cross_province_bill.settled_on IS 'the day for which both provinces count it, as the insured one has it';

COMMENT ON COLUMN public.cross_province_bill.reversal IS 'the number by which the hub knows the reversal';

COMMENT ON COLUMN public.cross_province_bill.cleared_in IS 'the month in whose clearing it was counted, once; the reversal in its own';

CREATE TABLE public.cross_province_clearing (
    province_id bigint NOT NULL,
    month date NOT NULL,
    clearing_id bigint NOT NULL,
    owed_to_us_fen bigint DEFAULT 0 NOT NULL,
    owed_to_us integer DEFAULT 0 NOT NULL,
    owed_by_us_fen bigint DEFAULT 0 NOT NULL,
    owed_by_us integer DEFAULT 0 NOT NULL,
    drawn_at timestamp with time zone NOT NULL,
    drawn_by text NOT NULL,
    paid_on date,
    paid_by text,
    entry_id bigint,
    CONSTRAINT cross_province_clearing_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
    CONSTRAINT cross_province_clearing_paid CHECK ((((paid_on IS NULL) = (paid_by IS NULL)) AND ((entry_id IS NOT NULL) = ((paid_on IS NOT NULL) AND (owed_to_us_fen <> owed_by_us_fen)))))
);

COMMENT ON TABLE public.cross_province_clearing IS 'shared: what a month leaves owed between another province and us: settlements less reversals, each counted once';

COMMENT ON COLUMN public.cross_province_clearing.owed_to_us IS 'how many settlements and reversals; owed_to_us_fen may be below nothing where more was taken back';

CREATE TABLE public.cross_province_registration (
    person_id bigint NOT NULL,
    registration_id bigint NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    place text NOT NULL,
    from_on date NOT NULL,
    until_on date,
    documents text[] NOT NULL,
    registrar text NOT NULL,
    institution_id bigint,
    number text NOT NULL,
    rule_id text NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    registered_by text NOT NULL,
    withdrawn_at timestamp with time zone,
    withdrawn_by text,
    reason text,
    CONSTRAINT cross_province_registration_days CHECK ((until_on >= from_on)),
    CONSTRAINT cross_province_registration_kind_check CHECK ((kind = ANY (ARRAY['resettled'::text, 'referral'::text]))),
    CONSTRAINT cross_province_registration_place_check CHECK ((place ~ '^[0-9]{6}$'::text)),
    CONSTRAINT cross_province_registration_registrar_check CHECK ((registrar = ANY (ARRAY['holder'::text, 'centre'::text, 'hospital'::text]))),
    CONSTRAINT cross_province_registration_status_check CHECK ((status = ANY (ARRAY['in_force'::text, 'withdrawn'::text, 'ended'::text]))),
    CONSTRAINT cross_province_registration_withdrawn CHECK ((((status = 'withdrawn'::text) = (withdrawn_at IS NOT NULL)) AND ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)) AND ((withdrawn_at IS NULL) = (reason IS NULL))))
);

COMMENT ON TABLE public.cross_province_registration IS 'person-owned: registered for care in another place, of which kind, from when to when, by whom';

COMMENT ON COLUMN public.cross_province_registration.place IS 'division code of the place of care; one that ends in 0000 is a whole province';

COMMENT ON COLUMN public.cross_province_registration.number IS 'the registrar''s own number of it; the same again is the same registration';

CREATE TABLE public.data_key (
    key_no smallint NOT NULL,
    purpose text NOT NULL,
    wrapped bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT data_key_purpose_check CHECK ((purpose = ANY (ARRAY['seal'::text, 'index'::text])))
);

COMMENT ON TABLE public.data_key IS 'shared: SM4 keys for personal data, each wrapped by the master key that never enters the database';

CREATE TABLE public.designation (
    institution_id bigint NOT NULL,
    since date NOT NULL,
    until date,
    level smallint,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT designation_days CHECK ((until >= since)),
    CONSTRAINT designation_level_check CHECK (((level >= 1) AND (level <= 3)))
);

COMMENT ON TABLE public.designation IS 'shared: from when to when a hospital (of which level) or a pharmacy settles; the latest that has begun counts';

CREATE TABLE public.district (
    district_code text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL
);

COMMENT ON TABLE public.district IS 'shared: the districts of the city';

CREATE TABLE public.draft (
    person_id bigint NOT NULL,
    draft_id bigint NOT NULL,
    owner_id bigint NOT NULL,
    status text NOT NULL,
    sealed bytea,
    application_id bigint,
    begun_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    lapses_on date NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT draft_check CHECK (((status = 'open'::text) = (sealed IS NOT NULL))),
    CONSTRAINT draft_check1 CHECK (((status = 'submitted'::text) = (application_id IS NOT NULL))),
    CONSTRAINT draft_status_check CHECK ((status = ANY (ARRAY['open'::text, 'submitted'::text, 'discarded'::text, 'lapsed'::text])))
);

COMMENT ON TABLE public.draft IS 'person-owned: applications begun online and not handed in yet; their content is sealed, and gone once they end';

COMMENT ON COLUMN public.draft.owner_id IS 'who fills it in: a guardian, or the person itself';

CREATE TABLE public.ecard_seen (
    token_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.ecard_seen IS 'local: electronic cards that were checked, and who was shown each first; gone a day after they are over';

CREATE TABLE public.event_handled (
    person_id bigint NOT NULL,
    event_id bigint NOT NULL,
    subscriber text NOT NULL
);

COMMENT ON TABLE public.event_handled IS 'person-owned: which subscriber has acted on which event, so that a repeated delivery does nothing';

CREATE TABLE public.figure_backlog (
    dimension text NOT NULL,
    value text NOT NULL,
    status text NOT NULL,
    age_days integer NOT NULL,
    overdue boolean NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT figure_backlog_dimension_check CHECK ((dimension = ANY (ARRAY['city'::text, 'district'::text, 'bank'::text, 'channel'::text, 'group'::text]))),
    CONSTRAINT figure_backlog_number_check CHECK ((number > 0))
);

COMMENT ON TABLE public.figure_backlog IS 'local: applications whose card is not made yet, by age since they were made';

CREATE TABLE public.figure_count (
    only_one boolean DEFAULT true NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    day date NOT NULL,
    CONSTRAINT figure_count_only_one_check CHECK (only_one)
);

COMMENT ON TABLE public.figure_count IS 'local: when the figures were last counted, and of which day they are';

CREATE TABLE public.figure_day (
    dimension text NOT NULL,
    value text NOT NULL,
    measure text NOT NULL,
    day date NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT figure_day_dimension_check CHECK ((dimension = ANY (ARRAY['city'::text, 'district'::text, 'bank'::text, 'channel'::text, 'group'::text]))),
    CONSTRAINT figure_day_measure_check CHECK ((measure = ANY (ARRAY['applied'::text, 'made'::text, 'delivered'::text, 'opened'::text, 'ended_unopened'::text, 'old_issued'::text, 'old_void'::text]))),
    CONSTRAINT figure_day_number_check CHECK ((number > 0))
);

COMMENT ON TABLE public.figure_day IS 'local: what happened on each day, by one dimension at a time';

CREATE TABLE public.figure_difference (
    dimension text NOT NULL,
    value text NOT NULL,
    number bigint NOT NULL,
    oldest_day date NOT NULL,
    CONSTRAINT figure_difference_dimension_check CHECK ((dimension = ANY (ARRAY['city'::text, 'institution'::text, 'district'::text]))),
    CONSTRAINT figure_difference_number_check CHECK ((number > 0))
);

COMMENT ON TABLE public.figure_difference IS 'local: differences of reconciliation that are open, and from which day the oldest is';

CREATE TABLE public.figure_population (
    district_code text NOT NULL,
    group_code text NOT NULL,
    complete_by date,
    people bigint NOT NULL,
    made bigint NOT NULL,
    opened bigint NOT NULL,
    on_old bigint NOT NULL,
    on_old_only bigint NOT NULL
);

COMMENT ON TABLE public.figure_population IS 'local: who may have a card, and how far they are';

CREATE TABLE public.figure_settlement (
    dimension text NOT NULL,
    value text NOT NULL,
    day date NOT NULL,
    settlements bigint DEFAULT 0 NOT NULL,
    reversals bigint DEFAULT 0 NOT NULL,
    timeouts bigint DEFAULT 0 NOT NULL,
    total_fen bigint DEFAULT 0 NOT NULL,
    pooled_fen bigint DEFAULT 0 NOT NULL,
    supplementary_fen bigint DEFAULT 0 NOT NULL,
    account_fen bigint DEFAULT 0 NOT NULL,
    cash_fen bigint DEFAULT 0 NOT NULL,
    reversed_fen bigint DEFAULT 0 NOT NULL,
    reversed_fund_fen bigint DEFAULT 0 NOT NULL,
    CONSTRAINT figure_settlement_adds_up CHECK ((total_fen = (((pooled_fen + supplementary_fen) + account_fen) + cash_fen))),
    CONSTRAINT figure_settlement_dimension_check CHECK ((dimension = ANY (ARRAY['city'::text, 'kind'::text, 'institution'::text, 'district'::text])))
);

COMMENT ON TABLE public.figure_settlement IS 'local: what was settled and taken back on each day, by one dimension at a time; timeouts: confirmations barred before they came';

CREATE TABLE public.guardian_tie (
    person_id bigint NOT NULL,
    guardian_id bigint NOT NULL,
    kind text NOT NULL,
    CONSTRAINT guardian_tie_check CHECK ((person_id <> guardian_id))
);

COMMENT ON TABLE public.guardian_tie IS 'person-owned: who acts for this person';

CREATE TABLE public.guest (
    person_id bigint NOT NULL,
    province_id bigint NOT NULL,
    sealed bytea NOT NULL,
    known_at timestamp with time zone NOT NULL,
    CONSTRAINT guest_province_id_check CHECK (((province_id >= 110000) AND (province_id <= 999999)))
);

COMMENT ON TABLE public.guest IS 'person-owned: somebody insured in another province who is a patient here; their number and name sealed';

COMMENT ON COLUMN public.guest.province_id IS 'division code of the province where they are insured, as a number';

CREATE TABLE public.guest_directory (
    id_digest bytea NOT NULL,
    province_id bigint NOT NULL,
    person_id bigint NOT NULL
);

COMMENT ON TABLE public.guest_directory IS 'keyed by id_digest: guests by number and by the province where they are insured';

CREATE TABLE public.hand_over (
    person_id bigint NOT NULL,
    parcel_id bigint NOT NULL,
    collected_as text NOT NULL,
    collector_id bigint,
    signature_kind text NOT NULL,
    signature_reference text NOT NULL,
    organisation_id bigint NOT NULL,
    handed_by text NOT NULL,
    handed_at timestamp with time zone NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT hand_over_check CHECK (((collected_as = 'agent'::text) OR (collector_id IS NOT NULL))),
    CONSTRAINT hand_over_check1 CHECK (((collected_as = 'holder'::text) = (NOT (collector_id IS DISTINCT FROM person_id)))),
    CONSTRAINT hand_over_collected_as_check CHECK ((collected_as = ANY (ARRAY['holder'::text, 'guardian'::text, 'agent'::text]))),
    CONSTRAINT hand_over_signature_kind_check CHECK ((signature_kind = ANY (ARRAY['paper'::text, 'pad'::text]))),
    CONSTRAINT hand_over_signature_reference_check CHECK ((signature_reference <> ''::text))
);

COMMENT ON TABLE public.hand_over IS 'person-owned: each card handed over at a counter, once: to whom, against which signature; the ID number seen is sealed';

COMMENT ON COLUMN public.hand_over.signature_reference IS 'where the signature is found: folio of the paper register, number of the pad''s file';

CREATE TABLE public.help_call (
    call_id bigint NOT NULL,
    case_id bigint NOT NULL,
    line_id bigint NOT NULL,
    agent text NOT NULL,
    status text NOT NULL,
    topic text NOT NULL,
    level text NOT NULL,
    holder_id bigint,
    caller_id bigint,
    number_digest bytea,
    came_from bigint,
    reason text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT help_call_check CHECK (((level = 'anonymous'::text) = (holder_id IS NULL))),
    CONSTRAINT help_call_check1 CHECK (((status <> 'identified'::text) OR (holder_id IS NOT NULL))),
    CONSTRAINT help_call_check2 CHECK (((status <> 'open'::text) OR (holder_id IS NULL))),
    CONSTRAINT help_call_level_check CHECK ((level = ANY (ARRAY['anonymous'::text, 'named'::text, 'matched'::text]))),
    CONSTRAINT help_call_status_check CHECK ((status = ANY (ARRAY['open'::text, 'identified'::text, 'handed_over'::text, 'closed'::text])))
);

COMMENT ON TABLE public.help_call IS 'local: calls, each as one line had it; handed over, the other line has it as a call of its own';

COMMENT ON COLUMN public.help_call.caller_id IS 'the guardian who speaks for the holder; none: the holder';

COMMENT ON COLUMN public.help_call.number_digest IS 'keyed digest of the caller''s own number, to slow down guessing; the number is not kept';

COMMENT ON COLUMN public.help_call.came_from IS 'the call at the line before';

CREATE TABLE public.help_case (
    case_id bigint NOT NULL,
    number text NOT NULL,
    topic text NOT NULL,
    status text NOT NULL,
    waiting_for text,
    line_id bigint NOT NULL,
    agent text,
    holder_id bigint,
    level text NOT NULL,
    reason text NOT NULL,
    due_on date NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    calls smallint NOT NULL,
    handovers smallint NOT NULL,
    owners bigint[] NOT NULL,
    reach bigint[] NOT NULL,
    decided_at timestamp with time zone,
    escalated_at timestamp with time zone,
    holder_died boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT help_case_check CHECK (((status = 'waiting'::text) = (waiting_for IS NOT NULL))),
    CONSTRAINT help_case_check1 CHECK (((status = ANY (ARRAY['resolved'::text, 'closed'::text])) = (resolved_at IS NOT NULL))),
    CONSTRAINT help_case_check2 CHECK (((level = 'anonymous'::text) OR (holder_id IS NOT NULL))),
    CONSTRAINT help_case_level_check CHECK ((level = ANY (ARRAY['anonymous'::text, 'named'::text, 'matched'::text]))),
    CONSTRAINT help_case_number_check CHECK ((number ~ '^[0-9]{10}$'::text)),
    CONSTRAINT help_case_status_check CHECK ((status = ANY (ARRAY['open'::text, 'waiting'::text, 'resolved'::text, 'closed'::text]))),
    CONSTRAINT help_case_topic_check CHECK ((topic = ANY (ARRAY['apply'::text, 'replace'::text, 'deliver'::text, 'open'::text, 'loss'::text, 'social_use'::text, 'medical_use'::text, 'financial'::text, 'other'::text])))
);

COMMENT ON TABLE public.help_case IS 'local: what somebody asked a hotline for, whose it is, and by when; its story is sealed in help_entry';

COMMENT ON COLUMN public.help_case.number IS 'what the caller is told, with a check digit; it opens nothing by itself';

COMMENT ON COLUMN public.help_case.holder_id IS 'whom it is about, once a caller was identified';

COMMENT ON COLUMN public.help_case.level IS 'how well any of its callers was known';

COMMENT ON COLUMN public.help_case.owners IS 'the lines that have had it, in their order: none has it twice';

COMMENT ON COLUMN public.help_case.reach IS 'the lines that may see it';

COMMENT ON COLUMN public.help_case.decided_at IS 'when the card centre said whose it is: it moves no more by hand-over';

COMMENT ON COLUMN public.help_case.escalated_at IS 'since when somebody must look: a hand-over came back, or was refused as a circle';

CREATE TABLE public.help_entry (
    case_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    line_id bigint NOT NULL,
    kind text NOT NULL,
    detail jsonb NOT NULL,
    sealed bytea
);

COMMENT ON TABLE public.help_entry IS 'local: what was said and done in a case, entry by entry; texts are sealed, details are codes';

CREATE TABLE public.help_failure (
    subject bytea NOT NULL,
    attempt_id bigint NOT NULL,
    failed_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.help_failure IS 'local: identifications that failed of late, by keyed digest of whom was asked for, the call and the caller''s number';

CREATE TABLE public.help_handover (
    handover_id bigint NOT NULL,
    case_id bigint NOT NULL,
    call_id bigint,
    from_line bigint NOT NULL,
    to_line bigint NOT NULL,
    topic text NOT NULL,
    status text NOT NULL,
    handed_at timestamp with time zone NOT NULL,
    accept_by timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT help_handover_check CHECK ((from_line <> to_line)),
    CONSTRAINT help_handover_check1 CHECK (((status = 'pending'::text) = (settled_at IS NULL))),
    CONSTRAINT help_handover_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'declined'::text, 'lapsed'::text, 'recalled'::text])))
);

COMMENT ON TABLE public.help_handover IS 'local: cases on their way from line to line, with the call when the caller is still there';

CREATE TABLE public.identity_code (
    code_digest bytea NOT NULL,
    holder_id bigint NOT NULL,
    given_by bigint NOT NULL,
    purpose text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    spent_at timestamp with time zone
);

COMMENT ON TABLE public.identity_code IS 'local: codes by which holders consent to one request, by keyed digest; a new one takes the place of the one before';

COMMENT ON COLUMN public.identity_code.given_by IS 'the holder, or the guardian who acts for the holder';

CREATE TABLE public.identity_failure (
    subject bytea NOT NULL,
    attempt_id bigint NOT NULL,
    failed_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.identity_failure IS 'local: requests without consent of late, by keyed digest of who asked';

CREATE TABLE public.identity_request (
    person_id bigint NOT NULL,
    request_id bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    organisation_id bigint NOT NULL,
    actor text NOT NULL,
    purpose text NOT NULL,
    consent text,
    given_by bigint,
    refused text,
    rule_id text NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT identity_request_check CHECK (((refused IS NOT NULL) OR (consent IS NOT NULL))),
    CONSTRAINT identity_request_consent_check CHECK ((consent = ANY (ARRAY['code'::text, 'card_pin'::text, 'card_in_person'::text]))),
    CONSTRAINT identity_request_refused_check CHECK ((refused = ANY (ARRAY['not_registered'::text, 'not_allowed'::text, 'no_consent'::text])))
);

COMMENT ON TABLE public.identity_request IS 'person-owned: who asked who this person is, for what, with whose consent; what was asked and answered is sealed. Person 0: nobody known';

COMMENT ON COLUMN public.identity_request.rule_id IS 'the rule of identity_purpose that decided';

CREATE TABLE public.instant_issue (
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    outlet_id bigint NOT NULL,
    status text NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    card_number text,
    card_id bigint,
    issued_on date,
    expires_on date,
    begun_by text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    handed_over_at timestamp with time zone,
    reason text,
    chip_reset text,
    chip_code text,
    chip_digest bytea,
    chip_keys integer,
    CONSTRAINT instant_issue_check CHECK (((status <> 'blank_taken'::text) OR ((card_number IS NOT NULL) AND (issued_on IS NOT NULL)))),
    CONSTRAINT instant_issue_check1 CHECK (((status <> ALL (ARRAY['made'::text, 'handed_over'::text])) OR (card_id IS NOT NULL))),
    CONSTRAINT instant_issue_check2 CHECK (((status = 'handed_over'::text) = (handed_over_at IS NOT NULL))),
    CONSTRAINT instant_issue_check3 CHECK (((status = 'ended'::text) = (reason IS NOT NULL))),
    CONSTRAINT instant_issue_chip_whole CHECK ((((chip_reset IS NULL) = (chip_code IS NULL)) AND ((chip_reset IS NULL) = (chip_digest IS NULL)) AND ((chip_reset IS NULL) = (chip_keys IS NULL)))),
    CONSTRAINT instant_issue_status_check CHECK ((status = ANY (ARRAY['begun'::text, 'blank_taken'::text, 'made'::text, 'handed_over'::text, 'by_post'::text, 'ended'::text])))
);

COMMENT ON TABLE public.instant_issue IS 'person-owned: cards replaced on the spot, how far each is';

COMMENT ON COLUMN public.instant_issue.attempt IS 'how many blanks were taken for it; what became of each stands in blank_movement';

COMMENT ON COLUMN public.instant_issue.chip_reset IS 'historical bytes (hex) of the chip that was given the order of the blank that is out, or was made';

COMMENT ON COLUMN public.instant_issue.chip_digest IS 'keyed digest of all that is to stand on the chip; what was read back is held against it';

COMMENT ON COLUMN public.instant_issue.chip_keys IS 'version of the city''s keys that the chip gets';

CREATE TABLE public.institution (
    institution_id bigint NOT NULL,
    code text NOT NULL,
    kind text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    parent_id bigint,
    district_code text,
    uscc text,
    elsewhere boolean DEFAULT false NOT NULL,
    live_from date,
    readiness text DEFAULT 'planned'::text NOT NULL,
    readiness_since timestamp with time zone DEFAULT now() NOT NULL,
    instant boolean DEFAULT false NOT NULL,
    CONSTRAINT institution_kind_check CHECK ((kind = ANY (ARRAY['card_centre'::text, 'community_centre'::text, 'bank'::text, 'bank_outlet'::text, 'employer'::text, 'school'::text, 'card_bureau'::text, 'courier'::text, 'hotline'::text, 'online_platform'::text, 'kiosk'::text, 'hospital'::text, 'pharmacy'::text, 'bank_hotline'::text, 'agency'::text, 'hotel'::text, 'library'::text]))),
    CONSTRAINT institution_live_has_a_day CHECK (((readiness <> 'live'::text) OR (live_from IS NOT NULL))),
    CONSTRAINT institution_readiness_check CHECK ((readiness = ANY (ARRAY['planned'::text, 'built'::text, 'tested'::text, 'live'::text, 'suspended'::text])))
);

COMMENT ON TABLE public.institution IS 'shared: every organisation that takes part';

COMMENT ON COLUMN public.institution.elsewhere IS 'outside the city: such a bank outlet opens the functions on another day';

COMMENT ON COLUMN public.institution.live_from IS 'the day from which a live institution serves; before that the day planned';

COMMENT ON COLUMN public.institution.readiness IS 'planned, built, tested, live, suspended; it holds back only kinds that the programme''s rule set readiness names';

COMMENT ON COLUMN public.institution.instant IS 'an outlet that replaces cards on the spot, from its stock of blank cards';

CREATE TABLE public.institution_client (
    client_id text NOT NULL,
    institution_id bigint NOT NULL,
    secret_hash text NOT NULL,
    role text NOT NULL,
    active boolean DEFAULT true NOT NULL
);

COMMENT ON TABLE public.institution_client IS 'shared: the systems of institutions that call the interface';

CREATE TABLE public.insurance_spell (
    person_id bigint NOT NULL,
    begins_on date NOT NULL,
    scheme text NOT NULL,
    status text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT insurance_spell_scheme_check CHECK ((scheme = ANY (ARRAY['employee'::text, 'resident'::text, 'none'::text]))),
    CONSTRAINT insurance_spell_status CHECK (((scheme = 'employee'::text) = (status <> 'none'::text))),
    CONSTRAINT insurance_spell_status_check CHECK ((status = ANY (ARRAY['active'::text, 'retired'::text, 'none'::text])))
);

COMMENT ON TABLE public.insurance_spell IS 'person-owned: in which scheme somebody is insured, and how, from a day on; the next spell ends it';

CREATE TABLE public.insurance_step (
    step text NOT NULL,
    done_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.insurance_step IS 'local: up to when the register was followed (follow), and which medical years were opened for everybody (year 2019)';

CREATE TABLE public.insured_life (
    person_id bigint NOT NULL,
    worked_since date,
    retired_on date,
    severely_disabled boolean DEFAULT false NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.insured_life IS 'person-owned: what else the rates go by; a day that is not known is empty';

COMMENT ON COLUMN public.insured_life.retired_on IS 'the first day as a retiree';

CREATE TABLE public.list_file (
    list_id bigint NOT NULL,
    kind text NOT NULL,
    organisation_id bigint NOT NULL,
    name text NOT NULL,
    digest bytea NOT NULL,
    sealed bytea,
    received_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    total_rows integer,
    accepted_rows integer,
    rejected_rows integer,
    repeated_rows integer,
    refused text,
    rows_read integer,
    rows_faulty integer,
    rows_twice integer,
    rows_checked integer DEFAULT 0 NOT NULL,
    CONSTRAINT list_file_kind_check CHECK ((kind = ANY (ARRAY['employer'::text, 'school'::text, 'intake'::text, 'register'::text])))
);

COMMENT ON TABLE public.list_file IS 'local: every list ever handed in, sealed as it came; the same file twice is the same list';

COMMENT ON COLUMN public.list_file.refused IS 'a code: why the list was last refused as a whole; gone once it goes through';

COMMENT ON COLUMN public.list_file.rows_read IS 'rows with a person on them, known once the structure has been checked';

COMMENT ON COLUMN public.list_file.rows_faulty IS 'rows that the first check (structure) sends back';

COMMENT ON COLUMN public.list_file.rows_twice IS 'rows that say the same as an earlier row of the file';

COMMENT ON COLUMN public.list_file.rows_checked IS 'how many of the well-formed rows the second check (business) has looked at';

CREATE TABLE public.list_reject (
    list_id bigint NOT NULL,
    row_no integer NOT NULL,
    ordinal smallint NOT NULL,
    column_name text NOT NULL,
    reason text NOT NULL,
    reason_zh text NOT NULL,
    reason_en text NOT NULL,
    remedy_zh text NOT NULL,
    remedy_en text NOT NULL
);

COMMENT ON TABLE public.list_reject IS 'local: why a row of a list did not go through, and how to mend it';

CREATE TABLE public.list_resent (
    list_id bigint NOT NULL,
    row_no integer NOT NULL,
    from_list_id bigint NOT NULL,
    from_row_no integer NOT NULL,
    root_list_id bigint NOT NULL,
    root_row_no integer NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT list_resent_outcome_check CHECK ((outcome = ANY (ARRAY['accepted'::text, 'rejected'::text, 'repeated'::text])))
);

COMMENT ON TABLE public.list_resent IS 'local: rows that were sent back, corrected and sent again: which row of which list each was, and what it came to';

COMMENT ON COLUMN public.list_resent.root_list_id IS 'the list in which the row was first sent, however often it came back';

CREATE TABLE public.list_row (
    person_id bigint NOT NULL,
    list_id bigint NOT NULL,
    row_no integer NOT NULL
);

COMMENT ON TABLE public.list_row IS 'person-owned: rows of rosters that made no application, of the sender''s own people: whom each speaks of';

CREATE TABLE public.login_failure (
    subject bytea NOT NULL,
    attempt_id bigint NOT NULL,
    failed_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.login_failure IS 'local: attempts to log in per account and per source, by keyed digests; an attempt that succeeds is taken out again';

CREATE TABLE public.manifest (
    manifest_id bigint NOT NULL,
    prepared_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    parcels integer NOT NULL,
    accepted integer DEFAULT 0 NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    CONSTRAINT manifest_accepted_check CHECK ((accepted >= 0)),
    CONSTRAINT manifest_check CHECK (((accepted + refused) <= parcels)),
    CONSTRAINT manifest_check1 CHECK (((sent_at IS NOT NULL) OR ((accepted + refused) = 0))),
    CONSTRAINT manifest_parcels_check CHECK ((parcels > 0)),
    CONSTRAINT manifest_refused_check CHECK ((refused >= 0))
);

COMMENT ON TABLE public.manifest IS 'local: what was handed to the courier together, and how much of it the courier took';

COMMENT ON COLUMN public.manifest.sent_at IS 'first sent at; from then on the courier may have its labels, whether or not an answer came';

CREATE TABLE public.medical_item (
    code text NOT NULL,
    since date NOT NULL,
    name text NOT NULL,
    item_class text NOT NULL,
    charge_type text NOT NULL,
    price_limit numeric(16,6),
    prepay_percent smallint,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT medical_item_charge_type_check CHECK ((length(charge_type) <= 6)),
    CONSTRAINT medical_item_code_check CHECK (((length(code) >= 1) AND (length(code) <= 64))),
    CONSTRAINT medical_item_item_class_check CHECK ((item_class = ANY (ARRAY['full'::text, 'shared'::text, 'own'::text]))),
    CONSTRAINT medical_item_prepay_percent_check CHECK (((prepay_percent >= 0) AND (prepay_percent <= 100))),
    CONSTRAINT medical_item_price_limit_check CHECK ((price_limit >= (0)::numeric))
);

COMMENT ON TABLE public.medical_item IS 'shared: the catalogue: of which class an item is from a day on, and up to which price (yuan) it is paid; the latest that has begun counts';

CREATE TABLE public.medical_visit (
    person_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    institution_id bigint NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    began_on date NOT NULL,
    ended_on date,
    version integer DEFAULT 1 NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    card_id bigint,
    CONSTRAINT medical_visit_ends CHECK ((((status = 'discharged'::text) = (ended_on IS NOT NULL)) AND (ended_on >= began_on))),
    CONSTRAINT medical_visit_kind_check CHECK ((kind = ANY (ARRAY['outpatient'::text, 'pharmacy'::text, 'inpatient'::text]))),
    CONSTRAINT medical_visit_number_check CHECK (((length(number) >= 1) AND (length(number) <= 64))),
    CONSTRAINT medical_visit_status_check CHECK ((status = ANY (ARRAY['open'::text, 'discharged'::text, 'cancelled'::text]))),
    CONSTRAINT medical_visit_stays CHECK (((status <> 'discharged'::text) OR (kind = 'inpatient'::text)))
);

COMMENT ON TABLE public.medical_visit IS 'person-owned: a visit, a purchase or a stay, by the institution''s own number of it';

COMMENT ON COLUMN public.medical_visit.version IS 'rises with every change of the visit and its lines; a quote holds for one version';

COMMENT ON COLUMN public.medical_visit.card_id IS 'the card by which it began; confirmations that name no card are by this one';

CREATE TABLE public.medical_visit_care (
    person_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    care_type text NOT NULL,
    sealed bytea NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT medical_visit_care_care_type_check CHECK (((length(care_type) >= 1) AND (length(care_type) <= 6)))
);

COMMENT ON TABLE public.medical_visit_care IS 'person-owned: what a visit was for, as the institution last told: its type, and sealed the diagnoses';

CREATE TABLE public.medical_visit_line (
    person_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    line text NOT NULL,
    batch text NOT NULL,
    served_on date NOT NULL,
    item text NOT NULL,
    item_class text NOT NULL,
    limit_fen bigint,
    prepay_percent smallint,
    amount_fen bigint NOT NULL,
    in_scope_fen bigint NOT NULL,
    own_expense_fen bigint NOT NULL,
    prepay_fen bigint NOT NULL,
    over_limit_fen bigint NOT NULL,
    rule_id text NOT NULL,
    CONSTRAINT medical_visit_line_adds_up CHECK ((amount_fen = (((in_scope_fen + own_expense_fen) + prepay_fen) + over_limit_fen))),
    CONSTRAINT medical_visit_line_amount_fen_check CHECK ((amount_fen >= 0)),
    CONSTRAINT medical_visit_line_batch_check CHECK ((length(batch) <= 64)),
    CONSTRAINT medical_visit_line_in_scope_fen_check CHECK ((in_scope_fen >= 0)),
    CONSTRAINT medical_visit_line_item_class_check CHECK ((item_class = ANY (ARRAY['full'::text, 'shared'::text, 'own'::text]))),
    CONSTRAINT medical_visit_line_line_check CHECK (((length(line) >= 1) AND (length(line) <= 64))),
    CONSTRAINT medical_visit_line_over_limit_fen_check CHECK ((over_limit_fen >= 0)),
    CONSTRAINT medical_visit_line_own_expense_fen_check CHECK ((own_expense_fen >= 0)),
    CONSTRAINT medical_visit_line_prepay_fen_check CHECK ((prepay_fen >= 0))
);

COMMENT ON TABLE public.medical_visit_line IS 'person-owned: lines of a visit as the catalogue divided them; lines of one batch are settled together';

CREATE TABLE public.medical_year_sum (
    person_id bigint NOT NULL,
    scheme text NOT NULL,
    year smallint NOT NULL,
    deductible_fen bigint DEFAULT 0 NOT NULL,
    pooled_fen bigint DEFAULT 0 NOT NULL,
    CONSTRAINT medical_year_sum_not_below_zero CHECK (((deductible_fen >= 0) AND (pooled_fen >= 0))),
    CONSTRAINT medical_year_sum_scheme_check CHECK ((scheme = ANY (ARRAY['employee'::text, 'resident'::text])))
);

COMMENT ON TABLE public.medical_year_sum IS 'person-owned: what somebody has paid of the yearly deductible, and which costs count against the cap';

COMMENT ON COLUMN public.medical_year_sum.year IS 'named after the calendar year in which the medical year begins';

CREATE TABLE public.message (
    person_id bigint NOT NULL,
    message_id bigint NOT NULL,
    event_id bigint NOT NULL,
    about_id bigint NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    version smallint NOT NULL,
    parameters jsonb NOT NULL,
    urgent boolean NOT NULL,
    status text NOT NULL,
    reason text,
    edition smallint DEFAULT 1 NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    parts smallint,
    due_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT message_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'app'::text]))),
    CONSTRAINT message_check CHECK (((channel = 'app'::text) = (status = ANY (ARRAY['posted'::text, 'read'::text])))),
    CONSTRAINT message_check1 CHECK (((status = ANY (ARRAY['given_up'::text, 'dropped'::text])) = (reason IS NOT NULL))),
    CONSTRAINT message_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'given_up'::text, 'dropped'::text, 'posted'::text, 'read'::text])))
);

COMMENT ON TABLE public.message IS 'person-owned: what a person is told, by text message and in the app; a template and its parameters, never a text, a name or a number';

COMMENT ON COLUMN public.message.person_id IS 'who is told: the holder, or the guardian of a ward';

COMMENT ON COLUMN public.message.about_id IS 'whom it is about';

COMMENT ON COLUMN public.message.edition IS 'which sending this is: the gateway knows a message and edition once and for good';

CREATE TABLE public.message_preference (
    person_id bigint NOT NULL,
    language text NOT NULL,
    reminders boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    elder boolean,
    CONSTRAINT message_preference_language_check CHECK ((language = ANY (ARRAY['zh'::text, 'en'::text])))
);

COMMENT ON TABLE public.message_preference IS 'person-owned: in which language a person is told, and whether reminders are wanted';

COMMENT ON COLUMN public.message_preference.elder IS 'whether pages are shown in the elder version; NULL: the person has not said';

CREATE TABLE public.outbox (
    person_id bigint NOT NULL,
    event_id bigint NOT NULL,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    delivered_at timestamp with time zone,
    attempts smallint DEFAULT 0 NOT NULL,
    last_error text,
    next_try_at timestamp with time zone
);

COMMENT ON TABLE public.outbox IS 'person-owned: events for higher rooms, written with the change they tell of';

CREATE TABLE public.outlet (
    institution_id bigint NOT NULL,
    address_zh text NOT NULL,
    address_en text NOT NULL,
    phone text NOT NULL,
    week text[] NOT NULL,
    CONSTRAINT outlet_week_check CHECK ((cardinality(week) = 7))
);

COMMENT ON TABLE public.outlet IS 'shared: address, telephone and opening hours of outlets';

COMMENT ON COLUMN public.outlet.week IS 'Monday to Sunday, each as 09:00-11:30 13:30-16:30; empty: closed';

CREATE TABLE public.outlet_day (
    institution_id bigint,
    on_day date NOT NULL,
    hours text NOT NULL,
    reason_zh text NOT NULL,
    reason_en text NOT NULL
);

COMMENT ON TABLE public.outlet_day IS 'shared: days on which outlets keep other hours';

COMMENT ON COLUMN public.outlet_day.institution_id IS 'null: all outlets, such as on a public holiday; a day of the outlet itself outweighs it';

CREATE TABLE public.outlet_queue (
    institution_id bigint NOT NULL,
    waiting integer NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    noted_by text NOT NULL,
    CONSTRAINT outlet_queue_waiting_check CHECK (((waiting >= 0) AND (waiting <= 999)))
);

COMMENT ON TABLE public.outlet_queue IS 'keyed by institution_id: how many people waited at an outlet when somebody there last looked';

CREATE TABLE public.outreach_device (
    device_id bigint NOT NULL,
    outlet_id bigint NOT NULL,
    name text NOT NULL,
    secret_hash text NOT NULL,
    status text NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT outreach_device_status_check CHECK ((status = ANY (ARRAY['active'::text, 'blocked'::text])))
);

COMMENT ON TABLE public.outreach_device IS 'keyed by device_id: devices that capture work without a network; only a hash of each secret is kept';

CREATE TABLE public.outreach_site (
    site_id bigint NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    outlet_id bigint NOT NULL,
    district_code text NOT NULL,
    employer_id bigint,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    place text NOT NULL,
    from_day date NOT NULL,
    to_day date,
    opens time without time zone NOT NULL,
    closes time without time zone NOT NULL,
    capacity smallint NOT NULL,
    staff bigint[] NOT NULL,
    devices bigint[] NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT outreach_site_capacity_check CHECK ((capacity > 0)),
    CONSTRAINT outreach_site_check CHECK (((to_day IS NULL) OR (to_day >= from_day))),
    CONSTRAINT outreach_site_check1 CHECK (((kind = 'station'::text) OR (to_day IS NOT NULL))),
    CONSTRAINT outreach_site_check2 CHECK ((closes > opens)),
    CONSTRAINT outreach_site_kind_check CHECK ((kind = ANY (ARRAY['station'::text, 'stall'::text]))),
    CONSTRAINT outreach_site_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text])))
);

COMMENT ON TABLE public.outreach_site IS 'shared: stations in enterprises and stalls in compounds, with the outlet that runs them';

COMMENT ON COLUMN public.outreach_site.to_day IS 'the last day; none: a station for good';

CREATE TABLE public.parcel (
    person_id bigint NOT NULL,
    parcel_id bigint NOT NULL,
    application_id bigint NOT NULL,
    waybill text NOT NULL,
    status text NOT NULL,
    outlet_id bigint NOT NULL,
    manifest_id bigint NOT NULL,
    label bytea NOT NULL,
    word bytea,
    refused_at timestamp with time zone,
    dispatched_at timestamp with time zone,
    received_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    arrived_on date,
    look_on date,
    reminded_on date,
    centre_id bigint,
    former_sendings integer DEFAULT 0 NOT NULL,
    CONSTRAINT parcel_looked_after CHECK (((status = 'at_outlet'::text) = (look_on IS NOT NULL))),
    CONSTRAINT parcel_status_check CHECK ((status = ANY (ARRAY['prepared'::text, 'dispatched'::text, 'in_transit'::text, 'failed'::text, 'at_outlet'::text, 'recalled'::text, 'returned'::text, 'delivered'::text, 'sent_back'::text, 'at_centre'::text, 'collected'::text, 'lost'::text])))
);

COMMENT ON TABLE public.parcel IS 'person-owned: cards on their way';

COMMENT ON COLUMN public.parcel.label IS 'sealed: recipient, mobile and address as the courier is told them, the same however often';

COMMENT ON COLUMN public.parcel.word IS 'sealed: the courier''s last word, such as who signed or why it refused or failed';

COMMENT ON COLUMN public.parcel.arrived_on IS 'since which day it waits at its outlet; reminders and recall are reckoned from there';

COMMENT ON COLUMN public.parcel.look_on IS 'on which day the step `waiting` looks at it again, while it waits at its outlet';

COMMENT ON COLUMN public.parcel.centre_id IS 'the card centre that keeps it';

COMMENT ON COLUMN public.parcel.former_sendings IS 'how often the courier took it before, under other waybills';

CREATE TABLE public.parcel_directory (
    waybill text NOT NULL,
    person_id bigint NOT NULL,
    parcel_id bigint NOT NULL,
    manifest_id bigint
);

COMMENT ON TABLE public.parcel_directory IS 'keyed by waybill: finds a parcel by its waybill number';

COMMENT ON COLUMN public.parcel_directory.manifest_id IS 'the manifest of this waybill, also where its parcel has gone out again since';

CREATE TABLE public.partner_cursor (
    partner text NOT NULL,
    "position" text NOT NULL,
    moved_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.partner_cursor IS 'local: how far we have read a partner''s stream';

CREATE TABLE public.payout_account (
    person_id bigint NOT NULL,
    account_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    number_digest bytea NOT NULL,
    sealed bytea NOT NULL,
    last4 text NOT NULL,
    since date NOT NULL,
    list_id bigint NOT NULL,
    noted_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.payout_account IS 'person-owned: accounts to which benefits were paid before there was a card; the latest that has begun counts';

CREATE TABLE public.payout_difference (
    difference_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    document_id text NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    detail text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    closed_by text,
    reason text,
    CONSTRAINT payout_difference_closed CHECK ((((closed_at IS NULL) = (closed_by IS NULL)) AND ((closed_at IS NULL) = (reason IS NULL)) AND (length(reason) > 0))),
    CONSTRAINT payout_difference_kind_check CHECK ((kind = ANY (ARRAY['unknown'::text, 'amount_differs'::text, 'contradiction'::text, 'gap'::text])))
);

COMMENT ON TABLE public.payout_difference IS 'local: what a bank told and we cannot book; closed with a reason, and kept';

CREATE TABLE public.payout_file (
    file_id bigint NOT NULL,
    run_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    status text NOT NULL,
    payments integer NOT NULL,
    total_fen bigint NOT NULL,
    sealed bytea NOT NULL,
    digest bytea NOT NULL,
    problem text,
    written_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT payout_file_payments_check CHECK ((payments > 0)),
    CONSTRAINT payout_file_status_check CHECK ((status = ANY (ARRAY['written'::text, 'sent'::text]))),
    CONSTRAINT payout_file_total_fen_check CHECK ((total_fen > 0))
);

COMMENT ON TABLE public.payout_file IS 'local: what is sent to a bank, sealed, word for word; sent again it is the same';

CREATE TABLE public.payout_item (
    person_id bigint NOT NULL,
    item_id bigint NOT NULL,
    benefit text NOT NULL,
    scheme text NOT NULL,
    period date NOT NULL,
    reference text NOT NULL,
    amount_fen bigint NOT NULL,
    status text NOT NULL,
    same_account boolean DEFAULT false NOT NULL,
    list_id bigint NOT NULL,
    entry_id bigint,
    worked_by text,
    reason text,
    taken_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_item_amount_fen_check CHECK ((amount_fen > 0)),
    CONSTRAINT payout_item_benefit_check CHECK ((benefit = ANY (ARRAY['pension'::text, 'unemployment'::text, 'work_injury'::text, 'medical'::text]))),
    CONSTRAINT payout_item_period_check CHECK ((EXTRACT(day FROM period) = (1)::numeric)),
    CONSTRAINT payout_item_reference_check CHECK (((length(reference) >= 1) AND (length(reference) <= 64))),
    CONSTRAINT payout_item_scheme_check CHECK ((scheme = ANY (ARRAY['employee'::text, 'resident'::text, 'none'::text]))),
    CONSTRAINT payout_item_status_check CHECK ((status = ANY (ARRAY['due'::text, 'in_run'::text, 'paid'::text, 'failed'::text, 'stopped'::text])))
);

COMMENT ON TABLE public.payout_item IS 'person-owned: what somebody is owed for a month, by the number of whoever decided it';

COMMENT ON COLUMN public.payout_item.same_account IS 'an officer says that the account which failed may be paid to again';

COMMENT ON COLUMN public.payout_item.entry_id IS 'the entry by which it came to be owed; booked when its first run is approved';

CREATE TABLE public.payout_list (
    list_id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    lines integer NOT NULL,
    taken integer NOT NULL,
    repeated integer NOT NULL,
    faults jsonb NOT NULL,
    taken_by text NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_list_kind_check CHECK ((kind = ANY (ARRAY['items'::text, 'accounts'::text]))),
    CONSTRAINT payout_list_lines_check CHECK ((lines >= 0)),
    CONSTRAINT payout_list_nothing_lost CHECK ((lines = ((taken + repeated) + jsonb_array_length(faults)))),
    CONSTRAINT payout_list_repeated_check CHECK ((repeated >= 0)),
    CONSTRAINT payout_list_taken_check CHECK ((taken >= 0))
);

COMMENT ON TABLE public.payout_list IS 'local: lists of what is to be paid, or of accounts on file; every line was taken, known already, or refused with its reason';

CREATE TABLE public.payout_payer (
    bank_id bigint NOT NULL,
    account text NOT NULL,
    name text NOT NULL,
    next_sequence bigint NOT NULL,
    balance_fen bigint NOT NULL,
    noted_by text NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_payer_account_check CHECK ((account ~ '^[0-9A-Za-z]{6,34}$'::text)),
    CONSTRAINT payout_payer_name_check CHECK (((length(name) >= 1) AND (length(name) <= 70))),
    CONSTRAINT payout_payer_next_sequence_check CHECK ((next_sequence > 0))
);

COMMENT ON TABLE public.payout_payer IS 'local: our own account at each bank that pays, and how far its statements were taken in';

CREATE TABLE public.payout_payment (
    person_id bigint NOT NULL,
    payment_id bigint NOT NULL,
    item_id bigint NOT NULL,
    run_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    file_id bigint,
    application_id bigint,
    account_id bigint,
    last4 text NOT NULL,
    rule_id text NOT NULL,
    amount_fen bigint NOT NULL,
    status text NOT NULL,
    code text,
    reason text,
    booked_on date,
    returned_on date,
    entry_id bigint,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT payout_payment_amount_fen_check CHECK ((amount_fen > 0)),
    CONSTRAINT payout_payment_booked CHECK ((((status = ANY (ARRAY['booked'::text, 'returned'::text])) = (booked_on IS NOT NULL)) AND ((booked_on IS NULL) = (entry_id IS NULL)) AND ((status = 'returned'::text) = (returned_on IS NOT NULL)))),
    CONSTRAINT payout_payment_status_check CHECK ((status = ANY (ARRAY['drawn'::text, 'sent'::text, 'accepted'::text, 'booked'::text, 'rejected'::text, 'returned'::text, 'cancelled'::text]))),
    CONSTRAINT payout_payment_to_one CHECK (((application_id IS NULL) <> (account_id IS NULL)))
);

COMMENT ON TABLE public.payout_payment IS 'person-owned: one attempt to pay an item, to a card''s account (application_id) or one on file (account_id)';

CREATE TABLE public.payout_run (
    run_id bigint NOT NULL,
    benefit text NOT NULL,
    pay_on date NOT NULL,
    status text NOT NULL,
    payments integer NOT NULL,
    total_fen bigint NOT NULL,
    drawn_by text NOT NULL,
    drawn_at timestamp with time zone NOT NULL,
    closed_by text,
    closed_at timestamp with time zone,
    written boolean DEFAULT false NOT NULL,
    CONSTRAINT payout_run_benefit_check CHECK ((benefit = ANY (ARRAY['pension'::text, 'unemployment'::text, 'work_injury'::text, 'medical'::text]))),
    CONSTRAINT payout_run_closed CHECK ((((status = 'drawn'::text) = (closed_by IS NULL)) AND ((closed_by IS NULL) = (closed_at IS NULL)))),
    CONSTRAINT payout_run_payments_check CHECK ((payments > 0)),
    CONSTRAINT payout_run_status_check CHECK ((status = ANY (ARRAY['drawn'::text, 'approved'::text, 'cancelled'::text]))),
    CONSTRAINT payout_run_total_fen_check CHECK ((total_fen > 0)),
    CONSTRAINT payout_run_two_officers CHECK (((status <> 'approved'::text) OR (closed_by <> drawn_by)))
);

COMMENT ON TABLE public.payout_run IS 'local: payments drawn up together; one officer draws, another approves';

CREATE TABLE public.payroll_bank (
    employer_id bigint NOT NULL,
    rank smallint NOT NULL,
    bank_id bigint,
    bank_name text NOT NULL,
    chosen boolean DEFAULT false NOT NULL,
    chosen_by text
);

COMMENT ON TABLE public.payroll_bank IS 'shared: through which banks an employer pays wages, in or outside the service banks, and which it chose';

CREATE TABLE public.payroll_choice (
    choice_id bigint NOT NULL,
    employer_id bigint NOT NULL,
    bank_id bigint NOT NULL,
    former_bank_id bigint,
    pays_wages boolean NOT NULL,
    rule_id text,
    why text NOT NULL,
    chosen_by text NOT NULL,
    organisation_id bigint NOT NULL,
    chosen_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.payroll_choice IS 'local: every choice of the bank for an employer''s staff: by whom, for whom, when, by which rule and why';

COMMENT ON COLUMN public.payroll_choice.pays_wages IS 'false: none of the employer''s payroll banks is a service bank, and this one was chosen';

CREATE TABLE public.person (
    person_id bigint NOT NULL,
    id_digest bytea NOT NULL,
    sealed bytea NOT NULL,
    name_digest bytea NOT NULL,
    content_digest bytea NOT NULL,
    birth_date date NOT NULL,
    sex text NOT NULL,
    hukou boolean NOT NULL,
    district_code text,
    insured text NOT NULL,
    insured_status text NOT NULL,
    insured_since date,
    employer_id bigint,
    school_id bigint,
    school_stage text,
    pension_bank text,
    died_on date,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT person_insured_check CHECK ((insured = ANY (ARRAY['employee'::text, 'resident'::text, 'none'::text]))),
    CONSTRAINT person_insured_status_check CHECK ((insured_status = ANY (ARRAY['active'::text, 'retired'::text, 'none'::text]))),
    CONSTRAINT person_school_stage_check CHECK ((school_stage = ANY (ARRAY['kindergarten'::text, 'primary'::text, 'junior'::text, 'senior'::text, 'university'::text]))),
    CONSTRAINT person_sex_check CHECK ((sex = ANY (ARRAY['male'::text, 'female'::text])))
);

COMMENT ON TABLE public.person IS 'person-owned: everybody in the register; name, ID number, mobile and address are sealed together';

COMMENT ON COLUMN public.person.id_digest IS 'keyed digest of the ID number: found by it, never read from it';

COMMENT ON COLUMN public.person.name_digest IS 'keyed digest of the name: a list is checked against it without opening the seal';

COMMENT ON COLUMN public.person.content_digest IS 'keyed digest of the row last taken from the register: the same row again is known without opening the seal';

CREATE TABLE public.person_directory (
    id_digest bytea NOT NULL,
    person_id bigint NOT NULL
);

COMMENT ON TABLE public.person_directory IS 'keyed by id_digest: finds a person by the keyed digest of the ID number, and holds that nobody enters twice';

CREATE TABLE public.personal_balance (
    person_id bigint NOT NULL,
    account text NOT NULL,
    balance_fen bigint NOT NULL,
    CONSTRAINT personal_balance_account_check CHECK ((account = ANY (ARRAY['personal_current'::text, 'personal_historic'::text]))),
    CONSTRAINT personal_balance_not_below_zero CHECK ((balance_fen >= 0))
);

COMMENT ON TABLE public.personal_balance IS 'person-owned: what each personal account holds; moves with the lines, in their transaction';

CREATE TABLE public.photo (
    person_id bigint NOT NULL,
    photo_id bigint NOT NULL,
    source text NOT NULL,
    taken_on date,
    received_at timestamp with time zone NOT NULL,
    digest bytea NOT NULL,
    sealed bytea,
    brought_by text,
    organisation_id bigint,
    rejected_at timestamp with time zone,
    rejected_why text,
    rejected_rule text,
    destroy_on date,
    CONSTRAINT photo_destroyed_if_rejected CHECK (((sealed IS NOT NULL) OR (rejected_at IS NOT NULL))),
    CONSTRAINT photo_rejected_told CHECK (((rejected_at IS NULL) = (rejected_why IS NULL))),
    CONSTRAINT photo_rejected_why_check CHECK ((rejected_why = ANY (ARRAY['another_person'::text, 'unlike'::text, 'outdated'::text, 'spoiled'::text, 'on_the_card'::text, 'consent_withdrawn'::text]))),
    CONSTRAINT photo_source_check CHECK ((source = ANY (ARRAY['counter'::text, 'online'::text, 'id_card'::text, 'student_card'::text])))
);
ALTER TABLE ONLY public.photo ALTER COLUMN sealed SET STORAGE EXTERNAL;

COMMENT ON TABLE public.photo IS 'person-owned: photos with their provenance, sealed';

COMMENT ON COLUMN public.photo.brought_by IS 'the actor: a clerk, a resident, or our own step that asked a store';

COMMENT ON COLUMN public.photo.destroy_on IS 'the picture of a wrong photo is destroyed on this day; NULL: it stays, or is gone already';

CREATE TABLE public.photo_consent (
    person_id bigint NOT NULL,
    consent_id bigint NOT NULL,
    application_id bigint NOT NULL,
    given boolean NOT NULL,
    version text NOT NULL,
    stated_by text NOT NULL,
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    stated_at timestamp with time zone NOT NULL,
    CONSTRAINT photo_consent_stated_by_check CHECK ((stated_by = ANY (ARRAY['holder'::text, 'guardian'::text, 'agent'::text])))
);

COMMENT ON TABLE public.photo_consent IS 'person-owned: consent to use shared photos, given or withdrawn; the newest holds until the next';

CREATE TABLE public.photo_use (
    person_id bigint NOT NULL,
    application_id bigint NOT NULL,
    photo_id bigint NOT NULL,
    way text NOT NULL,
    rule_id text NOT NULL,
    consent_version text,
    consent_by text,
    consent_at timestamp with time zone,
    consent_id bigint,
    used_at timestamp with time zone NOT NULL,
    CONSTRAINT photo_use_check CHECK (((consent_version IS NULL) = (consent_by IS NULL))),
    CONSTRAINT photo_use_check1 CHECK (((consent_version IS NULL) = (consent_at IS NULL))),
    CONSTRAINT photo_use_consent_by_check CHECK ((consent_by = ANY (ARRAY['holder'::text, 'guardian'::text, 'agent'::text, 'proxy'::text, 'employer'::text]))),
    CONSTRAINT photo_use_way_check CHECK ((way = ANY (ARRAY['fetched'::text, 'reused'::text, 'brought'::text])))
);

COMMENT ON TABLE public.photo_use IS 'person-owned: which photo was used for which application, how it came and with whose consent';

COMMENT ON COLUMN public.photo_use.rule_id IS 'the rule that let it be used: of consent, or (reused) of age';

COMMENT ON COLUMN public.photo_use.consent_id IS 'the statement that gave consent; NULL with a version: the application''s form did';

CREATE TABLE public.posting (
    person_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    line_no smallint NOT NULL,
    lines smallint NOT NULL,
    kind text NOT NULL,
    reference bigint NOT NULL,
    reverses bigint,
    booked_on date NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    account text NOT NULL,
    owner_id bigint DEFAULT 0 NOT NULL,
    amount_fen bigint NOT NULL,
    CONSTRAINT posting_account_check CHECK ((account = ANY (ARRAY['personal_current'::text, 'personal_historic'::text, 'pooled_fund'::text, 'supplementary_fund'::text, 'resident_fund'::text, 'institution'::text, 'cross_province'::text, 'bank'::text, 'pension_fund'::text, 'unemployment_fund'::text, 'injury_fund'::text, 'benefits_owed'::text]))),
    CONSTRAINT posting_amount_fen_check CHECK ((amount_fen <> 0)),
    CONSTRAINT posting_check CHECK (((kind = 'reversal'::text) = (reverses IS NOT NULL))),
    CONSTRAINT posting_kind_check CHECK ((kind = ANY (ARRAY['contribution'::text, 'credit'::text, 'year_end'::text, 'settlement'::text, 'clearing'::text, 'advance'::text, 'entitlement'::text, 'payout'::text, 'reversal'::text]))),
    CONSTRAINT posting_line_no_check CHECK ((line_no >= 1)),
    CONSTRAINT posting_lines_check CHECK ((lines >= 2)),
    CONSTRAINT posting_of_somebody CHECK (((person_id <> 0) OR (account <> ALL (ARRAY['personal_current'::text, 'personal_historic'::text])))),
    CONSTRAINT posting_owner CHECK (((account = ANY (ARRAY['institution'::text, 'cross_province'::text])) = (owner_id <> 0)))
);

COMMENT ON TABLE public.posting IS 'person-owned: every line of the ledger; person_id 0: of nobody';

COMMENT ON COLUMN public.posting.lines IS 'how many lines the entry has: it comes whole, and nothing is added later';

COMMENT ON COLUMN public.posting.reference IS 'the number of the thing that the entry is of: booked once for each kind';

COMMENT ON COLUMN public.posting.amount_fen IS 'positive: debit; negative: credit';

CREATE TABLE public.production_batch (
    batch_id bigint NOT NULL,
    status text NOT NULL,
    cards integer DEFAULT 0 NOT NULL,
    file_name text,
    file_digest bytea,
    opened_at timestamp with time zone NOT NULL,
    written_at timestamp with time zone,
    answered_at timestamp with time zone,
    sent integer,
    handed_at timestamp with time zone,
    CONSTRAINT production_batch_sent_check CHECK ((sent > 0)),
    CONSTRAINT production_batch_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text, 'written'::text, 'handed'::text, 'taken'::text, 'held'::text, 'answered'::text, 'called_off'::text])))
);

COMMENT ON TABLE public.production_batch IS 'local: batches of cards handed to the card bureau';

COMMENT ON COLUMN public.production_batch.cards IS 'cards that were ordered in it';

COMMENT ON COLUMN public.production_batch.file_digest IS 'SM3 of the sealed file, as it lies there';

COMMENT ON COLUMN public.production_batch.sent IS 'cards in its file: those that can be made';

CREATE TABLE public.production_order (
    person_id bigint NOT NULL,
    order_id bigint NOT NULL,
    application_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    attempt smallint NOT NULL,
    status text NOT NULL,
    card_number text NOT NULL,
    bank_id bigint NOT NULL,
    expires_on date,
    issued_on date NOT NULL,
    id_digest bytea,
    name_digest bytea,
    bank_digest bytea,
    failed_stage text,
    failed_reason text,
    updated_at timestamp with time zone NOT NULL,
    chip_digest bytea,
    CONSTRAINT production_order_status_check CHECK ((status = ANY (ARRAY['ordered'::text, 'made'::text, 'failed'::text, 'given_up'::text])))
);

COMMENT ON TABLE public.production_order IS 'person-owned: each try to make a card';

COMMENT ON COLUMN public.production_order.id_digest IS 'keyed digest of what the production file said; the return is held against it. Likewise name, and bank with account';

COMMENT ON COLUMN public.production_order.chip_digest IS 'keyed digest of all that is to stand on the chip; what was read back is held against it';

CREATE TABLE public.programme_rule (
    rule_set text NOT NULL,
    rule_id text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    rank smallint NOT NULL,
    applies jsonb NOT NULL,
    decides jsonb NOT NULL,
    reason_zh text NOT NULL,
    reason_en text NOT NULL,
    source text NOT NULL
);

COMMENT ON TABLE public.programme_rule IS 'shared: the dated rules of the programme, loaded from files';

CREATE TABLE public.proxy_act (
    person_id bigint NOT NULL,
    proxy_act_id bigint NOT NULL,
    act text NOT NULL,
    subject text NOT NULL,
    acted_as text NOT NULL,
    actor_id bigint,
    authorisation text,
    documents text[] NOT NULL,
    documents_named boolean NOT NULL,
    rule_id text NOT NULL,
    checked_by text NOT NULL,
    organisation_id bigint NOT NULL,
    acted_at timestamp with time zone NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT proxy_act_act_check CHECK ((act = ANY (ARRAY['apply'::text, 'open'::text, 'collect'::text, 'read'::text, 'other'::text]))),
    CONSTRAINT proxy_act_acted_as_check CHECK ((acted_as = ANY (ARRAY['guardian'::text, 'agent'::text]))),
    CONSTRAINT proxy_act_authorisation_check CHECK ((authorisation = ANY (ARRAY['written'::text, 'notarised'::text, 'home_witness'::text]))),
    CONSTRAINT proxy_act_check CHECK (((acted_as <> 'guardian'::text) OR (actor_id IS NOT NULL))),
    CONSTRAINT proxy_act_check1 CHECK (((acted_as = 'agent'::text) = (authorisation IS NOT NULL))),
    CONSTRAINT proxy_act_check2 CHECK ((actor_id IS DISTINCT FROM person_id))
);

COMMENT ON TABLE public.proxy_act IS 'person-owned: what others did for this person, with which papers; who they are, and the witnesses, is sealed';

COMMENT ON COLUMN public.proxy_act.subject IS 'number of the application, card or parcel it was about';

COMMENT ON COLUMN public.proxy_act.actor_id IS 'the guardian, or an agent whom the register knows';

COMMENT ON COLUMN public.proxy_act.documents_named IS 'the documents were named one by one; else the clerk said that all were seen';

CREATE TABLE public.pupil_notice (
    person_id bigint NOT NULL,
    school_id bigint NOT NULL,
    guardian_id bigint NOT NULL,
    list_id bigint NOT NULL,
    notified_on date NOT NULL,
    apply_by date NOT NULL,
    looked_on date
);

COMMENT ON TABLE public.pupil_notice IS 'person-owned: the school''s notice to the guardian and the two weeks it opens';

CREATE TABLE public.readiness_step (
    institution_id bigint NOT NULL,
    step_id bigint NOT NULL,
    action text NOT NULL,
    was text NOT NULL,
    became text NOT NULL,
    live_from date,
    valid_until date,
    run_ids bigint[],
    evidence text NOT NULL,
    actor text NOT NULL,
    organisation_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT readiness_step_action_check CHECK ((action = ANY (ARRAY['build'::text, 'test'::text, 'go_live'::text, 'suspend'::text, 'take_over'::text]))),
    CONSTRAINT readiness_step_became_check CHECK ((became = ANY (ARRAY['planned'::text, 'built'::text, 'tested'::text, 'live'::text, 'suspended'::text]))),
    CONSTRAINT readiness_step_check CHECK (((action = 'test'::text) = (run_ids IS NOT NULL))),
    CONSTRAINT readiness_step_check1 CHECK (((action = 'test'::text) = (valid_until IS NOT NULL))),
    CONSTRAINT readiness_step_evidence_check CHECK ((evidence <> ''::text)),
    CONSTRAINT readiness_step_was_check CHECK ((was = ANY (ARRAY['planned'::text, 'built'::text, 'tested'::text, 'live'::text, 'suspended'::text])))
);

COMMENT ON TABLE public.readiness_step IS 'shared: how each institution became ready, step by step: who, when, with which evidence';

COMMENT ON COLUMN public.readiness_step.run_ids IS 'of a test: the conformance runs that passed';

CREATE TABLE public.redirect (
    person_id bigint NOT NULL,
    redirect_id bigint NOT NULL,
    parcel_id bigint NOT NULL,
    application_id bigint NOT NULL,
    waybill text NOT NULL,
    outlet_id bigint NOT NULL,
    status text NOT NULL,
    label bytea NOT NULL,
    word bytea,
    asked_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT redirect_check CHECK (((status = 'asked'::text) = (answered_at IS NULL))),
    CONSTRAINT redirect_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'accepted'::text, 'refused'::text, 'too_late'::text, 'dropped'::text])))
);

COMMENT ON TABLE public.redirect IS 'person-owned: wishes that a parcel in the courier''s hands go elsewhere, and what the courier answered';

COMMENT ON COLUMN public.redirect.label IS 'sealed: where it shall go, as the courier is asked, the same however often';

COMMENT ON COLUMN public.redirect.word IS 'sealed: why the courier refused';

CREATE TABLE public.relying_purpose (
    institution_id bigint NOT NULL,
    purpose text NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.relying_purpose IS 'shared: for which purposes which institution may ask who somebody is';

CREATE TABLE public.request_key (
    request_key text NOT NULL,
    organisation_id bigint NOT NULL,
    endpoint text NOT NULL,
    digest bytea NOT NULL,
    status smallint,
    answer jsonb,
    claimed_at timestamp with time zone NOT NULL,
    CONSTRAINT request_key_request_key_check CHECK (((length(request_key) >= 8) AND (length(request_key) <= 100)))
);

COMMENT ON TABLE public.request_key IS 'keyed by request_key: the same request twice does the same once';

CREATE TABLE public.resident_session (
    token_digest bytea NOT NULL,
    resident_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    client text NOT NULL,
    assertion_digest bytea NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

COMMENT ON TABLE public.resident_session IS 'local: residents who are logged in; only a digest of the token is kept';

COMMENT ON COLUMN public.resident_session.client IS 'the platform''s system that vouched for who this is';

COMMENT ON COLUMN public.resident_session.assertion_digest IS 'keyed digest of the identity provider''s word: it opens one session, once';

CREATE TABLE public.return_difference (
    file_name text NOT NULL,
    digest bytea NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    card_number text NOT NULL,
    detail text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    CONSTRAINT return_difference_kind_check CHECK ((kind = ANY (ARRAY['not_ordered'::text, 'repeated'::text, 'late'::text, 'content_differs'::text, 'chip_differs'::text, 'file_refused'::text, 'receipt_differs'::text, 'statement_differs'::text])))
);

COMMENT ON TABLE public.return_difference IS 'local: what the card bureau answered that does not fit what was ordered';

CREATE TABLE public.return_file (
    file_name text NOT NULL,
    digest bytea NOT NULL,
    batch_id bigint NOT NULL,
    lines integer NOT NULL,
    made integer NOT NULL,
    failed integer NOT NULL,
    differences integer NOT NULL,
    received_at timestamp with time zone NOT NULL,
    spoiled integer DEFAULT 0 NOT NULL,
    key_uses integer DEFAULT 0 NOT NULL,
    CONSTRAINT return_file_key_uses_check CHECK ((key_uses >= 0)),
    CONSTRAINT return_file_spoiled_check CHECK ((spoiled >= 0))
);

COMMENT ON TABLE public.return_file IS 'local: answers of the card bureau, each taken in once';

COMMENT ON COLUMN public.return_file.spoiled IS 'blanks that the cards of this file cost beside those that they became';

COMMENT ON COLUMN public.return_file.key_uses IS 'for how many blanks the bureau has derived keys, by its own word';

CREATE TABLE public.sender_key (
    paasid text NOT NULL,
    key_id bigint NOT NULL,
    institution_id bigint NOT NULL,
    sealed bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    good_until timestamp with time zone,
    CONSTRAINT sender_key_paasid_check CHECK ((paasid ~ '^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$'::text))
);

COMMENT ON TABLE public.sender_key IS 'shared: secrets by which institutions'' systems sign what they send; one that was renewed or withdrawn has an end';

CREATE TABLE public.sender_nonce (
    paasid text NOT NULL,
    nonce text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sender_nonce_nonce_check CHECK (((length(nonce) >= 1) AND (length(nonce) <= 64)))
);

COMMENT ON TABLE public.sender_nonce IS 'local: nonces that came, each once; gone when their time window is over';

CREATE TABLE public.sender_sign_in (
    institution_id bigint NOT NULL,
    sign_no text NOT NULL,
    paasid text NOT NULL,
    operator text NOT NULL,
    signed_in_at timestamp with time zone NOT NULL,
    good_until timestamp with time zone NOT NULL,
    CONSTRAINT sender_sign_in_operator_check CHECK ((length(operator) <= 30)),
    CONSTRAINT sender_sign_in_sign_no_check CHECK (((length(sign_no) >= 1) AND (length(sign_no) <= 30)))
);

COMMENT ON TABLE public.sender_sign_in IS 'keyed by institution_id: operators who signed in for a day''s work, until they sign out or the day is over';

CREATE TABLE public.settlement (
    person_id bigint NOT NULL,
    settlement_id bigint NOT NULL,
    quote_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    batch text NOT NULL,
    institution_id bigint NOT NULL,
    number text NOT NULL,
    card_id bigint,
    settled_on date NOT NULL,
    settled_at timestamp with time zone NOT NULL,
    total_fen bigint NOT NULL,
    in_scope_fen bigint NOT NULL,
    own_expense_fen bigint NOT NULL,
    prepay_fen bigint NOT NULL,
    over_limit_fen bigint NOT NULL,
    pooled_fen bigint NOT NULL,
    supplementary_fen bigint NOT NULL,
    current_account_fen bigint NOT NULL,
    historic_account_fen bigint NOT NULL,
    cash_fen bigint NOT NULL,
    entry_id bigint,
    reversed_on date,
    reversed_at timestamp with time zone,
    reversed_by text,
    reversal_entry_id bigint,
    CONSTRAINT settlement_adds_up CHECK (((total_fen = (((in_scope_fen + own_expense_fen) + prepay_fen) + over_limit_fen)) AND (total_fen = ((((pooled_fen + supplementary_fen) + current_account_fen) + historic_account_fen) + cash_fen)))),
    CONSTRAINT settlement_booked CHECK (((entry_id IS NULL) = (total_fen = cash_fen))),
    CONSTRAINT settlement_cash_fen_check CHECK ((cash_fen >= 0)),
    CONSTRAINT settlement_current_account_fen_check CHECK ((current_account_fen >= 0)),
    CONSTRAINT settlement_historic_account_fen_check CHECK ((historic_account_fen >= 0)),
    CONSTRAINT settlement_in_scope_fen_check CHECK ((in_scope_fen >= 0)),
    CONSTRAINT settlement_over_limit_fen_check CHECK ((over_limit_fen >= 0)),
    CONSTRAINT settlement_own_expense_fen_check CHECK ((own_expense_fen >= 0)),
    CONSTRAINT settlement_pooled_fen_check CHECK ((pooled_fen >= 0)),
    CONSTRAINT settlement_prepay_fen_check CHECK ((prepay_fen >= 0)),
    CONSTRAINT settlement_reversed CHECK ((((reversed_on IS NULL) = (reversed_at IS NULL)) AND ((reversed_at IS NULL) = (reversed_by IS NULL)) AND ((reversal_entry_id IS NULL) = ((reversed_at IS NULL) OR (entry_id IS NULL))))),
    CONSTRAINT settlement_supplementary_fen_check CHECK ((supplementary_fen >= 0))
);

COMMENT ON TABLE public.settlement IS 'person-owned: what was settled, and whether it was taken back; nothing else of it ever changes';

COMMENT ON COLUMN public.settlement.number IS 'the sender''s number of the message that confirmed it';

COMMENT ON COLUMN public.settlement.card_id IS 'none of ours where a guest from another province was settled for';

CREATE TABLE public.settlement_day (
    institution_id bigint NOT NULL,
    day date NOT NULL,
    theirs bigint[] NOT NULL,
    ours bigint[] NOT NULL,
    compared_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_day_ours_check CHECK ((cardinality(ours) = 5)),
    CONSTRAINT settlement_day_theirs_check CHECK ((cardinality(theirs) = 5))
);

COMMENT ON TABLE public.settlement_day IS 'keyed by institution_id: a day''s totals as they were last compared: messages, total, funds, accounts, cash';

CREATE TABLE public.settlement_difference (
    institution_id bigint NOT NULL,
    day date NOT NULL,
    number text NOT NULL,
    difference_id bigint NOT NULL,
    kind text NOT NULL,
    theirs bigint[],
    ours bigint[],
    found_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    closed_by text,
    reason text,
    CONSTRAINT settlement_difference_closed CHECK ((((closed_at IS NULL) = (closed_by IS NULL)) AND ((closed_at IS NULL) = (reason IS NULL)) AND (length(reason) > 0))),
    CONSTRAINT settlement_difference_kind CHECK ((((kind = 'missing_here'::text) = (ours IS NULL)) AND ((kind = 'missing_there'::text) = (theirs IS NULL)))),
    CONSTRAINT settlement_difference_kind_check CHECK ((kind = ANY (ARRAY['missing_here'::text, 'missing_there'::text, 'amount_differs'::text]))),
    CONSTRAINT settlement_difference_ours_check CHECK ((cardinality(ours) = 4)),
    CONSTRAINT settlement_difference_theirs_check CHECK ((cardinality(theirs) = 4))
);

COMMENT ON TABLE public.settlement_difference IS 'keyed by institution_id: a message on which an institution and we do not agree: total, funds, accounts, cash; closed with a reason';

CREATE TABLE public.settlement_message_directory (
    number text NOT NULL,
    institution_id bigint NOT NULL,
    kind text NOT NULL,
    says text NOT NULL,
    person_id bigint,
    settlement_id bigint,
    taken_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_message_directory_kind_check CHECK ((kind = ANY (ARRAY['confirm'::text, 'reversal'::text, 'withdrawn'::text]))),
    CONSTRAINT settlement_message_directory_number_check CHECK (((length(number) >= 1) AND (length(number) <= 64))),
    CONSTRAINT settlement_message_of CHECK (((kind <> 'confirm'::text) OR (settlement_id IS NOT NULL))),
    CONSTRAINT settlement_message_whose CHECK (((person_id IS NULL) = (settlement_id IS NULL)))
);

COMMENT ON TABLE public.settlement_message_directory IS 'keyed by number: senders'' messages that were done, each once; withdrawn: its reversal came first';

COMMENT ON COLUMN public.settlement_message_directory.says IS 'what it said: the same number with anything else is refused; of a withdrawn one the number that withdrew it';

CREATE TABLE public.settlement_quote (
    person_id bigint NOT NULL,
    quote_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    visit_version integer NOT NULL,
    institution_id bigint NOT NULL,
    batch text NOT NULL,
    quoted_on date NOT NULL,
    quoted_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    standing text NOT NULL,
    total_fen bigint NOT NULL,
    in_scope_fen bigint NOT NULL,
    own_expense_fen bigint NOT NULL,
    prepay_fen bigint NOT NULL,
    over_limit_fen bigint NOT NULL,
    pooled_fen bigint NOT NULL,
    supplementary_fen bigint NOT NULL,
    current_account_fen bigint NOT NULL,
    historic_account_fen bigint NOT NULL,
    cash_fen bigint NOT NULL,
    schemes text[] NOT NULL,
    years smallint[] NOT NULL,
    deductibles_fen bigint[] NOT NULL,
    counted_fen bigint[] NOT NULL,
    accounts text[] NOT NULL,
    amounts_fen bigint[] NOT NULL,
    told jsonb NOT NULL,
    province_id bigint,
    guest boolean DEFAULT false NOT NULL,
    CONSTRAINT settlement_quote_adds_up CHECK (((total_fen = (((in_scope_fen + own_expense_fen) + prepay_fen) + over_limit_fen)) AND (total_fen = ((((pooled_fen + supplementary_fen) + current_account_fen) + historic_account_fen) + cash_fen)))),
    CONSTRAINT settlement_quote_cash_fen_check CHECK ((cash_fen >= 0)),
    CONSTRAINT settlement_quote_current_account_fen_check CHECK ((current_account_fen >= 0)),
    CONSTRAINT settlement_quote_guest CHECK ((guest <= (province_id IS NOT NULL))),
    CONSTRAINT settlement_quote_historic_account_fen_check CHECK ((historic_account_fen >= 0)),
    CONSTRAINT settlement_quote_in_scope_fen_check CHECK ((in_scope_fen >= 0)),
    CONSTRAINT settlement_quote_over_limit_fen_check CHECK ((over_limit_fen >= 0)),
    CONSTRAINT settlement_quote_own_expense_fen_check CHECK ((own_expense_fen >= 0)),
    CONSTRAINT settlement_quote_pooled_fen_check CHECK ((pooled_fen >= 0)),
    CONSTRAINT settlement_quote_prepay_fen_check CHECK ((prepay_fen >= 0)),
    CONSTRAINT settlement_quote_province CHECK ((('cross_province'::text = ANY (accounts)) <= (province_id IS NOT NULL))),
    CONSTRAINT settlement_quote_supplementary_fen_check CHECK ((supplementary_fen >= 0))
);

COMMENT ON TABLE public.settlement_quote IS 'person-owned: what a batch or a stay comes to, by where the person stood then';

COMMENT ON COLUMN public.settlement_quote.standing IS 'what `settlement_standing` said: a quote is confirmed while it says the same';

COMMENT ON COLUMN public.settlement_quote.years IS 'the medical years that the bills count in, with `schemes`, `deductibles_fen` and `counted_fen`';

COMMENT ON COLUMN public.settlement_quote.accounts IS 'what is booked when it is confirmed, with `amounts_fen`: positive is debit';

COMMENT ON COLUMN public.settlement_quote.told IS 'why: the bills, their rules and their sentences';

COMMENT ON COLUMN public.settlement_quote.province_id IS 'division code of the other province, where two settle';

COMMENT ON COLUMN public.settlement_quote.guest IS 'the person is insured there: their province reckoned it, and has judged their card';

CREATE TABLE public.staff (
    staff_id bigint NOT NULL,
    institution_id bigint NOT NULL,
    login text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    password_hash text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    password_temporary boolean DEFAULT false NOT NULL
);

COMMENT ON TABLE public.staff IS 'shared: people who work with the system, and what they may do';

COMMENT ON COLUMN public.staff.password_temporary IS 'somebody else knows the password: it is changed at the next log-in';

CREATE TABLE public.staff_log_in (
    ticket_digest bytea NOT NULL,
    staff_id bigint NOT NULL,
    source text NOT NULL,
    device text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    proven boolean DEFAULT false NOT NULL
);

COMMENT ON TABLE public.staff_log_in IS 'local: log-ins whose password was right and that need a further step; only a digest of the ticket is kept';

COMMENT ON COLUMN public.staff_log_in.proven IS 'a code of the second factor was given';

CREATE TABLE public.staff_recovery_code (
    staff_id bigint NOT NULL,
    code_digest bytea NOT NULL,
    used_at timestamp with time zone
);

COMMENT ON TABLE public.staff_recovery_code IS 'local: codes for whoever has lost the app, each used once; only keyed digests are kept';

CREATE TABLE public.staff_second_factor (
    staff_id bigint NOT NULL,
    sealed bytea,
    pending bytea,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    CONSTRAINT staff_second_factor_check CHECK (((sealed IS NULL) = (confirmed_at IS NULL))),
    CONSTRAINT staff_second_factor_check1 CHECK (((sealed IS NOT NULL) OR (pending IS NOT NULL)))
);

COMMENT ON TABLE public.staff_second_factor IS 'local: the secrets of the apps that show codes (RFC 6238), sealed';

COMMENT ON COLUMN public.staff_second_factor.pending IS 'a secret that counts once a code of it was given';

COMMENT ON COLUMN public.staff_second_factor.last_step IS 'the time step of the last code that was taken: no code of it or before it is taken again';

CREATE TABLE public.staff_session (
    token_digest bytea NOT NULL,
    staff_id bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    session_id bigint NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    device text DEFAULT ''::text NOT NULL
);

COMMENT ON TABLE public.staff_session IS 'local: who is logged in; only a digest of the token is kept';

COMMENT ON COLUMN public.staff_session.source IS 'network address that the log-in came from';

COMMENT ON COLUMN public.staff_session.device IS 'what the browser or program said of itself at the log-in';

ALTER TABLE public.staff_session ALTER COLUMN session_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.staff_session_session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.status_list_file (
    epoch integer NOT NULL,
    sequence integer NOT NULL,
    made_at timestamp with time zone NOT NULL,
    stale_at timestamp with time zone NOT NULL,
    salt bytea NOT NULL,
    signer bytea NOT NULL,
    digest bytea NOT NULL,
    size_bytes integer NOT NULL,
    void integer NOT NULL,
    suspended integer NOT NULL,
    cleared integer NOT NULL,
    old_part_bytes integer NOT NULL,
    content bytea,
    CONSTRAINT status_list_file_check CHECK ((stale_at > made_at)),
    CONSTRAINT status_list_file_check1 CHECK (((content IS NULL) OR (length(content) = size_bytes))),
    CONSTRAINT status_list_file_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT status_list_file_epoch_check CHECK ((epoch > 0)),
    CONSTRAINT status_list_file_salt_check CHECK ((length(salt) = 16)),
    CONSTRAINT status_list_file_sequence_check CHECK ((sequence >= 0)),
    CONSTRAINT status_list_file_signer_check CHECK ((length(signer) = 8)),
    CONSTRAINT status_list_file_size_bytes_check CHECK ((size_bytes > 0))
);

COMMENT ON TABLE public.status_list_file IS 'local: the status lists that were published; sequence 0 is a base, the others its deltas';

COMMENT ON COLUMN public.status_list_file.signer IS 'beginning of the SM3 of the public key that signed it';

COMMENT ON COLUMN public.status_list_file.digest IS 'SM3 of the whole file; the next file names it';

COMMENT ON COLUMN public.status_list_file.content IS 'the file; dropped when its base is two bases old';

CREATE TABLE public.status_list_late (
    late_id bigint NOT NULL,
    noted_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.status_list_late IS 'local: old cards were taken in; a base tells of each old card that was there, so the next file is one';

CREATE TABLE public.stock_take (
    count_id bigint NOT NULL,
    outlet_id bigint NOT NULL,
    status text NOT NULL,
    expected integer NOT NULL,
    counted integer NOT NULL,
    counted_by text NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    booked_by text,
    booked_at timestamp with time zone,
    reason text,
    CONSTRAINT stock_take_check CHECK (((status = 'agreed'::text) = (expected = counted))),
    CONSTRAINT stock_take_check1 CHECK (((status = 'booked'::text) = (booked_by IS NOT NULL))),
    CONSTRAINT stock_take_counted_check CHECK ((counted >= 0)),
    CONSTRAINT stock_take_status_check CHECK ((status = ANY (ARRAY['agreed'::text, 'differs'::text, 'booked'::text, 'superseded'::text]))),
    CONSTRAINT stock_take_two_people CHECK ((booked_by <> counted_by))
);

COMMENT ON TABLE public.stock_take IS 'local: blank cards counted by hand, and what became of the difference';

CREATE TABLE public.visit (
    person_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    status text NOT NULL,
    ground text NOT NULL,
    document text,
    rule_id text NOT NULL,
    asked_as text NOT NULL,
    represented boolean NOT NULL,
    tasks text[] NOT NULL,
    organisation_id bigint NOT NULL,
    bank_id bigint,
    outlet_id bigint,
    day date,
    slot text,
    staff bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    reason text,
    outcome jsonb,
    sealed bytea,
    requested_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT visit_asked_as_check CHECK ((asked_as = ANY (ARRAY['holder'::text, 'guardian'::text, 'agent'::text]))),
    CONSTRAINT visit_check CHECK (((status = ANY (ARRAY['requested'::text, 'planned'::text, 'not_met'::text])) = (sealed IS NOT NULL))),
    CONSTRAINT visit_ground_check CHECK ((ground = ANY (ARRAY['very_old'::text, 'mobility'::text, 'none'::text]))),
    CONSTRAINT visit_planned_whole CHECK (((status <> 'planned'::text) OR ((outlet_id IS NOT NULL) AND (day IS NOT NULL) AND (slot IS NOT NULL) AND (staff <> '{}'::bigint[])))),
    CONSTRAINT visit_slot_check CHECK ((slot = ANY (ARRAY['morning'::text, 'afternoon'::text]))),
    CONSTRAINT visit_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'refused'::text, 'planned'::text, 'not_met'::text, 'given_up'::text, 'done'::text, 'cancelled'::text]))),
    CONSTRAINT visit_tasks_check CHECK ((tasks <> '{}'::text[]))
);

COMMENT ON TABLE public.visit IS 'person-owned: visits at home, asked for, planned, held or not; where to and whom to call is sealed, and gone once a visit ends';

COMMENT ON COLUMN public.visit.represented IS 'somebody is to be authorised, or to act, at the visit: two members of staff witness it';

COMMENT ON COLUMN public.visit.organisation_id IS 'the institution that took the request in';

COMMENT ON COLUMN public.visit.attempt IS 'the how many-th visit is planned; what was captured for an earlier one does not count for it';

COMMENT ON COLUMN public.visit.outcome IS 'which device and member of staff told how it went, and when they noted it';

CREATE TABLE public.visit_slot (
    outlet_id bigint NOT NULL,
    day date NOT NULL,
    slot text NOT NULL,
    capacity smallint NOT NULL,
    taken smallint DEFAULT 0 NOT NULL,
    CONSTRAINT visit_slot_holds CHECK (((taken >= 0) AND (taken <= capacity))),
    CONSTRAINT visit_slot_slot_check CHECK ((slot = ANY (ARRAY['morning'::text, 'afternoon'::text])))
);

COMMENT ON TABLE public.visit_slot IS 'keyed by outlet_id: how many visits an outlet can make in half a day, and how many are planned';

CREATE SEQUENCE public.waybill_serial
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 99999999
    CACHE 1;

ALTER TABLE ONLY public.account_year
    ADD CONSTRAINT account_year_pkey PRIMARY KEY (person_id, year);

ALTER TABLE ONLY public.application
    ADD CONSTRAINT application_pkey PRIMARY KEY (person_id, application_id);

ALTER TABLE ONLY public.audit_batch
    ADD CONSTRAINT audit_batch_pkey PRIMARY KEY (batch_no);

ALTER TABLE ONLY public.audit_fact
    ADD CONSTRAINT audit_fact_pkey PRIMARY KEY (person_id, fact_id);

ALTER TABLE ONLY public.bank_account
    ADD CONSTRAINT bank_account_pkey PRIMARY KEY (person_id, application_id, bank_id);

ALTER TABLE ONLY public.bank_document
    ADD CONSTRAINT bank_document_pkey PRIMARY KEY (bank_id, document_id);

ALTER TABLE ONLY public.bank_feed
    ADD CONSTRAINT bank_feed_pkey PRIMARY KEY (bank_id, feed);

ALTER TABLE ONLY public.batch_custody
    ADD CONSTRAINT batch_custody_pkey PRIMARY KEY (batch_id, entry_id);

ALTER TABLE ONLY public.blank_delivery
    ADD CONSTRAINT blank_delivery_pkey PRIMARY KEY (delivery_id);

ALTER TABLE ONLY public.blank_delivery
    ADD CONSTRAINT blank_delivery_serials_once EXCLUDE USING gist (serials WITH &&);

ALTER TABLE ONLY public.blank_delivery
    ADD CONSTRAINT blank_delivery_shipment_key UNIQUE (shipment);

ALTER TABLE ONLY public.blank_movement
    ADD CONSTRAINT blank_movement_pkey PRIMARY KEY (movement_id);

ALTER TABLE ONLY public.blank_stock
    ADD CONSTRAINT blank_stock_pkey PRIMARY KEY (outlet_id);

ALTER TABLE ONLY public.capture
    ADD CONSTRAINT capture_pkey PRIMARY KEY (device_id, request_key);

ALTER TABLE ONLY public.card_challenge
    ADD CONSTRAINT card_challenge_pkey PRIMARY KEY (challenge_id);

ALTER TABLE ONLY public.card_directory
    ADD CONSTRAINT card_directory_pkey PRIMARY KEY (card_number);

ALTER TABLE ONLY public.card_key_ceremony
    ADD CONSTRAINT card_key_ceremony_pkey PRIMARY KEY (ceremony_id);

ALTER TABLE ONLY public.card_key_hand_out
    ADD CONSTRAINT card_key_hand_out_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY public.card_key
    ADD CONSTRAINT card_key_pkey PRIMARY KEY (algorithm, version, level, number);

ALTER TABLE ONLY public.card_key_record
    ADD CONSTRAINT card_key_record_pkey PRIMARY KEY (record_id);

ALTER TABLE ONLY public.card_key_set
    ADD CONSTRAINT card_key_set_pkey PRIMARY KEY (algorithm, version);

ALTER TABLE ONLY public.card_key_use
    ADD CONSTRAINT card_key_use_pkey PRIMARY KEY (purpose, day, algorithm, version, slot);

ALTER TABLE ONLY public.card
    ADD CONSTRAINT card_pkey PRIMARY KEY (person_id, card_id);

ALTER TABLE ONLY public.card_ticket
    ADD CONSTRAINT card_ticket_pkey PRIMARY KEY (ticket_digest);

ALTER TABLE ONLY public.card_ticket
    ADD CONSTRAINT card_ticket_ticket_id_key UNIQUE (ticket_id);

ALTER TABLE ONLY public.chip_directory
    ADD CONSTRAINT chip_directory_pkey PRIMARY KEY (factor);

ALTER TABLE ONLY public.city_fact
    ADD CONSTRAINT city_fact_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.client_token
    ADD CONSTRAINT client_token_pkey PRIMARY KEY (token_digest);

ALTER TABLE ONLY public.collection
    ADD CONSTRAINT collection_pkey PRIMARY KEY (collection_id);

ALTER TABLE ONLY public.collection_seat
    ADD CONSTRAINT collection_seat_pkey PRIMARY KEY (person_id, collection_id);

ALTER TABLE ONLY public.conformance_run
    ADD CONSTRAINT conformance_run_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.conformance_seen
    ADD CONSTRAINT conformance_seen_pkey PRIMARY KEY (run_id, seen_id);

ALTER TABLE ONLY public.contribution_debit
    ADD CONSTRAINT contribution_debit_pkey PRIMARY KEY (person_id, debit_id);

ALTER TABLE ONLY public.contribution
    ADD CONSTRAINT contribution_pkey PRIMARY KEY (person_id, contribution_id);

ALTER TABLE ONLY public.courier_event
    ADD CONSTRAINT courier_event_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.cross_province_bill
    ADD CONSTRAINT cross_province_bill_pkey PRIMARY KEY (person_id, bill_id);

ALTER TABLE ONLY public.cross_province_clearing
    ADD CONSTRAINT cross_province_clearing_clearing_id_key UNIQUE (clearing_id);

ALTER TABLE ONLY public.cross_province_clearing
    ADD CONSTRAINT cross_province_clearing_pkey PRIMARY KEY (province_id, month);

ALTER TABLE ONLY public.cross_province_registration
    ADD CONSTRAINT cross_province_registration_pkey PRIMARY KEY (person_id, registration_id);

ALTER TABLE ONLY public.data_key
    ADD CONSTRAINT data_key_pkey PRIMARY KEY (key_no);

ALTER TABLE ONLY public.designation
    ADD CONSTRAINT designation_pkey PRIMARY KEY (institution_id, since);

ALTER TABLE ONLY public.district
    ADD CONSTRAINT district_pkey PRIMARY KEY (district_code);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (person_id, draft_id);

ALTER TABLE ONLY public.ecard_seen
    ADD CONSTRAINT ecard_seen_pkey PRIMARY KEY (token_id);

ALTER TABLE ONLY public.event_handled
    ADD CONSTRAINT event_handled_pkey PRIMARY KEY (person_id, event_id, subscriber);

ALTER TABLE ONLY public.figure_backlog
    ADD CONSTRAINT figure_backlog_pkey PRIMARY KEY (dimension, value, status, age_days, overdue);

ALTER TABLE ONLY public.figure_count
    ADD CONSTRAINT figure_count_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY public.figure_day
    ADD CONSTRAINT figure_day_pkey PRIMARY KEY (dimension, value, measure, day);

ALTER TABLE ONLY public.figure_difference
    ADD CONSTRAINT figure_difference_pkey PRIMARY KEY (dimension, value);

ALTER TABLE ONLY public.figure_population
    ADD CONSTRAINT figure_population_district_code_group_code_complete_by_key UNIQUE NULLS NOT DISTINCT (district_code, group_code, complete_by);

ALTER TABLE ONLY public.figure_settlement
    ADD CONSTRAINT figure_settlement_pkey PRIMARY KEY (dimension, value, day);

ALTER TABLE ONLY public.guardian_tie
    ADD CONSTRAINT guardian_tie_pkey PRIMARY KEY (person_id, guardian_id);

ALTER TABLE ONLY public.guest_directory
    ADD CONSTRAINT guest_directory_pkey PRIMARY KEY (id_digest, province_id);

ALTER TABLE ONLY public.guest
    ADD CONSTRAINT guest_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.hand_over
    ADD CONSTRAINT hand_over_pkey PRIMARY KEY (person_id, parcel_id);

ALTER TABLE ONLY public.help_call
    ADD CONSTRAINT help_call_pkey PRIMARY KEY (call_id);

ALTER TABLE ONLY public.help_case
    ADD CONSTRAINT help_case_number_key UNIQUE (number);

ALTER TABLE ONLY public.help_case
    ADD CONSTRAINT help_case_pkey PRIMARY KEY (case_id);

ALTER TABLE ONLY public.help_entry
    ADD CONSTRAINT help_entry_pkey PRIMARY KEY (case_id, entry_id);

ALTER TABLE ONLY public.help_failure
    ADD CONSTRAINT help_failure_pkey PRIMARY KEY (subject, attempt_id);

ALTER TABLE ONLY public.help_handover
    ADD CONSTRAINT help_handover_pkey PRIMARY KEY (handover_id);

ALTER TABLE ONLY public.identity_code
    ADD CONSTRAINT identity_code_holder_id_key UNIQUE (holder_id);

ALTER TABLE ONLY public.identity_code
    ADD CONSTRAINT identity_code_pkey PRIMARY KEY (code_digest);

ALTER TABLE ONLY public.identity_failure
    ADD CONSTRAINT identity_failure_pkey PRIMARY KEY (subject, attempt_id);

ALTER TABLE ONLY public.identity_request
    ADD CONSTRAINT identity_request_pkey PRIMARY KEY (person_id, request_id);

ALTER TABLE ONLY public.instant_issue
    ADD CONSTRAINT instant_issue_pkey PRIMARY KEY (person_id, application_id);

ALTER TABLE ONLY public.institution_client
    ADD CONSTRAINT institution_client_pkey PRIMARY KEY (client_id);

ALTER TABLE ONLY public.institution
    ADD CONSTRAINT institution_code_key UNIQUE (code);

ALTER TABLE ONLY public.institution
    ADD CONSTRAINT institution_pkey PRIMARY KEY (institution_id);

ALTER TABLE ONLY public.institution
    ADD CONSTRAINT institution_uscc_key UNIQUE (uscc);

ALTER TABLE ONLY public.insurance_spell
    ADD CONSTRAINT insurance_spell_pkey PRIMARY KEY (person_id, begins_on);

ALTER TABLE ONLY public.insurance_step
    ADD CONSTRAINT insurance_step_pkey PRIMARY KEY (step);

ALTER TABLE ONLY public.insured_life
    ADD CONSTRAINT insured_life_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.list_file
    ADD CONSTRAINT list_file_kind_organisation_id_digest_key UNIQUE (kind, organisation_id, digest);

ALTER TABLE ONLY public.list_file
    ADD CONSTRAINT list_file_pkey PRIMARY KEY (list_id);

ALTER TABLE ONLY public.list_reject
    ADD CONSTRAINT list_reject_pkey PRIMARY KEY (list_id, row_no, ordinal);

ALTER TABLE ONLY public.list_resent
    ADD CONSTRAINT list_resent_pkey PRIMARY KEY (list_id, row_no);

ALTER TABLE ONLY public.list_row
    ADD CONSTRAINT list_row_pkey PRIMARY KEY (person_id, list_id, row_no);

ALTER TABLE ONLY public.login_failure
    ADD CONSTRAINT login_failure_pkey PRIMARY KEY (subject, attempt_id);

ALTER TABLE ONLY public.manifest
    ADD CONSTRAINT manifest_pkey PRIMARY KEY (manifest_id);

ALTER TABLE ONLY public.medical_item
    ADD CONSTRAINT medical_item_pkey PRIMARY KEY (code, since);

ALTER TABLE ONLY public.medical_visit_care
    ADD CONSTRAINT medical_visit_care_pkey PRIMARY KEY (person_id, visit_id);

ALTER TABLE ONLY public.medical_visit_line
    ADD CONSTRAINT medical_visit_line_pkey PRIMARY KEY (person_id, visit_id, line);

ALTER TABLE ONLY public.medical_visit
    ADD CONSTRAINT medical_visit_pkey PRIMARY KEY (person_id, visit_id);

ALTER TABLE ONLY public.medical_year_sum
    ADD CONSTRAINT medical_year_sum_pkey PRIMARY KEY (person_id, scheme, year);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (person_id, message_id);

ALTER TABLE ONLY public.message_preference
    ADD CONSTRAINT message_preference_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (person_id, event_id);

ALTER TABLE ONLY public.outlet_day
    ADD CONSTRAINT outlet_day_institution_id_on_day_key UNIQUE NULLS NOT DISTINCT (institution_id, on_day);

ALTER TABLE ONLY public.outlet
    ADD CONSTRAINT outlet_pkey PRIMARY KEY (institution_id);

ALTER TABLE ONLY public.outlet_queue
    ADD CONSTRAINT outlet_queue_pkey PRIMARY KEY (institution_id);

ALTER TABLE ONLY public.outreach_device
    ADD CONSTRAINT outreach_device_pkey PRIMARY KEY (device_id);

ALTER TABLE ONLY public.outreach_site
    ADD CONSTRAINT outreach_site_pkey PRIMARY KEY (site_id);

ALTER TABLE ONLY public.parcel_directory
    ADD CONSTRAINT parcel_directory_pkey PRIMARY KEY (waybill);

ALTER TABLE ONLY public.parcel
    ADD CONSTRAINT parcel_pkey PRIMARY KEY (person_id, parcel_id);

ALTER TABLE ONLY public.partner_cursor
    ADD CONSTRAINT partner_cursor_pkey PRIMARY KEY (partner);

ALTER TABLE ONLY public.payout_account
    ADD CONSTRAINT payout_account_pkey PRIMARY KEY (person_id, account_id);

ALTER TABLE ONLY public.payout_difference
    ADD CONSTRAINT payout_difference_pkey PRIMARY KEY (difference_id);

ALTER TABLE ONLY public.payout_file
    ADD CONSTRAINT payout_file_pkey PRIMARY KEY (file_id);

ALTER TABLE ONLY public.payout_item
    ADD CONSTRAINT payout_item_pkey PRIMARY KEY (person_id, item_id);

ALTER TABLE ONLY public.payout_list
    ADD CONSTRAINT payout_list_pkey PRIMARY KEY (list_id);

ALTER TABLE ONLY public.payout_payer
    ADD CONSTRAINT payout_payer_pkey PRIMARY KEY (bank_id);

ALTER TABLE ONLY public.payout_payment
    ADD CONSTRAINT payout_payment_pkey PRIMARY KEY (person_id, payment_id);

ALTER TABLE ONLY public.payout_run
    ADD CONSTRAINT payout_run_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.payroll_bank
    ADD CONSTRAINT payroll_bank_pkey PRIMARY KEY (employer_id, rank);

ALTER TABLE ONLY public.payroll_choice
    ADD CONSTRAINT payroll_choice_pkey PRIMARY KEY (choice_id);

ALTER TABLE ONLY public.person_directory
    ADD CONSTRAINT person_directory_pkey PRIMARY KEY (id_digest);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.personal_balance
    ADD CONSTRAINT personal_balance_pkey PRIMARY KEY (person_id, account);

ALTER TABLE ONLY public.photo_consent
    ADD CONSTRAINT photo_consent_pkey PRIMARY KEY (person_id, consent_id);

ALTER TABLE ONLY public.photo
    ADD CONSTRAINT photo_pkey PRIMARY KEY (person_id, photo_id);

ALTER TABLE ONLY public.photo_use
    ADD CONSTRAINT photo_use_pkey PRIMARY KEY (person_id, application_id, photo_id);

ALTER TABLE ONLY public.posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (person_id, entry_id, line_no);

ALTER TABLE ONLY public.production_batch
    ADD CONSTRAINT production_batch_file_name_key UNIQUE (file_name);

ALTER TABLE ONLY public.production_batch
    ADD CONSTRAINT production_batch_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY public.production_order
    ADD CONSTRAINT production_order_pkey PRIMARY KEY (person_id, order_id);

ALTER TABLE ONLY public.programme_rule
    ADD CONSTRAINT programme_rule_pkey PRIMARY KEY (rule_set, rule_id, valid_from);

ALTER TABLE ONLY public.proxy_act
    ADD CONSTRAINT proxy_act_pkey PRIMARY KEY (person_id, proxy_act_id);

ALTER TABLE ONLY public.pupil_notice
    ADD CONSTRAINT pupil_notice_pkey PRIMARY KEY (person_id, school_id, notified_on);

ALTER TABLE ONLY public.readiness_step
    ADD CONSTRAINT readiness_step_pkey PRIMARY KEY (institution_id, step_id);

ALTER TABLE ONLY public.redirect
    ADD CONSTRAINT redirect_pkey PRIMARY KEY (person_id, redirect_id);

ALTER TABLE ONLY public.relying_purpose
    ADD CONSTRAINT relying_purpose_pkey PRIMARY KEY (institution_id, purpose);

ALTER TABLE ONLY public.request_key
    ADD CONSTRAINT request_key_pkey PRIMARY KEY (request_key, organisation_id, endpoint);

ALTER TABLE ONLY public.resident_session
    ADD CONSTRAINT resident_session_organisation_id_assertion_digest_key UNIQUE (organisation_id, assertion_digest);

ALTER TABLE ONLY public.resident_session
    ADD CONSTRAINT resident_session_pkey PRIMARY KEY (token_digest);

ALTER TABLE ONLY public.return_difference
    ADD CONSTRAINT return_difference_pkey PRIMARY KEY (file_name, digest, ordinal);

ALTER TABLE ONLY public.return_file
    ADD CONSTRAINT return_file_pkey PRIMARY KEY (file_name);

ALTER TABLE ONLY public.sender_key
    ADD CONSTRAINT sender_key_pkey PRIMARY KEY (paasid, key_id);

ALTER TABLE ONLY public.sender_nonce
    ADD CONSTRAINT sender_nonce_pkey PRIMARY KEY (paasid, nonce);

ALTER TABLE ONLY public.sender_sign_in
    ADD CONSTRAINT sender_sign_in_pkey PRIMARY KEY (institution_id, sign_no);

ALTER TABLE ONLY public.settlement_day
    ADD CONSTRAINT settlement_day_pkey PRIMARY KEY (institution_id, day);

ALTER TABLE ONLY public.settlement_difference
    ADD CONSTRAINT settlement_difference_pkey PRIMARY KEY (institution_id, day, number, difference_id);

ALTER TABLE ONLY public.settlement_message_directory
    ADD CONSTRAINT settlement_message_directory_pkey PRIMARY KEY (number, institution_id);

ALTER TABLE ONLY public.settlement
    ADD CONSTRAINT settlement_pkey PRIMARY KEY (person_id, settlement_id);

ALTER TABLE ONLY public.settlement_quote
    ADD CONSTRAINT settlement_quote_pkey PRIMARY KEY (person_id, quote_id);

ALTER TABLE ONLY public.staff_log_in
    ADD CONSTRAINT staff_log_in_pkey PRIMARY KEY (ticket_digest);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_login_key UNIQUE (login);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (staff_id);

ALTER TABLE ONLY public.staff_recovery_code
    ADD CONSTRAINT staff_recovery_code_pkey PRIMARY KEY (staff_id, code_digest);

ALTER TABLE ONLY public.staff_second_factor
    ADD CONSTRAINT staff_second_factor_pkey PRIMARY KEY (staff_id);

ALTER TABLE ONLY public.staff_session
    ADD CONSTRAINT staff_session_pkey PRIMARY KEY (token_digest);

ALTER TABLE ONLY public.status_list_file
    ADD CONSTRAINT status_list_file_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.status_list_file
    ADD CONSTRAINT status_list_file_pkey PRIMARY KEY (epoch, sequence);

ALTER TABLE ONLY public.status_list_late
    ADD CONSTRAINT status_list_late_pkey PRIMARY KEY (late_id);

ALTER TABLE ONLY public.stock_take
    ADD CONSTRAINT stock_take_pkey PRIMARY KEY (count_id);

ALTER TABLE ONLY public.visit
    ADD CONSTRAINT visit_pkey PRIMARY KEY (person_id, visit_id);

ALTER TABLE ONLY public.visit_slot
    ADD CONSTRAINT visit_slot_pkey PRIMARY KEY (outlet_id, day, slot);

CREATE INDEX application_due ON public.application USING btree (due_on) WHERE (status = ANY (ARRAY['verified'::text, 'needs_photo'::text, 'photo_ready'::text, 'account_opened'::text, 'bank_refused'::text, 'in_production'::text]));

CREATE INDEX application_list ON public.application USING btree (list_id, row_no) WHERE (list_id IS NOT NULL);

CREATE INDEX application_number ON public.application USING btree (application_id);

CREATE UNIQUE INDEX application_one_live ON public.application USING btree (person_id) WHERE (status <> ALL (ARRAY['completed'::text, 'rejected'::text, 'withdrawn'::text]));

CREATE INDEX application_organisation ON public.application USING btree (organisation_id, application_id);

CREATE INDEX application_work ON public.application USING btree (status, application_id);

CREATE INDEX audit_fact_action ON public.audit_fact USING btree (action, fact_id) WHERE (action <> 'card.looked_at'::text);

CREATE INDEX audit_fact_batch ON public.audit_fact USING btree (batch_no) WHERE (batch_no IS NOT NULL);

CREATE INDEX audit_fact_organisation ON public.audit_fact USING btree (organisation_id, fact_id) WHERE ((organisation_id <> 0) AND (action <> 'card.looked_at'::text));

CREATE INDEX audit_fact_staff ON public.audit_fact USING btree (actor, fact_id) WHERE (actor ~~ 'staff:%'::text);

CREATE INDEX audit_fact_unsealed ON public.audit_fact USING btree (fact_id) WHERE (batch_no IS NULL);

CREATE INDEX bank_account_by_application ON public.bank_account USING btree (application_id);

CREATE INDEX bank_account_card_to_tell ON public.bank_account USING btree (application_id) WHERE (card_told < card_version);

CREATE INDEX bank_account_to_ask ON public.bank_account USING btree (asked_on NULLS FIRST, application_id) WHERE (life = ANY (ARRAY['opened'::text, 'active'::text, 'frozen'::text]));

CREATE INDEX bank_account_to_call ON public.bank_account USING btree (application_id) WHERE ((contradicted IS NOT NULL) OR (card_refused IS NOT NULL));

CREATE UNIQUE INDEX bank_document_statement_once ON public.bank_document USING btree (bank_id, sequence) WHERE ((kind = 'camt.053'::text) AND (status = 'taken'::text));

CREATE INDEX bank_document_waiting ON public.bank_document USING btree (bank_id, received_at) WHERE (status = 'waiting'::text);

CREATE UNIQUE INDEX blank_movement_booked_once ON public.blank_movement USING btree (count_id) WHERE (count_id IS NOT NULL);

CREATE UNIQUE INDEX blank_movement_box_once ON public.blank_movement USING btree (outlet_id, shipment, box) WHERE (kind = 'received'::text);

CREATE UNIQUE INDEX blank_movement_corrected_once ON public.blank_movement USING btree (corrects) WHERE (corrects IS NOT NULL);

CREATE INDEX blank_movement_outlet ON public.blank_movement USING btree (outlet_id, movement_id);

CREATE INDEX blank_movement_serials ON public.blank_movement USING gist (serials) WHERE (serials IS NOT NULL);

CREATE INDEX blank_movement_use ON public.blank_movement USING btree (outlet_id, recorded_at) WHERE (kind = ANY (ARRAY['used'::text, 'spoiled'::text]));

CREATE INDEX capture_number ON public.capture USING btree (capture_id);

CREATE INDEX capture_open ON public.capture USING btree (outlet_id, capture_id) WHERE (status = ANY (ARRAY['conflict'::text, 'held'::text, 'refused'::text]));

CREATE INDEX capture_received ON public.capture USING btree (outlet_id, received_at);

CREATE INDEX card_challenge_old ON public.card_challenge USING btree (expires_at);

CREATE INDEX card_identification_code ON public.card USING btree (identification_code) WHERE (identification_code IS NOT NULL);

CREATE UNIQUE INDEX card_key_ceremony_one_open ON public.card_key_ceremony USING btree (algorithm) WHERE (status = 'opened'::text);

CREATE INDEX card_key_hand_out_outstanding ON public.card_key_hand_out USING btree (due_on) WHERE (status = 'outstanding'::text);

CREATE INDEX card_key_record_of ON public.card_key_record USING btree (ceremony_id, record_id);

CREATE UNIQUE INDEX card_key_set_one_in_force ON public.card_key_set USING btree (algorithm) WHERE (status = 'in_force'::text);

CREATE INDEX card_loss_due ON public.card USING btree (loss_until) WHERE (loss_until IS NOT NULL);

CREATE UNIQUE INDEX card_number_once ON public.card USING btree (person_id, card_number);

CREATE UNIQUE INDEX card_one_live ON public.card USING btree (person_id) WHERE (social = ANY (ARRAY['open'::text, 'suspended'::text]));

CREATE INDEX card_remind ON public.card USING btree (remind_on) WHERE ((social = 'unopened'::text) AND (remind_on IS NOT NULL));

CREATE INDEX card_social_due ON public.card USING btree (social_due_on) WHERE (social_due_on IS NOT NULL);

CREATE INDEX card_ticket_old ON public.card_ticket USING btree (expires_at);

CREATE INDEX card_unopened ON public.card USING btree (card_id) WHERE ((social = 'unopened'::text) AND (received_on IS NOT NULL));

CREATE INDEX card_unopened_bank ON public.card USING btree (bank_id, card_id) WHERE ((social = 'unopened'::text) AND (received_on IS NOT NULL));

CREATE INDEX card_untold ON public.card USING btree (person_id, card_id) WHERE ((listed <>
CASE social
    WHEN 'void'::text THEN 'void'::text
    WHEN 'suspended'::text THEN 'suspended'::text
    WHEN 'lost_unopened'::text THEN 'suspended'::text
    ELSE 'not_listed'::text
END) OR (listed_until IS DISTINCT FROM loss_until));

CREATE INDEX collection_bank ON public.collection USING btree (bank_id, collection_id);

CREATE INDEX collection_employer ON public.collection USING btree (employer_id, collection_id);

CREATE INDEX collection_over ON public.collection USING btree (ends_at) WHERE (status = 'planned'::text);

CREATE INDEX collection_seat_collection ON public.collection_seat USING btree (collection_id, seat_no);

CREATE UNIQUE INDEX collection_seat_one_expected ON public.collection_seat USING btree (person_id) WHERE (status = 'expected'::text);

CREATE INDEX conformance_run_of ON public.conformance_run USING btree (institution_id, run_id);

CREATE UNIQUE INDEX conformance_run_one_open ON public.conformance_run USING btree (institution_id, script) WHERE (status = 'open'::text);

CREATE INDEX conformance_run_to_call ON public.conformance_run USING btree (run_id) WHERE ((status = 'open'::text) AND (direction = 'to_partner'::text));

CREATE INDEX contribution_debit_due ON public.contribution_debit USING btree (debit_id) WHERE (status = ANY (ARRAY['asked'::text, 'refunding'::text]));

CREATE UNIQUE INDEX contribution_debit_one_live ON public.contribution_debit USING btree (person_id, scheme, period) WHERE (status = ANY (ARRAY['asked'::text, 'paid'::text]));

CREATE UNIQUE INDEX contribution_once ON public.contribution USING btree (person_id, scheme, period) WHERE (taken_back_by IS NULL);

CREATE INDEX courier_event_strange ON public.courier_event USING btree (received_at) WHERE (outcome = ANY (ARRAY['unknown_waybill'::text, 'bad_waybill'::text, 'unknown_kind'::text]));

CREATE INDEX courier_event_waiting ON public.courier_event USING btree (waybill) WHERE (outcome = 'waiting'::text);

CREATE INDEX courier_event_waybill ON public.courier_event USING btree (waybill);

CREATE INDEX cross_province_bill_by_day ON public.cross_province_bill USING btree (settled_on);

CREATE INDEX cross_province_bill_by_reversal_day ON public.cross_province_bill USING btree (reversed_on) WHERE (reversed_on IS NOT NULL);

CREATE INDEX cross_province_bill_due ON public.cross_province_bill USING btree (bill_id) WHERE (status = ANY (ARRAY['asked'::text, 'taken_back'::text]));

CREATE UNIQUE INDEX cross_province_bill_once ON public.cross_province_bill USING btree (person_id, institution_id, number);

CREATE UNIQUE INDEX cross_province_bill_one_live ON public.cross_province_bill USING btree (person_id, visit_id) WHERE (status = ANY (ARRAY['asked'::text, 'settled'::text]));

CREATE INDEX cross_province_bill_reversal_uncleared ON public.cross_province_bill USING btree (province_id, reversed_on) WHERE ((reversed_on IS NOT NULL) AND (reversal_cleared_in IS NULL));

CREATE INDEX cross_province_bill_uncleared ON public.cross_province_bill USING btree (province_id, settled_on) WHERE ((settled_on IS NOT NULL) AND (cleared_in IS NULL));

CREATE UNIQUE INDEX cross_province_registration_once ON public.cross_province_registration USING btree (person_id, registrar, number);

CREATE UNIQUE INDEX cross_province_registration_one_in_force ON public.cross_province_registration USING btree (person_id, kind) WHERE (status = 'in_force'::text);

CREATE INDEX draft_lapsing ON public.draft USING btree (lapses_on) WHERE (status = 'open'::text);

CREATE UNIQUE INDEX draft_one_live ON public.draft USING btree (person_id, owner_id) WHERE (status = 'open'::text);

CREATE INDEX draft_owner ON public.draft USING btree (owner_id, draft_id);

CREATE INDEX ecard_seen_old ON public.ecard_seen USING btree (expires_at);

CREATE INDEX figure_settlement_by_day ON public.figure_settlement USING btree (day);

CREATE INDEX guardian_tie_guardian ON public.guardian_tie USING btree (guardian_id);

CREATE INDEX help_call_case ON public.help_call USING btree (case_id);

CREATE INDEX help_case_due ON public.help_case USING btree (due_on, case_id) WHERE (status = ANY (ARRAY['open'::text, 'waiting'::text]));

CREATE INDEX help_case_holder ON public.help_case USING btree (holder_id) WHERE (holder_id IS NOT NULL);

CREATE INDEX help_case_resolved ON public.help_case USING btree (resolved_at) WHERE (status = 'resolved'::text);

CREATE INDEX help_entry_loops ON public.help_entry USING btree (entry_id) WHERE (kind = 'loop_refused'::text);

CREATE INDEX help_failure_old ON public.help_failure USING btree (failed_at);

CREATE INDEX help_handover_due ON public.help_handover USING btree (accept_by) WHERE (status = 'pending'::text);

CREATE UNIQUE INDEX help_handover_one_pending ON public.help_handover USING btree (case_id) WHERE (status = 'pending'::text);

CREATE INDEX identity_code_old ON public.identity_code USING btree (expires_at);

CREATE INDEX identity_failure_old ON public.identity_failure USING btree (failed_at);

CREATE INDEX identity_request_number ON public.identity_request USING btree (request_id);

CREATE INDEX identity_request_old ON public.identity_request USING btree (asked_at);

CREATE INDEX instant_issue_handed_over ON public.instant_issue USING btree (outlet_id, handed_over_at) WHERE (status = 'handed_over'::text);

CREATE INDEX instant_issue_live ON public.instant_issue USING btree (outlet_id, application_id) WHERE (status = ANY (ARRAY['begun'::text, 'blank_taken'::text, 'made'::text]));

CREATE INDEX instant_issue_number ON public.instant_issue USING btree (application_id);

CREATE UNIQUE INDEX instant_issue_one_live ON public.instant_issue USING btree (person_id) WHERE (status = ANY (ARRAY['begun'::text, 'blank_taken'::text, 'made'::text]));

CREATE INDEX institution_kind ON public.institution USING btree (kind, district_code);

CREATE INDEX list_resent_from ON public.list_resent USING btree (from_list_id);

CREATE INDEX list_resent_root ON public.list_resent USING btree (root_list_id, root_row_no);

CREATE INDEX list_row_list ON public.list_row USING btree (list_id, row_no);

CREATE INDEX login_failure_old ON public.login_failure USING btree (failed_at);

CREATE INDEX medical_visit_at ON public.medical_visit USING btree (institution_id, opened_at);

CREATE UNIQUE INDEX medical_visit_once ON public.medical_visit USING btree (person_id, institution_id, number);

CREATE INDEX message_due ON public.message USING btree (urgent, due_at, message_id) WHERE (status = 'queued'::text);

CREATE INDEX message_given_up ON public.message USING btree (message_id) WHERE (status = 'given_up'::text);

CREATE INDEX message_number ON public.message USING btree (message_id);

CREATE UNIQUE INDEX message_once ON public.message USING btree (person_id, event_id, channel);

CREATE INDEX outbox_waiting ON public.outbox USING btree (event_id) WHERE (delivered_at IS NULL);

CREATE INDEX outreach_device_outlet ON public.outreach_device USING btree (outlet_id);

CREATE INDEX outreach_site_district ON public.outreach_site USING btree (district_code) WHERE (status = 'open'::text);

CREATE INDEX parcel_directory_manifest ON public.parcel_directory USING btree (manifest_id) WHERE (manifest_id IS NOT NULL);

CREATE INDEX parcel_look ON public.parcel USING btree (look_on) WHERE (look_on IS NOT NULL);

CREATE INDEX parcel_manifest ON public.parcel USING btree (manifest_id) WHERE ((status = 'prepared'::text) AND (refused_at IS NULL));

CREATE INDEX parcel_of_manifest ON public.parcel USING btree (manifest_id);

CREATE UNIQUE INDEX parcel_one_each ON public.parcel USING btree (person_id, application_id) WHERE (status <> 'lost'::text);

CREATE INDEX parcel_work ON public.parcel USING btree (status, updated_at) WHERE (status <> ALL (ARRAY['delivered'::text, 'collected'::text]));

CREATE UNIQUE INDEX payout_account_once ON public.payout_account USING btree (person_id, since, bank_id, number_digest);

CREATE UNIQUE INDEX payout_difference_once ON public.payout_difference USING btree (bank_id, document_id, kind, number);

CREATE INDEX payout_difference_open ON public.payout_difference USING btree (found_at) WHERE (closed_at IS NULL);

CREATE INDEX payout_file_by_run ON public.payout_file USING btree (run_id);

CREATE INDEX payout_file_to_send ON public.payout_file USING btree (bank_id, file_id) WHERE (status = 'written'::text);

CREATE INDEX payout_item_due ON public.payout_item USING btree (benefit, item_id) WHERE (status = 'due'::text);

CREATE INDEX payout_item_failed ON public.payout_item USING btree (item_id) WHERE (status = 'failed'::text);

CREATE UNIQUE INDEX payout_item_once ON public.payout_item USING btree (person_id, benefit, period, reference);

CREATE INDEX payout_payment_by_file ON public.payout_payment USING btree (file_id, payment_id);

CREATE INDEX payout_payment_by_item ON public.payout_payment USING btree (person_id, item_id);

CREATE INDEX payout_payment_by_run ON public.payout_payment USING btree (run_id, payment_id);

CREATE UNIQUE INDEX payout_payment_one_live ON public.payout_payment USING btree (person_id, item_id) WHERE (status = ANY (ARRAY['drawn'::text, 'sent'::text, 'accepted'::text, 'booked'::text]));

CREATE INDEX payout_run_to_write ON public.payout_run USING btree (run_id) WHERE ((status = 'approved'::text) AND (NOT written));

CREATE UNIQUE INDEX payroll_bank_one_chosen ON public.payroll_bank USING btree (employer_id) WHERE chosen;

CREATE INDEX payroll_choice_employer ON public.payroll_choice USING btree (employer_id, choice_id);

CREATE INDEX person_employer ON public.person USING btree (employer_id) WHERE (employer_id IS NOT NULL);

CREATE INDEX photo_destroying ON public.photo USING btree (destroy_on) WHERE (destroy_on IS NOT NULL);

CREATE INDEX posting_by_owner ON public.posting USING btree (owner_id, account, booked_on, entry_id) WHERE (owner_id <> 0);

CREATE UNIQUE INDEX posting_once ON public.posting USING btree (person_id, kind, reference) WHERE (line_no = 1);

CREATE UNIQUE INDEX posting_one_reversal ON public.posting USING btree (person_id, reverses) WHERE ((reverses IS NOT NULL) AND (line_no = 1));

CREATE INDEX production_order_batch ON public.production_order USING btree (batch_id, card_number);

CREATE INDEX production_order_failed ON public.production_order USING btree (order_id) WHERE (status = 'failed'::text);

CREATE UNIQUE INDEX production_order_one_live ON public.production_order USING btree (person_id) WHERE (status = 'ordered'::text);

CREATE INDEX pupil_notice_to_look_at ON public.pupil_notice USING btree (apply_by) WHERE (looked_on IS NULL);

CREATE INDEX redirect_due ON public.redirect USING btree (redirect_id) WHERE (status = 'asked'::text);

CREATE UNIQUE INDEX redirect_one_asked ON public.redirect USING btree (person_id, parcel_id) WHERE (status = 'asked'::text);

CREATE INDEX resident_session_client ON public.resident_session USING btree (client) WHERE (ended_at IS NULL);

CREATE INDEX resident_session_resident ON public.resident_session USING btree (resident_id) WHERE (ended_at IS NULL);

CREATE INDEX return_difference_age ON public.return_difference USING btree (found_at);

CREATE INDEX return_file_batch ON public.return_file USING btree (batch_id);

CREATE INDEX sender_key_of ON public.sender_key USING btree (institution_id);

CREATE INDEX sender_nonce_old ON public.sender_nonce USING btree (expires_at);

CREATE INDEX sender_sign_in_old ON public.sender_sign_in USING btree (good_until);

CREATE INDEX settlement_by_day ON public.settlement USING btree (institution_id, settled_on);

CREATE INDEX settlement_by_reversal_day ON public.settlement USING btree (institution_id, reversed_on) WHERE (reversed_on IS NOT NULL);

CREATE INDEX settlement_difference_by_id ON public.settlement_difference USING btree (difference_id);

CREATE UNIQUE INDEX settlement_difference_one_open ON public.settlement_difference USING btree (institution_id, day, number) WHERE (closed_at IS NULL);

CREATE INDEX settlement_message_withdrawn ON public.settlement_message_directory USING btree (taken_at) WHERE (kind = 'withdrawn'::text);

CREATE UNIQUE INDEX settlement_of_quote ON public.settlement USING btree (person_id, quote_id);

CREATE UNIQUE INDEX settlement_one_live ON public.settlement USING btree (person_id, visit_id, batch) WHERE (reversed_at IS NULL);

CREATE INDEX staff_log_in_member ON public.staff_log_in USING btree (staff_id);

CREATE INDEX staff_log_in_old ON public.staff_log_in USING btree (started_at);

CREATE UNIQUE INDEX staff_session_number ON public.staff_session USING btree (session_id);

CREATE INDEX staff_session_under_way ON public.staff_session USING btree (staff_id, session_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX stock_take_one_open ON public.stock_take USING btree (outlet_id) WHERE (status = 'differs'::text);

CREATE INDEX stock_take_outlet ON public.stock_take USING btree (outlet_id, count_id);

CREATE INDEX visit_day ON public.visit USING btree (outlet_id, day) WHERE (status = 'planned'::text);

CREATE INDEX visit_number ON public.visit USING btree (visit_id);

CREATE UNIQUE INDEX visit_one_live ON public.visit USING btree (person_id) WHERE (status = ANY (ARRAY['requested'::text, 'planned'::text, 'not_met'::text]));

CREATE TRIGGER audit_fact_append_only BEFORE DELETE OR UPDATE ON public.audit_fact FOR EACH ROW EXECUTE FUNCTION public.audit_fact_guard();

CREATE TRIGGER bank_account_closed_for_good BEFORE UPDATE OF life ON public.bank_account FOR EACH ROW EXECUTE FUNCTION public.bank_account_guard();

CREATE TRIGGER batch_custody_append_only BEFORE DELETE OR UPDATE ON public.batch_custody FOR EACH ROW EXECUTE FUNCTION public.batch_custody_guard();

CREATE TRIGGER blank_movement_append_only BEFORE DELETE OR UPDATE ON public.blank_movement FOR EACH ROW EXECUTE FUNCTION public.blank_movement_guard();

CREATE TRIGGER card_key_record_append_only BEFORE DELETE OR UPDATE ON public.card_key_record FOR EACH ROW EXECUTE FUNCTION public.card_key_record_guard();

CREATE TRIGGER card_void_for_good BEFORE UPDATE ON public.card FOR EACH ROW WHEN (((old.social = 'void'::text) AND (new.social <> 'void'::text))) EXECUTE FUNCTION public.card_void_guard();

CREATE TRIGGER chip_directory_append_only BEFORE DELETE OR UPDATE ON public.chip_directory FOR EACH ROW EXECUTE FUNCTION public.chip_directory_guard();

CREATE TRIGGER conformance_seen_append_only BEFORE DELETE OR UPDATE ON public.conformance_seen FOR EACH ROW EXECUTE FUNCTION public.readiness_guard();

CREATE TRIGGER cross_province_bill_for_good BEFORE DELETE OR UPDATE ON public.cross_province_bill FOR EACH ROW EXECUTE FUNCTION public.cross_province_bill_guard();

CREATE TRIGGER hand_over_append_only BEFORE DELETE OR UPDATE ON public.hand_over FOR EACH ROW EXECUTE FUNCTION public.hand_over_guard();

CREATE TRIGGER help_entry_append_only BEFORE DELETE OR UPDATE ON public.help_entry FOR EACH ROW EXECUTE FUNCTION public.help_entry_guard();

CREATE TRIGGER payout_run_for_good BEFORE UPDATE ON public.payout_run FOR EACH ROW EXECUTE FUNCTION public.payout_run_guard();

CREATE TRIGGER payroll_choice_append_only BEFORE DELETE OR UPDATE ON public.payroll_choice FOR EACH ROW EXECUTE FUNCTION public.payroll_choice_guard();

CREATE TRIGGER photo_consent_append_only BEFORE DELETE OR UPDATE ON public.photo_consent FOR EACH ROW EXECUTE FUNCTION public.photo_consent_guard();

CREATE TRIGGER posting_append_only BEFORE DELETE OR UPDATE ON public.posting FOR EACH ROW EXECUTE FUNCTION public.posting_guard();

CREATE TRIGGER posting_balanced AFTER INSERT ON public.posting REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION public.posting_balanced();

CREATE TRIGGER proxy_act_append_only BEFORE DELETE OR UPDATE ON public.proxy_act FOR EACH ROW EXECUTE FUNCTION public.proxy_act_guard();

CREATE TRIGGER readiness_step_append_only BEFORE DELETE OR UPDATE ON public.readiness_step FOR EACH ROW EXECUTE FUNCTION public.readiness_guard();

CREATE TRIGGER settlement_difference_kept BEFORE DELETE OR UPDATE ON public.settlement_difference FOR EACH ROW EXECUTE FUNCTION public.settlement_difference_guard();

CREATE TRIGGER settlement_for_good BEFORE UPDATE ON public.settlement FOR EACH ROW EXECUTE FUNCTION public.settlement_guard();

CREATE TRIGGER settlement_never_deleted BEFORE DELETE ON public.settlement FOR EACH ROW EXECUTE FUNCTION public.settlement_kept();

CREATE TRIGGER status_list_file_append_only BEFORE DELETE OR UPDATE OF epoch, sequence, made_at, salt, signer, digest, size_bytes ON public.status_list_file FOR EACH ROW EXECUTE FUNCTION public.status_list_file_guard();

ALTER TABLE ONLY public.bank_feed
    ADD CONSTRAINT bank_feed_bank_id_fkey FOREIGN KEY (bank_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.blank_movement
    ADD CONSTRAINT blank_movement_corrects_fkey FOREIGN KEY (corrects) REFERENCES public.blank_movement(movement_id);

ALTER TABLE ONLY public.blank_movement
    ADD CONSTRAINT blank_movement_count_id_fkey FOREIGN KEY (count_id) REFERENCES public.stock_take(count_id);

ALTER TABLE ONLY public.card_key
    ADD CONSTRAINT card_key_algorithm_version_fkey FOREIGN KEY (algorithm, version) REFERENCES public.card_key_set(algorithm, version);

ALTER TABLE ONLY public.card_key_hand_out
    ADD CONSTRAINT card_key_hand_out_algorithm_version_fkey FOREIGN KEY (algorithm, version) REFERENCES public.card_key_set(algorithm, version);

ALTER TABLE ONLY public.card_key_record
    ADD CONSTRAINT card_key_record_ceremony_id_fkey FOREIGN KEY (ceremony_id) REFERENCES public.card_key_ceremony(ceremony_id);

ALTER TABLE ONLY public.card_key_use
    ADD CONSTRAINT card_key_use_algorithm_version_fkey FOREIGN KEY (algorithm, version) REFERENCES public.card_key_set(algorithm, version);

ALTER TABLE ONLY public.conformance_run
    ADD CONSTRAINT conformance_run_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.conformance_seen
    ADD CONSTRAINT conformance_seen_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.conformance_run(run_id);

ALTER TABLE ONLY public.designation
    ADD CONSTRAINT designation_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.help_call
    ADD CONSTRAINT help_call_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.help_case(case_id);

ALTER TABLE ONLY public.help_entry
    ADD CONSTRAINT help_entry_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.help_case(case_id);

ALTER TABLE ONLY public.help_handover
    ADD CONSTRAINT help_handover_call_id_fkey FOREIGN KEY (call_id) REFERENCES public.help_call(call_id);

ALTER TABLE ONLY public.help_handover
    ADD CONSTRAINT help_handover_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.help_case(case_id);

ALTER TABLE ONLY public.institution_client
    ADD CONSTRAINT institution_client_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.institution
    ADD CONSTRAINT institution_district_code_fkey FOREIGN KEY (district_code) REFERENCES public.district(district_code);

ALTER TABLE ONLY public.institution
    ADD CONSTRAINT institution_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.list_reject
    ADD CONSTRAINT list_reject_list_id_fkey FOREIGN KEY (list_id) REFERENCES public.list_file(list_id);

ALTER TABLE ONLY public.list_resent
    ADD CONSTRAINT list_resent_from_list_id_fkey FOREIGN KEY (from_list_id) REFERENCES public.list_file(list_id);

ALTER TABLE ONLY public.list_resent
    ADD CONSTRAINT list_resent_list_id_fkey FOREIGN KEY (list_id) REFERENCES public.list_file(list_id);

ALTER TABLE ONLY public.outlet_day
    ADD CONSTRAINT outlet_day_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.outlet
    ADD CONSTRAINT outlet_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.payout_file
    ADD CONSTRAINT payout_file_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.payout_run(run_id);

ALTER TABLE ONLY public.payout_payer
    ADD CONSTRAINT payout_payer_bank_id_fkey FOREIGN KEY (bank_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.payroll_bank
    ADD CONSTRAINT payroll_bank_bank_id_fkey FOREIGN KEY (bank_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.payroll_bank
    ADD CONSTRAINT payroll_bank_employer_id_fkey FOREIGN KEY (employer_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.readiness_step
    ADD CONSTRAINT readiness_step_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.relying_purpose
    ADD CONSTRAINT relying_purpose_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.sender_key
    ADD CONSTRAINT sender_key_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES public.institution(institution_id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES public.institution(institution_id);
