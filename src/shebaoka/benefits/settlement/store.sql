-- name: designate
-- From when to when an institution settles, and of which level it is.
INSERT INTO designation (institution_id, since, until, level, noted_at)
VALUES (:institution_id, :since, :until, :level, :now)
ON CONFLICT (institution_id, since) DO UPDATE
SET until = excluded.until, level = excluded.level, noted_at = excluded.noted_at;

-- name: designation
-- What holds for an institution on a day: the latest that has begun.
SELECT institution_id, since, until, level FROM designation
WHERE institution_id = :institution_id AND since <= :on
ORDER BY since DESC
LIMIT 1;

-- name: add_visit
-- A visit under the institution's own number, once.
INSERT INTO medical_visit (person_id, visit_id, institution_id, number, kind, status, began_on, opened_at, card_id)
VALUES (:person_id, :visit_id, :institution_id, :number, :kind, 'open', :began_on, :now, :card_id)
ON CONFLICT (person_id, institution_id, number) DO NOTHING;

-- name: visit_of_number
-- The visit that an institution gave this number.
SELECT person_id, visit_id, institution_id, number, kind, status, began_on, ended_on, version, card_id FROM medical_visit
WHERE person_id = :person_id AND institution_id = :institution_id AND number = :number;

-- name: visit
-- A visit, for the institution where it is.
SELECT person_id, visit_id, institution_id, number, kind, status, began_on, ended_on, version, card_id FROM medical_visit
WHERE person_id = :person_id AND visit_id = :visit_id AND institution_id = :institution_id;

-- name: lock_visit
-- The same, and nobody else changes it or settles it until the transaction ends.
SELECT person_id, visit_id, institution_id, number, kind, status, began_on, ended_on, version, card_id FROM medical_visit
WHERE person_id = :person_id AND visit_id = :visit_id AND institution_id = :institution_id
FOR UPDATE;

-- name: move_visit
-- A visit as a command leaves it: quotes of before hold no more.
UPDATE medical_visit SET status = :status, ended_on = :ended_on, version = version + 1
WHERE person_id = :person_id AND visit_id = :visit_id;

-- name: visits
-- Visits of somebody, newest first.
SELECT person_id, visit_id, institution_id, number, kind, status, began_on, ended_on, version, card_id FROM medical_visit
WHERE person_id = :person_id
ORDER BY visit_id DESC
LIMIT :rows_max;

-- name: unsettled_visits
-- What an institution has begun and neither settled nor cancelled, newest first.
SELECT v.person_id, v.visit_id, v.institution_id, v.number, v.kind, v.status, v.began_on, v.ended_on, v.version, v.card_id
FROM medical_visit AS v
WHERE v.institution_id = :institution_id AND v.status <> 'cancelled' AND (v.kind = 'inpatient' OR v.opened_at >= :since)
  AND NOT EXISTS (
      SELECT FROM settlement AS s
      WHERE s.person_id = v.person_id AND s.visit_id = v.visit_id AND s.reversed_at IS NULL)
ORDER BY v.opened_at DESC
LIMIT :rows_max;

-- name: settled_batch
-- The settlement of a batch that stands; any of the visit where no batch is named. A guest's stay that another province is
-- asked about is as good as settled: it was told so, and nothing of it may change meanwhile.
SELECT settlement_id FROM settlement
WHERE person_id = :person_id AND visit_id = :visit_id AND reversed_at IS NULL
  AND (:batch::text IS NULL OR batch = :batch)
UNION ALL
SELECT bill_id FROM cross_province_bill
WHERE person_id = :person_id AND visit_id = :visit_id AND status = 'asked'
LIMIT 1;

-- name: add_lines
-- Lines as the catalogue divided them; whoever has the number already is left out of the answer.
INSERT INTO medical_visit_line (person_id, visit_id, line, batch, served_on, item, item_class, limit_fen, prepay_percent,
                                amount_fen, in_scope_fen, own_expense_fen, prepay_fen, over_limit_fen, rule_id)
SELECT :person_id, :visit_id, line, :batch, served_on, item, item_class, limit_fen, prepay_percent,
       amount_fen, in_scope_fen, own_expense_fen, prepay_fen, over_limit_fen, rule_id
