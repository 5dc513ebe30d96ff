-- Settlement: which institutions settle, visits and their lines, quotes and their bills, settlements, senders' messages.
CREATE TABLE designation (
    institution_id bigint NOT NULL REFERENCES institution,
    since date NOT NULL,
    until date,
    level smallint CHECK (level BETWEEN 1 AND 3),
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (institution_id, since),
    CONSTRAINT designation_days CHECK (until >= since)
);
COMMENT ON TABLE designation IS 'shared: from when to when a hospital (of which level) or a pharmacy settles; the latest that has begun counts';

CREATE TABLE medical_visit (
    person_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    institution_id bigint NOT NULL,
    number text NOT NULL CHECK (length(number) BETWEEN 1 AND 64),
    kind text NOT NULL CHECK (kind IN ('outpatient', 'pharmacy', 'inpatient')),
    status text NOT NULL CHECK (status IN ('open', 'discharged', 'cancelled')),
    began_on date NOT NULL,
    ended_on date,
    version integer NOT NULL DEFAULT 1,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, visit_id),
    CONSTRAINT medical_visit_ends CHECK ((status = 'discharged') = (ended_on IS NOT NULL) AND ended_on >= began_on),
    CONSTRAINT medical_visit_stays CHECK (status <> 'discharged' OR kind = 'inpatient')
);
COMMENT ON TABLE medical_visit IS 'person-owned: a visit, a purchase or a stay, by the institution''s own number of it';
COMMENT ON COLUMN medical_visit.version IS 'rises with every change of the visit and its lines; a quote holds for one version';
CREATE UNIQUE INDEX medical_visit_once ON medical_visit (person_id, institution_id, number);

CREATE TABLE medical_visit_line (
    person_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    line text NOT NULL CHECK (length(line) BETWEEN 1 AND 64),
    batch text NOT NULL CHECK (length(batch) <= 64),
    served_on date NOT NULL,
    item text NOT NULL,
    item_class text NOT NULL CHECK (item_class IN ('full', 'shared', 'own')),
    limit_fen bigint,
    prepay_percent smallint,
    amount_fen bigint NOT NULL CHECK (amount_fen >= 0),
    in_scope_fen bigint NOT NULL CHECK (in_scope_fen >= 0),
    own_expense_fen bigint NOT NULL CHECK (own_expense_fen >= 0),
    prepay_fen bigint NOT NULL CHECK (prepay_fen >= 0),
    over_limit_fen bigint NOT NULL CHECK (over_limit_fen >= 0),
    rule_id text NOT NULL,
    PRIMARY KEY (person_id, visit_id, line),
    CONSTRAINT medical_visit_line_adds_up
        CHECK (amount_fen = in_scope_fen + own_expense_fen + prepay_fen + over_limit_fen)
);
COMMENT ON TABLE medical_visit_line IS 'person-owned: lines of a visit as the catalogue divided them; lines of one batch are settled together';

CREATE TABLE settlement_quote (
    person_id bigint NOT NULL,
    quote_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    visit_version integer NOT NULL,
    institution_id bigint NOT NULL,
    batch text NOT NULL,
    quoted_on date NOT NULL,
    quoted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    standing text NOT NULL,
    total_fen bigint NOT NULL,
    in_scope_fen bigint NOT NULL CHECK (in_scope_fen >= 0),
    own_expense_fen bigint NOT NULL CHECK (own_expense_fen >= 0),
    prepay_fen bigint NOT NULL CHECK (prepay_fen >= 0),
    over_limit_fen bigint NOT NULL CHECK (over_limit_fen >= 0),
    pooled_fen bigint NOT NULL CHECK (pooled_fen >= 0),
    supplementary_fen bigint NOT NULL CHECK (supplementary_fen >= 0),
    current_account_fen bigint NOT NULL CHECK (current_account_fen >= 0),
    historic_account_fen bigint NOT NULL CHECK (historic_account_fen >= 0),
    cash_fen bigint NOT NULL CHECK (cash_fen >= 0),
    schemes text[] NOT NULL,
    years smallint[] NOT NULL,
    deductibles_fen bigint[] NOT NULL,
    counted_fen bigint[] NOT NULL,
    accounts text[] NOT NULL,
    amounts_fen bigint[] NOT NULL,
    told jsonb NOT NULL,
    PRIMARY KEY (person_id, quote_id),
    CONSTRAINT settlement_quote_adds_up CHECK (
        total_fen = in_scope_fen + own_expense_fen + prepay_fen + over_limit_fen
        AND total_fen = pooled_fen + supplementary_fen + current_account_fen + historic_account_fen + cash_fen)
);
COMMENT ON TABLE settlement_quote IS 'person-owned: what a batch or a stay comes to, by where the person stood then';
COMMENT ON COLUMN settlement_quote.standing IS 'what `settlement_standing` said: a quote is confirmed while it says the same';
COMMENT ON COLUMN settlement_quote.years IS 'the medical years that the bills count in, with `schemes`, `deductibles_fen` and `counted_fen`';
COMMENT ON COLUMN settlement_quote.accounts IS 'what is booked when it is confirmed, with `amounts_fen`: positive is debit';
COMMENT ON COLUMN settlement_quote.told IS 'why: the bills, their rules and their sentences';

