-- name: take_turn
-- One count at a time; readers see the last one until the new one is whole.
SELECT pg_advisory_xact_lock(741091);

-- name: last_count
-- When the figures were last counted, and for which day.
SELECT counted_at, day FROM figure_count;

-- name: note_count
-- The figures are of now.
INSERT INTO figure_count (counted_at, day) VALUES (:now, :today)
ON CONFLICT (only_one) DO UPDATE SET counted_at = excluded.counted_at, day = excluded.day;

-- name: forget_days
-- Counted anew as a whole: a figure that is kept up to date event by event drifts, and nobody can tell since when.
DELETE FROM figure_day;

-- name: forget_backlog
-- As above.
DELETE FROM figure_backlog;

-- name: forget_population
-- As above.
DELETE FROM figure_population;

-- name: count_applied
-- Applications by the day on which they were handed in. First into one small cube, then by one dimension at a time.
INSERT INTO figure_day (dimension, value, measure, day, number)
SELECT said.dimension, said.value, 'applied', cube.day, sum(cube.number)
FROM (
    SELECT (a.applied_at AT TIME ZONE 'Asia/Shanghai')::date AS day, coalesce(p.district_code, '') AS district,
           bank.code AS bank, a.channel, a.group_code, count(*) AS number
    FROM application AS a
    JOIN person AS p ON p.person_id = a.person_id
    JOIN institution AS bank ON bank.institution_id = a.bank_id
    GROUP BY 1, 2, 3, 4, 5
) AS cube,
LATERAL (VALUES ('city', ''), ('district', cube.district), ('bank', cube.bank), ('channel', cube.channel),
                ('group', cube.group_code)) AS said(dimension, value)
GROUP BY said.dimension, said.value, cube.day;

-- name: count_cards
-- New cards by the day on which they were made, opened, or ended unopened; a card made without an order of ours counts
-- from its day of issue.
INSERT INTO figure_day (dimension, value, measure, day, number)
SELECT said.dimension, said.value, cube.measure, cube.day, sum(cube.number)
FROM (
    SELECT dated.measure, dated.day, coalesce(p.district_code, '') AS district, coalesce(bank.code, '') AS bank,
           coalesce(a.channel, '') AS channel, coalesce(a.group_code, '') AS group_code, count(*) AS number
    FROM card AS c
    LEFT JOIN application AS a ON a.person_id = c.person_id AND a.card_id = c.card_id
    LEFT JOIN production_order AS o
        ON o.person_id = c.person_id AND o.card_number = c.card_number AND o.status = 'made'
    LEFT JOIN person AS p ON p.person_id = c.person_id
    LEFT JOIN institution AS bank ON bank.institution_id = c.bank_id,
    LATERAL (VALUES
        ('made', coalesce((o.updated_at AT TIME ZONE 'Asia/Shanghai')::date, c.issued_on)),
        ('opened', (c.social_opened_at AT TIME ZONE 'Asia/Shanghai')::date),
        ('ended_unopened', CASE WHEN c.social_opened_at IS NULL THEN (c.void_at AT TIME ZONE 'Asia/Shanghai')::date END)
    ) AS dated(measure, day)
    WHERE c.generation = 'new' AND dated.day IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6
) AS cube,
LATERAL (VALUES ('city', ''), ('district', cube.district), ('bank', cube.bank), ('channel', cube.channel),
                ('group', cube.group_code)) AS said(dimension, value)
GROUP BY said.dimension, said.value, cube.measure, cube.day;

-- name: count_delivered
-- Cards by the day on which somebody took them from the courier, at the outlet, or where they were made on the spot.
INSERT INTO figure_day (dimension, value, measure, day, number)
SELECT said.dimension, said.value, 'delivered', cube.day, sum(cube.number)
FROM (
    SELECT (handed.received_at AT TIME ZONE 'Asia/Shanghai')::date AS day, coalesce(p.district_code, '') AS district,
           bank.code AS bank, a.channel, a.group_code, count(*) AS number
    FROM (
        SELECT person_id, application_id, received_at FROM parcel WHERE received_at IS NOT NULL
        UNION ALL
        SELECT person_id, application_id, handed_over_at FROM instant_issue WHERE handed_over_at IS NOT NULL
    ) AS handed
    JOIN application AS a ON a.person_id = handed.person_id AND a.application_id = handed.application_id
    JOIN person AS p ON p.person_id = handed.person_id
    JOIN institution AS bank ON bank.institution_id = a.bank_id
    GROUP BY 1, 2, 3, 4, 5
) AS cube,
LATERAL (VALUES ('city', ''), ('district', cube.district), ('bank', cube.bank), ('channel', cube.channel),
                ('group', cube.group_code)) AS said(dimension, value)
GROUP BY said.dimension, said.value, cube.day;