FROM unnest(:lines::text[], :days::date[], :items::text[], :classes::text[], :limits::bigint[], :percents::smallint[],
            :amounts::bigint[], :in_scope::bigint[], :own::bigint[], :prepay::bigint[], :over::bigint[], :rules::text[])
     AS new(line, served_on, item, item_class, limit_fen, prepay_percent, amount_fen, in_scope_fen, own_expense_fen,
            prepay_fen, over_limit_fen, rule_id)
ON CONFLICT (person_id, visit_id, line) DO NOTHING
RETURNING line;

-- name: lines_as_sent
-- Lines as they were sent, to hold a repetition against them.
SELECT line, batch, served_on, item, item_class, limit_fen, prepay_percent, amount_fen FROM medical_visit_line
WHERE person_id = :person_id AND visit_id = :visit_id AND line = ANY (:lines::text[]);

-- name: lines
-- Lines of a visit with what each was divided into, in the order of their numbers.
SELECT line, batch, served_on, item, item_class AS catalogue_class, amount_fen, in_scope_fen, own_expense_fen, prepay_fen, over_limit_fen
FROM medical_visit_line
WHERE person_id = :person_id AND visit_id = :visit_id
ORDER BY batch, line
LIMIT :rows_max;

-- name: remove_lines
-- Lines of a batch that is not settled, all of it where none are named.
DELETE FROM medical_visit_line
WHERE person_id = :person_id AND visit_id = :visit_id AND batch = :batch
  AND (:lines::text[] IS NULL OR line = ANY (:lines::text[]));

-- name: batches_of
-- In which batches lines of a visit are.
SELECT DISTINCT batch FROM medical_visit_line
WHERE person_id = :person_id AND visit_id = :visit_id AND line = ANY (:lines::text[]);

-- name: regroup_lines
-- Lines go to another batch, to be settled together.
UPDATE medical_visit_line SET batch = :batch
WHERE person_id = :person_id AND visit_id = :visit_id AND line = ANY (:lines::text[]) AND batch <> :batch;

-- name: parts
-- The four parts of a batch, by the day of the care.
SELECT served_on, sum(in_scope_fen)::bigint, sum(own_expense_fen)::bigint, sum(prepay_fen)::bigint,
       sum(over_limit_fen)::bigint
FROM medical_visit_line
WHERE person_id = :person_id AND visit_id = :visit_id AND batch = :batch
GROUP BY served_on
ORDER BY served_on;

-- name: add_quote
-- What it comes to, with where the person stands at this moment: balances and sums are locked by now.
INSERT INTO settlement_quote (
    person_id, quote_id, visit_id, visit_version, institution_id, batch, quoted_on, quoted_at, expires_at, standing,
    total_fen, in_scope_fen, own_expense_fen, prepay_fen, over_limit_fen, pooled_fen, supplementary_fen,
    current_account_fen, historic_account_fen, cash_fen, schemes, years, deductibles_fen, counted_fen, accounts,
    amounts_fen, told, province_id, guest)
VALUES (
    :person_id, :quote_id, :visit_id, :version, :institution_id, :batch, :today, :now, :expires_at,
    settlement_standing(:person_id, :today),
    :total_fen, :in_scope_fen, :own_expense_fen, :prepay_fen, :over_limit_fen, :pooled_fen, :supplementary_fen,
    :current_account_fen, :historic_account_fen, :cash_fen, :schemes, :years, :deductibles, :counted, :accounts,
    :amounts, :told, :province_id, :guest);

-- name: last_quote
-- The newest quote of a visit, if it can still be confirmed: in time, of today, neither used nor overtaken.
SELECT q.quote_id, q.batch, q.expires_at,
       jsonb_build_object(
           'total_fen', q.total_fen, 'in_scope_fen', q.in_scope_fen, 'own_expense_fen', q.own_expense_fen,
           'prepay_fen', q.prepay_fen, 'over_limit_fen', q.over_limit_fen, 'pooled_fen', q.pooled_fen,
           'supplementary_fen', q.supplementary_fen, 'current_account_fen', q.current_account_fen,
           'historic_account_fen', q.historic_account_fen, 'cash_fen', q.cash_fen)::text,
       q.told::text