CREATE TABLE settlement (
    person_id bigint NOT NULL,
    settlement_id bigint NOT NULL,
    quote_id bigint NOT NULL,
    visit_id bigint NOT NULL,
    batch text NOT NULL,
    institution_id bigint NOT NULL,
    number text NOT NULL,
    card_id bigint NOT NULL,
    settled_on date NOT NULL,
    settled_at timestamptz NOT NULL,
    total_fen bigint NOT NULL,
    in_scope_fen bigint NOT NULL CHECK (in_scope_fen >= 0),
    own_expense_fen bigint NOT NULL CHECK (own_expense_fen >= 0),
    prepay_fen bigint NOT NULL CHECK (prepay_fen >= 0),
    over_limit_fen bigint NOT NULL CHECK (over_limit_fen >= 0),
    pooled_fen bigint NOT NULL CHECK (pooled_fen >= 0),
    supplementary_fen bigint NOT NULL CHECK (supplementary_fen >= 0),
    current_account_fen bigint NOT NULL CHECK (current_account_fen >= 0),
    historic_account_fen bigint NOT NULL CHECK (historic_account_fen >= 0),
    cash_fen bigint NOT NULL CHECK (cash_fen >= 0),
    entry_id bigint,
    reversed_on date,
    reversed_at timestamptz,
    reversed_by text,
    reversal_entry_id bigint,
    PRIMARY KEY (person_id, settlement_id),
    CONSTRAINT settlement_adds_up CHECK (
        total_fen = in_scope_fen + own_expense_fen + prepay_fen + over_limit_fen
        AND total_fen = pooled_fen + supplementary_fen + current_account_fen + historic_account_fen + cash_fen),
    CONSTRAINT settlement_booked CHECK ((entry_id IS NULL) = (total_fen = cash_fen)),
    CONSTRAINT settlement_reversed CHECK (
        (reversed_on IS NULL) = (reversed_at IS NULL) AND (reversed_at IS NULL) = (reversed_by IS NULL)
        AND (reversal_entry_id IS NULL) = (reversed_at IS NULL OR entry_id IS NULL))
);
COMMENT ON TABLE settlement IS 'person-owned: what was settled, and whether it was taken back; nothing else of it ever changes';
COMMENT ON COLUMN settlement.number IS 'the sender''s number of the message that confirmed it';
CREATE UNIQUE INDEX settlement_one_live ON settlement (person_id, visit_id, batch) WHERE reversed_at IS NULL;
CREATE UNIQUE INDEX settlement_of_quote ON settlement (person_id, quote_id);
CREATE INDEX settlement_by_day ON settlement (institution_id, settled_on);
CREATE INDEX settlement_by_reversal_day ON settlement (institution_id, reversed_on) WHERE reversed_on IS NOT NULL;

CREATE FUNCTION settlement_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER settlement_for_good BEFORE UPDATE ON settlement FOR EACH ROW EXECUTE FUNCTION settlement_guard();
CREATE FUNCTION settlement_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'settlements are kept: take one back by its reversal' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER settlement_never_deleted BEFORE DELETE ON settlement
    FOR EACH ROW EXECUTE FUNCTION settlement_kept();

