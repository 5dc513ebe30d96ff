-- name: step_done
-- Up to when something was done for everybody.
SELECT done_at FROM insurance_step WHERE step = :step;

-- name: note_step
-- It was done for everybody.
INSERT INTO insurance_step (step, done_at) VALUES (:step, :now)
ON CONFLICT (step) DO UPDATE SET done_at = excluded.done_at;

-- name: step_turn
-- One of these steps at a time.
SELECT pg_advisory_xact_lock(741025);

-- name: moved
-- People about whom the register says since a moment what their last spell does not; some at a time.
SELECT person.person_id, person.insured, person.insured_status, person.insured_since, last.scheme, last.status,
       last.begins_on
FROM person
LEFT JOIN LATERAL (
    SELECT spell.scheme, spell.status, spell.begins_on FROM insurance_spell AS spell
    WHERE spell.person_id = person.person_id
    ORDER BY spell.begins_on DESC
    LIMIT 1
) AS last ON true
WHERE person.person_id > :after AND person.updated_at >= :since
  AND (person.insured <> coalesce(last.scheme, 'none')
       OR (person.insured = 'employee' AND coalesce(nullif(person.insured_status, 'none'), 'active') <> last.status))
ORDER BY person.person_id
LIMIT :people_max;

-- name: put_spells
-- Spells; one that begins on the day of another takes its place.
INSERT INTO insurance_spell (person_id, begins_on, scheme, status, recorded_at)
SELECT person_id, begins_on, scheme, status, :now
FROM unnest(:people::bigint[], :begins_ons::date[], :schemes::text[], :statuses::text[])
     AS new(person_id, begins_on, scheme, status)
ON CONFLICT (person_id, begins_on) DO UPDATE
SET scheme = excluded.scheme, status = excluded.status, recorded_at = excluded.recorded_at;

-- name: note_retired
-- The day on which somebody was found to be retired; one that was stated stays.
INSERT INTO insured_life (person_id, retired_on, updated_at)
SELECT person_id, retired_on, :now FROM unnest(:people::bigint[], :retired_ons::date[]) AS new(person_id, retired_on)
ON CONFLICT (person_id) DO UPDATE
SET retired_on = coalesce(insured_life.retired_on, excluded.retired_on), updated_at = excluded.updated_at;

-- name: put_life
-- What is stated about somebody's working life.
INSERT INTO insured_life (person_id, worked_since, retired_on, severely_disabled, updated_at)
VALUES (:person_id, :worked_since, :retired_on, :severely_disabled, :now)
ON CONFLICT (person_id) DO UPDATE
SET worked_since = excluded.worked_since, retired_on = excluded.retired_on,
    severely_disabled = excluded.severely_disabled, updated_at = excluded.updated_at;

-- name: life
-- What else the rates go by.
SELECT worked_since, retired_on, severely_disabled FROM insured_life WHERE person_id = :person_id;

-- name: spell_on
-- In what somebody was insured on a day, and since when.
SELECT scheme, status, begins_on FROM insurance_spell
WHERE person_id = :person_id AND begins_on <= :on
ORDER BY begins_on DESC
LIMIT 1;

-- name: spells
-- All spells of somebody.
SELECT begins_on, scheme, status FROM insurance_spell WHERE person_id = :person_id ORDER BY begins_on;

-- name: accounts_to_open
-- People with an account that has not entered a medical year: who was insured by its first day, some at a time.
SELECT DISTINCT ON (spell.person_id) spell.person_id, spell.scheme, spell.status, person.birth_date,
       coalesce(balance.balance_fen, 0) AS current_fen
FROM insurance_spell AS spell
JOIN person ON person.person_id = spell.person_id
LEFT JOIN personal_balance AS balance
    ON balance.person_id = spell.person_id AND balance.account = 'personal_current'
LEFT JOIN account_year AS entered ON entered.person_id = spell.person_id AND entered.year = :year
WHERE spell.person_id > :after AND spell.begins_on <= :first AND entered.person_id IS NULL
  AND (person.died_on IS NULL OR person.died_on >= :first)
  AND (:person_id::bigint IS NULL OR spell.person_id = :person_id)
ORDER BY spell.person_id, spell.begins_on DESC
LIMIT :people_max;