FROM settlement_quote AS q
WHERE q.person_id = :person_id AND q.visit_id = :visit_id AND q.visit_version = :version AND q.expires_at > :now
  AND q.quoted_on = :today
  AND NOT EXISTS (SELECT FROM settlement AS s WHERE s.person_id = q.person_id AND s.quote_id = q.quote_id)
ORDER BY q.quote_id DESC
LIMIT 1;

-- name: visit_of_quote
-- The visit that an institution quoted.
SELECT v.person_id, v.visit_id, v.institution_id, v.number, v.kind, v.status, v.began_on, v.ended_on, v.version, v.card_id
FROM settlement_quote AS q
JOIN medical_visit AS v ON v.person_id = q.person_id AND v.visit_id = q.visit_id
WHERE q.person_id = :person_id AND q.quote_id = :quote_id AND q.institution_id = :institution_id;

-- name: counted
-- What the bills of a quote count against the pooled fund's cap, in their order.
SELECT counted_fen FROM settlement_quote WHERE person_id = :person_id AND quote_id = :quote_id;

-- name: kind_of_quote
-- Which visit a quote is of, to quote it anew.
SELECT q.visit_id, q.batch, v.kind FROM settlement_quote AS q
JOIN medical_visit AS v ON v.person_id = q.person_id AND v.visit_id = q.visit_id
WHERE q.person_id = :person_id AND q.quote_id = :quote_id;

-- name: confirm
-- The hot path: number, card, quote, ledger, sums and audit of each message in one round trip; people in order, as batches lock them.
SELECT asked.no, outcome, settled::text, told::text, card_id, generation, social, financial, expires_on, void_at, void_reason,
       replaced_by, loss_until, died_on
FROM (
    SELECT * FROM unnest(:people::bigint[], :institutions::bigint[], :numbers::text[], :says::text[], :quotes::bigint[],
                         :visits::bigint[], :cards::text[], :settlements::bigint[], :entries::bigint[], :facts::bigint[],
                         :actors::text[], :organisations::bigint[])
         WITH ORDINALITY AS one(person_id, institution_id, number, says, quote_id, visit_id, card_number, new_id, new_entry_id,
                                new_fact_id, actor, organisation_id, no)
    ORDER BY person_id, no) AS asked,
LATERAL settlement_confirm(
    person_id, institution_id, number, says,
    CASE WHEN visit_id IS NULL THEN quote_id ELSE (
        SELECT q.quote_id FROM settlement_quote AS q
        WHERE q.person_id = asked.person_id AND q.quote_id = asked.quote_id AND q.visit_id = asked.visit_id) END,
    card_number, new_id, new_entry_id, new_fact_id, actor, organisation_id, :now, :today);

-- name: reverse
-- As quick on the way back.
SELECT outcome, settled::text
FROM settlement_reverse(:institution_id, :number, :names, :entry_id, :fact_id, :actor, :organisation_id, :now, :today);

-- name: message
-- What became of a message.
SELECT kind, says, person_id, settlement_id FROM settlement_message_directory
WHERE number = :number AND institution_id = :institution_id;

-- name: settlement
-- One settlement of somebody.
SELECT to_jsonb(s)::text FROM settlement AS s WHERE s.person_id = :person_id AND s.settlement_id = :settlement_id;

-- name: settlements
-- What was settled for somebody, newest first.
SELECT to_jsonb(s)::text FROM settlement AS s
WHERE s.person_id = :person_id
ORDER BY s.settlement_id DESC
LIMIT :rows_max;

-- name: visit_settlements
-- What was settled of a visit, newest first.
SELECT to_jsonb(s)::text FROM settlement AS s
WHERE s.person_id = :person_id AND s.visit_id = :visit_id
ORDER BY s.settlement_id DESC
LIMIT :rows_max;

-- name: day_settlements
-- What an institution settled or took back on a day, newest first.
SELECT to_jsonb(s)::text FROM settlement AS s
WHERE s.institution_id = :institution_id AND (s.settled_on = :day OR s.reversed_on = :day)
ORDER BY greatest(s.settled_at, s.reversed_at) DESC
LIMIT :rows_max;