-- name: count_old
-- Old cards by the day of their issue and the day of their end: what was good on a day is the one less the other.
INSERT INTO figure_day (dimension, value, measure, day, number)
SELECT said.dimension, said.value, cube.measure, cube.day, sum(cube.number)
FROM (
    SELECT dated.measure, dated.day, coalesce(p.district_code, '') AS district, count(*) AS number
    FROM card AS c
    LEFT JOIN person AS p ON p.person_id = c.person_id,
    LATERAL (VALUES ('old_issued', c.issued_on), ('old_void', (c.void_at AT TIME ZONE 'Asia/Shanghai')::date))
        AS dated(measure, day)
    WHERE c.generation = 'old' AND dated.day IS NOT NULL
    GROUP BY 1, 2, 3
) AS cube,
LATERAL (VALUES ('city', ''), ('district', cube.district)) AS said(dimension, value)
GROUP BY said.dimension, said.value, cube.measure, cube.day;

-- name: count_backlog
-- What is handed in and not made yet, by age in days; overdue as promised to the applicant.
INSERT INTO figure_backlog (dimension, value, status, age_days, overdue, number)
SELECT said.dimension, said.value, cube.status, cube.age_days, cube.overdue, sum(cube.number)
FROM (
    SELECT a.status, greatest(:today - (a.applied_at AT TIME ZONE 'Asia/Shanghai')::date, 0) AS age_days,
           coalesce(a.due_on < :today, false) AS overdue, coalesce(p.district_code, '') AS district,
           bank.code AS bank, a.channel, a.group_code, count(*) AS number
    FROM application AS a
    JOIN person AS p ON p.person_id = a.person_id
    JOIN institution AS bank ON bank.institution_id = a.bank_id
    WHERE a.status = ANY (:statuses::text[])
    GROUP BY 1, 2, 3, 4, 5, 6, 7
) AS cube,
LATERAL (VALUES ('city', ''), ('district', cube.district), ('bank', cube.bank), ('channel', cube.channel),
                ('group', cube.group_code)) AS said(dimension, value)
GROUP BY said.dimension, said.value, cube.status, cube.age_days, cube.overdue;

-- name: alike
-- The living, as many as are alike in all that the rules may ask for; what the rules say of each kind is asked once.
SELECT date_part('year', age(:today, p.birth_date))::integer AS age, p.hukou, p.insured, p.insured_status,
       p.employer_id IS NOT NULL AS employed, coalesce(p.school_stage, 'none') AS school_stage,
       coalesce(p.district_code, '') AS district, p.pension_bank,
       coalesce(payroll.banks, 0) AS payroll_banks, coalesce(payroll.chosen, false) AS bank_chosen,
       count(*) AS people, count(*) FILTER (WHERE held.made) AS made, count(*) FILTER (WHERE held.opened) AS opened,
       count(*) FILTER (WHERE held.on_old) AS on_old,
       count(*) FILTER (WHERE held.on_old AND NOT held.made) AS on_old_only
FROM person AS p
LEFT JOIN (
    SELECT person_id, bool_or(generation = 'new') AS made,
           bool_or(generation = 'new' AND social IN ('open', 'suspended')) AS opened,
           bool_or(generation = 'old' AND social = 'open') AS on_old
    FROM card
    WHERE social <> 'void'
    GROUP BY person_id
) AS held ON held.person_id = p.person_id
LEFT JOIN (
    SELECT employer_id, count(DISTINCT bank_id) FILTER (WHERE rank <> :chosen_elsewhere) AS banks,
           bool_or(chosen) AS chosen
    FROM payroll_bank
    WHERE bank_id IS NOT NULL
    GROUP BY employer_id
) AS payroll ON payroll.employer_id = p.employer_id
WHERE p.died_on IS NULL OR p.died_on > :today
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

-- name: days
-- One dimension of the figures by day.
SELECT day, value, measure, number
FROM figure_day
WHERE dimension = :dimension AND (:value::text IS NULL OR value = :value) AND day BETWEEN :first AND :last
ORDER BY day, value, measure;

-- name: totals
-- The sums of one dimension up to a day.
SELECT value, measure, sum(number)::bigint AS number
FROM figure_day
WHERE dimension = :dimension AND day <= :last
GROUP BY value, measure;

-- name: backlog
-- One dimension of the backlog.
SELECT value, status, age_days, overdue, number
FROM figure_backlog
WHERE dimension = :dimension
ORDER BY value, status, age_days, overdue;

-- name: population
-- Who may have a card.
SELECT district_code, group_code, complete_by, people, made, opened, on_old, on_old_only
FROM figure_population
ORDER BY district_code, group_code, complete_by;

-- name: last_settled_day
-- The last day of which figures of settlement are kept.
SELECT max(day) FROM figure_settlement;

-- name: settling_institutions
-- Who may ever have settled here: asked one by one, their index by day finds what is new without reading what is old.
SELECT institution_id FROM institution WHERE kind = ANY (:kinds::text[]);

-- name: forget_settlements
-- Days that are counted anew.
DELETE FROM figure_settlement WHERE day >= :since;