-- name: enter_years
-- Accounts that entered a medical year; whoever another transaction was faster with is left out of the answer.
INSERT INTO account_year (person_id, year, carried_fen, credit_fen, rule_id, opened_at)
SELECT person_id, :year, carried_fen, credit_fen, rule_id, :now
FROM unnest(:people::bigint[], :carried::bigint[], :credits::bigint[], :rule_ids::text[])
     AS new(person_id, carried_fen, credit_fen, rule_id)
ON CONFLICT (person_id, year) DO NOTHING
RETURNING person_id;

-- name: sums
-- What counts for somebody in a medical year.
SELECT deductible_fen, pooled_fen FROM medical_year_sum
WHERE person_id = :person_id AND scheme = :scheme AND year = :year;

-- name: all_sums
-- What counts for somebody in every medical year, newest first.
SELECT scheme, year, deductible_fen, pooled_fen FROM medical_year_sum
WHERE person_id = :person_id
ORDER BY year DESC, scheme;

-- name: begin_sums
-- A year in which nothing counted yet.
INSERT INTO medical_year_sum (person_id, scheme, year) VALUES (:person_id, :scheme, :year)
ON CONFLICT (person_id, scheme, year) DO NOTHING;

-- name: lock_sums
-- What counts, and nobody else adds to it until the transaction ends.
SELECT deductible_fen, pooled_fen FROM medical_year_sum
WHERE person_id = :person_id AND scheme = :scheme AND year = :year
FOR UPDATE;

-- name: add_contribution
-- What was paid in. The unique index refuses a second time for the same month or year.
INSERT INTO contribution (person_id, contribution_id, scheme, period, base_fen, own_fen, employer_fen, paid_on, entry_id,
                          recorded_at)
VALUES (:person_id, :contribution_id, :scheme, :period, :base_fen, :own_fen, :employer_fen, :paid_on, :entry_id, :now);

-- name: contribution
-- One contribution of somebody.
SELECT contribution_id, scheme, period, base_fen, own_fen, employer_fen, paid_on, entry_id, taken_back_by
FROM contribution
WHERE person_id = :person_id AND contribution_id = :contribution_id
FOR UPDATE;

-- name: take_back_contribution
-- It was taken back by an entry of the ledger.
UPDATE contribution SET taken_back_by = :entry_id
WHERE person_id = :person_id AND contribution_id = :contribution_id;

-- name: contributions
-- What somebody paid in for some time, newest first; what was taken back too.
SELECT contribution_id, scheme, period, base_fen, own_fen, employer_fen, paid_on, entry_id, taken_back_by
FROM contribution
WHERE person_id = :person_id AND period BETWEEN :first AND :last
  AND (:before::bigint IS NULL OR (period, contribution_id) < (
      SELECT c.period, c.contribution_id FROM contribution AS c
      WHERE c.person_id = :person_id AND c.contribution_id = :before))
ORDER BY period DESC, contribution_id DESC
LIMIT :rows_max;

-- name: years
-- The medical years that somebody's account entered, newest first.
SELECT year, carried_fen, credit_fen, rule_id FROM account_year WHERE person_id = :person_id ORDER BY year DESC;

-- name: note_items
-- What the catalogue says of items from a day on; what was noted from the same day is replaced.
INSERT INTO medical_item (code, since, name, item_class, charge_type, price_limit, prepay_percent, noted_at)
SELECT code, since, name, item_class, charge_type, price_limit, prepay_percent, :now
FROM unnest(:codes::text[], :days::date[], :names::text[], :classes::text[], :types::text[], :limits::numeric[],
            :percents::smallint[])
     AS new(code, since, name, item_class, charge_type, price_limit, prepay_percent)
ON CONFLICT (code, since) DO UPDATE
SET name = excluded.name, item_class = excluded.item_class, charge_type = excluded.charge_type,
    price_limit = excluded.price_limit, prepay_percent = excluded.prepay_percent, noted_at = excluded.noted_at;

-- name: items
-- What holds for items, each on a day of its own: the latest that has begun.
SELECT DISTINCT ON (asked.code, asked.day)
    asked.day, code, since, name, item_class AS catalogue_class, charge_type, price_limit, prepay_percent
FROM unnest(:codes::text[], :days::date[]) AS asked(code, day) JOIN medical_item USING (code)
WHERE since <= asked.day
ORDER BY asked.code, asked.day, since DESC;