-- name: holder_bills
-- What was settled for somebody on some days, newest first, with the visit that it is of; some at a time.
SELECT to_jsonb(s)::text, v.kind, v.began_on, v.ended_on FROM settlement AS s
JOIN medical_visit AS v ON v.person_id = s.person_id AND v.visit_id = s.visit_id
WHERE s.person_id = :person_id AND s.settled_on BETWEEN :first AND :last
  AND (:settlement_id::bigint IS NULL OR s.settlement_id = :settlement_id)
  AND (:before::bigint IS NULL OR s.settlement_id < :before)
ORDER BY s.settlement_id DESC
LIMIT :rows_max;

-- name: batch_lines
-- What a batch consists of, by the day of the care, numbered; some at a time. Once it is settled no line comes or goes.
SELECT * FROM (
    SELECT row_number() OVER (ORDER BY served_on, line) AS no, line, served_on, item, item_class, amount_fen, in_scope_fen,
           own_expense_fen, prepay_fen, over_limit_fen
    FROM medical_visit_line
    WHERE person_id = :person_id AND visit_id = :visit_id AND batch = :batch
) AS numbered
WHERE no > :after
ORDER BY no
LIMIT :rows_max;

-- name: bills
-- Why a settlement came to what it did.
SELECT q.told::text FROM settlement_quote AS q WHERE q.person_id = :person_id AND q.quote_id = :quote_id;

-- name: day_details
-- What an institution's messages of a day settled (positive) and took back (negative).
SELECT number, total_fen, pooled_fen + supplementary_fen, current_account_fen + historic_account_fen, cash_fen
FROM settlement
WHERE institution_id = :institution_id AND settled_on = :day
UNION ALL
SELECT reversed_by, -total_fen, -pooled_fen - supplementary_fen, -current_account_fen - historic_account_fen, -cash_fen
FROM settlement
WHERE institution_id = :institution_id AND reversed_on = :day;

-- name: day_sums
-- What an institution's messages of a day sum to, part by part; a reversal counts against.
SELECT count(*), coalesce(sum(s.sign * s.total_fen), 0)::bigint, coalesce(sum(s.sign * s.in_scope_fen), 0)::bigint,
       coalesce(sum(s.sign * s.own_expense_fen), 0)::bigint, coalesce(sum(s.sign * s.prepay_fen), 0)::bigint,
       coalesce(sum(s.sign * s.over_limit_fen), 0)::bigint, coalesce(sum(s.sign * s.pooled_fen), 0)::bigint,
       coalesce(sum(s.sign * s.supplementary_fen), 0)::bigint, coalesce(sum(s.sign * s.current_account_fen), 0)::bigint,
       coalesce(sum(s.sign * s.historic_account_fen), 0)::bigint, coalesce(sum(s.sign * s.cash_fen), 0)::bigint
FROM (
    SELECT 1 AS sign, settlement.* FROM settlement WHERE institution_id = :institution_id AND settled_on = :day
    UNION ALL
    SELECT -1, settlement.* FROM settlement WHERE institution_id = :institution_id AND reversed_on = :day) AS s;

-- name: day_compared
-- How a day was last compared: theirs and ours.
SELECT theirs, ours FROM settlement_day WHERE institution_id = :institution_id AND day = :day;

-- name: note_day
-- Totals of a day, as they were compared last; whoever compares the same day waits here.
INSERT INTO settlement_day (institution_id, day, theirs, ours, compared_at)
VALUES (:institution_id, :day, :theirs, :ours, :now)
ON CONFLICT (institution_id, day) DO UPDATE
SET theirs = excluded.theirs, ours = excluded.ours, compared_at = excluded.compared_at;

-- name: day_differences
-- All differences of a day, those that are closed too.
SELECT institution_id, day, number, difference_id, kind, theirs, ours, found_at, closed_at, closed_by, reason
FROM settlement_difference
WHERE institution_id = :institution_id AND day = :day
ORDER BY number, difference_id;

-- name: open_differences
-- What is to be worked off, oldest day first.
SELECT institution_id, day, number, difference_id, kind, theirs, ours, found_at, closed_at, closed_by, reason
FROM settlement_difference
WHERE closed_at IS NULL AND (:institution_id::bigint IS NULL OR institution_id = :institution_id)
ORDER BY day, institution_id, number
LIMIT :rows_max;