-- name: count_settlements
-- Settlements by the day on which they were made, reversals by theirs, by one dimension at a time. What kind a visit was is told
-- without looking for it: pharmacies sell medicine, and only a stay is one batch without a name.
INSERT INTO figure_settlement (dimension, value, day, settlements, reversals, total_fen, pooled_fen, supplementary_fen,
                               account_fen, cash_fen, reversed_fen, reversed_fund_fen)
SELECT said.dimension, said.value, moved.day, sum(settlements), sum(reversals), sum(total_fen), sum(pooled_fen),
       sum(supplementary_fen), sum(account_fen), sum(cash_fen), sum(reversed_fen), sum(reversed_fund_fen)
FROM (
    SELECT institution_id, batch = '' AS stay, settled_on AS day, count(*) AS settlements, 0 AS reversals,
           sum(total_fen) AS total_fen, sum(pooled_fen) AS pooled_fen, sum(supplementary_fen) AS supplementary_fen,
           sum(current_account_fen + historic_account_fen) AS account_fen, sum(cash_fen) AS cash_fen,
           0 AS reversed_fen, 0 AS reversed_fund_fen
    FROM settlement
    WHERE institution_id = ANY (:at::bigint[]) AND settled_on >= :since
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT institution_id, batch = '', reversed_on, 0, count(*), 0, 0, 0, 0, 0, sum(total_fen),
           sum(pooled_fen + supplementary_fen)
    FROM settlement
    WHERE institution_id = ANY (:at::bigint[]) AND reversed_on >= :since
    GROUP BY 1, 2, 3
) AS moved
LEFT JOIN institution AS i ON i.institution_id = moved.institution_id,
LATERAL (VALUES
    ('city', ''), ('institution', coalesce(i.code, moved.institution_id::text)), ('district', coalesce(i.district_code, '')),
    ('kind', CASE WHEN i.kind = 'pharmacy' THEN 'pharmacy' WHEN moved.stay THEN 'inpatient' ELSE 'outpatient' END)
) AS said(dimension, value)
GROUP BY said.dimension, said.value, moved.day;

-- name: count_timeouts
-- Confirmations that were barred before they came, by the day on which they were.
INSERT INTO figure_settlement AS f (dimension, value, day, timeouts)
SELECT said.dimension, said.value, cube.day, sum(cube.number)
FROM (
    SELECT (m.taken_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
           coalesce(i.code, m.institution_id::text) AS code, coalesce(i.district_code, '') AS district,
           count(*) AS number
    FROM settlement_message_directory AS m
    LEFT JOIN institution AS i ON i.institution_id = m.institution_id
    WHERE m.kind = 'withdrawn' AND m.taken_at >= :since_moment
    GROUP BY 1, 2, 3
) AS cube,
LATERAL (VALUES ('city', ''), ('institution', cube.code), ('district', cube.district)) AS said(dimension, value)
GROUP BY said.dimension, said.value, cube.day
ON CONFLICT (dimension, value, day) DO UPDATE SET timeouts = excluded.timeouts;

-- name: forget_differences
-- They are counted anew as a whole: what is open is little.
DELETE FROM figure_difference;

-- name: count_differences
-- Differences of reconciliation that are open.
INSERT INTO figure_difference (dimension, value, number, oldest_day)
SELECT said.dimension, said.value, sum(cube.number), min(cube.oldest_day)
FROM (
    SELECT coalesce(i.code, d.institution_id::text) AS code, coalesce(i.district_code, '') AS district,
           count(*) AS number, min(d.day) AS oldest_day
    FROM settlement_difference AS d
    LEFT JOIN institution AS i ON i.institution_id = d.institution_id
    WHERE d.closed_at IS NULL
    GROUP BY 1, 2
) AS cube,
LATERAL (VALUES ('city', ''), ('institution', cube.code), ('district', cube.district)) AS said(dimension, value)
GROUP BY said.dimension, said.value;

-- name: settled_days
-- One part of the city by day.
SELECT day, settlements, reversals, timeouts, total_fen, pooled_fen, supplementary_fen, account_fen, cash_fen,
       reversed_fen, reversed_fund_fen
FROM figure_settlement
WHERE dimension = :dimension AND value = :value AND day BETWEEN :first AND :last
ORDER BY day;

-- name: settled_sums
-- All values of one dimension over some days.
SELECT value, sum(settlements)::bigint AS settlements, sum(reversals)::bigint AS reversals,
       sum(timeouts)::bigint AS timeouts, sum(total_fen)::bigint AS total_fen, sum(pooled_fen)::bigint AS pooled_fen,
       sum(supplementary_fen)::bigint AS supplementary_fen, sum(account_fen)::bigint AS account_fen,
       sum(cash_fen)::bigint AS cash_fen, sum(reversed_fen)::bigint AS reversed_fen,
       sum(reversed_fund_fen)::bigint AS reversed_fund_fen
FROM figure_settlement
WHERE dimension = :dimension AND day BETWEEN :first AND :last
GROUP BY value
ORDER BY settlements DESC, value;

-- name: differences
-- What is to be worked off.
SELECT value, number, oldest_day FROM figure_difference WHERE dimension = :dimension ORDER BY number DESC, value;