CREATE TABLE settlement_message_directory (
    number text NOT NULL CHECK (length(number) BETWEEN 1 AND 64),
    institution_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('confirm', 'reversal', 'withdrawn')),
    says text NOT NULL,
    person_id bigint,
    settlement_id bigint,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (number, institution_id),
    CONSTRAINT settlement_message_whose CHECK ((person_id IS NULL) = (settlement_id IS NULL)),
    CONSTRAINT settlement_message_of CHECK (kind <> 'confirm' OR settlement_id IS NOT NULL)
);
COMMENT ON TABLE settlement_message_directory IS 'keyed by number: senders'' messages that were done, each once; withdrawn: its reversal came first';
COMMENT ON COLUMN settlement_message_directory.says IS 'what it said: the same number with anything else is refused; of a withdrawn one the number that withdrew it';

-- Books one entry within a command that is a function itself; the balances of personal accounts move with it. Debits are
-- positive. What it may not do, the ledger's own constraints refuse.
CREATE FUNCTION ledger_post(
    p_person_id bigint, p_entry_id bigint, p_kind text, p_reference bigint, p_reverses bigint, p_booked_on date,
    p_now timestamptz, p_accounts text[], p_owners bigint[], p_amounts bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
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

-- Where somebody stands, as one text: everything that a quote goes by and that may move.
CREATE FUNCTION settlement_standing(p_person_id bigint, p_on date) RETURNS text LANGUAGE sql STABLE AS $$
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

CREATE FUNCTION settlement_confirm(
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
    IF card_id IS NULL THEN
        outcome := 'not_holder';
        RETURN;
    END IF;
    SELECT q.* INTO v_quote FROM settlement_quote AS q
    WHERE q.person_id = p_person_id AND q.quote_id = p_quote_id AND q.institution_id = p_institution_id;
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
            ARRAY(SELECT CASE a.account WHEN 'institution' THEN p_institution_id ELSE 0 END
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

CREATE FUNCTION settlement_reverse(
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
            ARRAY(SELECT CASE a.account WHEN 'institution' THEN p_institution_id ELSE 0 END
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

CREATE TABLE settlement_day (
    institution_id bigint NOT NULL,
    day date NOT NULL,
    theirs bigint[] NOT NULL CHECK (cardinality(theirs) = 5),
    ours bigint[] NOT NULL CHECK (cardinality(ours) = 5),
    compared_at timestamptz NOT NULL,
    PRIMARY KEY (institution_id, day)
);
COMMENT ON TABLE settlement_day IS 'keyed by institution_id: a day''s totals as they were last compared: messages, total, funds, accounts, cash';

CREATE TABLE settlement_difference (
    institution_id bigint NOT NULL,
    day date NOT NULL,
    number text NOT NULL,
    difference_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('missing_here', 'missing_there', 'amount_differs')),
    theirs bigint[] CHECK (cardinality(theirs) = 4),
    ours bigint[] CHECK (cardinality(ours) = 4),
    found_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by text,
    reason text,
    PRIMARY KEY (institution_id, day, number, difference_id),
    CONSTRAINT settlement_difference_kind CHECK (
        (kind = 'missing_here') = (ours IS NULL) AND (kind = 'missing_there') = (theirs IS NULL)),
    CONSTRAINT settlement_difference_closed CHECK (
        (closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (reason IS NULL) AND length(reason) > 0)
);
COMMENT ON TABLE settlement_difference IS 'keyed by institution_id: a message on which an institution and we do not agree: total, funds, accounts, cash; closed with a reason';
CREATE UNIQUE INDEX settlement_difference_one_open ON settlement_difference (institution_id, day, number)
    WHERE closed_at IS NULL;

CREATE FUNCTION settlement_difference_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a difference is kept, and what was closed stays so' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER settlement_difference_kept BEFORE UPDATE OR DELETE ON settlement_difference
    FOR EACH ROW EXECUTE FUNCTION settlement_difference_guard();