-- name: find_differences
-- Differences of one institution or of all, open, closed or both, of some days; oldest day first.
SELECT institution_id, day, number, difference_id, kind, theirs, ours, found_at, closed_at, closed_by, reason
FROM settlement_difference
WHERE (:institution_id::bigint IS NULL OR institution_id = :institution_id)
  AND (:closed::boolean IS NULL OR (closed_at IS NOT NULL) = :closed)
  AND day BETWEEN :first AND :last
ORDER BY day, institution_id, number, difference_id
LIMIT :rows_max;

-- name: difference
-- One difference by its identifier.
SELECT institution_id, day, number, difference_id, kind, theirs, ours, found_at, closed_at, closed_by, reason
FROM settlement_difference
WHERE difference_id = :difference_id;

-- name: add_differences
-- Differences that a comparison found.
INSERT INTO settlement_difference (institution_id, day, number, difference_id, kind, theirs, ours, found_at)
SELECT :institution_id, :day, number, difference_id, kind, theirs::bigint[], ours::bigint[], :now
FROM unnest(:numbers::text[], :ids::bigint[], :kinds::text[], :theirs::text[], :ours::text[])
     AS new(number, difference_id, kind, theirs, ours);

-- name: close_differences
-- Differences that are closed, each for good.
UPDATE settlement_difference SET closed_at = :now, closed_by = :actor, reason = :reason
WHERE institution_id = :institution_id AND day = :day AND number = ANY (:numbers::text[]) AND closed_at IS NULL;

-- name: batch_quote
-- What a batch of a visit was last quoted at, by the institution where it is.
SELECT quote_id, total_fen, in_scope_fen, own_expense_fen, prepay_fen, over_limit_fen, pooled_fen, supplementary_fen,
       current_account_fen, historic_account_fen, cash_fen
FROM settlement_quote
WHERE person_id = :person_id AND visit_id = :visit_id AND batch = :batch AND institution_id = :institution_id
ORDER BY quote_id DESC
LIMIT 1;

-- name: note_care
-- What a visit was for, as it was last told.
INSERT INTO medical_visit_care (person_id, visit_id, care_type, sealed, noted_at)
VALUES (:person_id, :visit_id, :care_type, :sealed, :now)
ON CONFLICT (person_id, visit_id) DO UPDATE
SET care_type = excluded.care_type, sealed = excluded.sealed, noted_at = excluded.noted_at;

-- name: care
-- What visits of somebody were for; diagnoses are sealed.
SELECT visit_id, care_type, sealed FROM medical_visit_care
WHERE person_id = :person_id AND visit_id = ANY (:visits::bigint[]);

-- name: sums_of_days
-- What an institution settled and took back on some days, of one kind of visit and one scheme: how many, and sums of the parts.
SELECT taken_back, count(*), sum(total_fen)::bigint, sum(fund_fen)::bigint, sum(account_fen)::bigint, sum(cash_fen)::bigint
FROM (
    SELECT side.taken_back, s.total_fen, s.pooled_fen + s.supplementary_fen AS fund_fen,
           s.current_account_fen + s.historic_account_fen AS account_fen, s.cash_fen
    FROM settlement AS s
    JOIN settlement_quote AS q ON q.person_id = s.person_id AND q.quote_id = s.quote_id
    JOIN medical_visit AS v ON v.person_id = s.person_id AND v.visit_id = s.visit_id
    CROSS JOIN (VALUES (false), (true)) AS side(taken_back)
    WHERE s.institution_id = :institution_id AND v.kind = :kind AND q.schemes[1] = :scheme
      AND CASE WHEN side.taken_back THEN s.reversed_on ELSE s.settled_on END BETWEEN :first AND :last) AS moved
GROUP BY taken_back;

-- name: compared_until
-- How far an institution's days were compared.
SELECT max(day) FROM settlement_day WHERE institution_id = :institution_id;

-- name: days_that_differ
-- Days to compare once more: what was missing may have come.
SELECT DISTINCT d.day FROM settlement_difference AS d
JOIN settlement_day AS s ON s.institution_id = d.institution_id AND s.day = d.day
WHERE d.closed_at IS NULL AND d.institution_id = ANY (:institutions::bigint[]) AND s.compared_at < :before
ORDER BY d.day;

-- name: has_been_at
-- Whether somebody has had a visit at an institution.
SELECT EXISTS (SELECT FROM medical_visit WHERE person_id = :person_id AND institution_id = :institution_id);
