-- name: cards_of
-- All cards of people, oldest first. A temporary loss report whose end has come is told no more, as in card_standing.
SELECT person_id, card_id, card_number, generation,
       CASE WHEN loss_until <= :now THEN CASE social WHEN 'lost_unopened' THEN 'unopened' ELSE 'open' END ELSE social END
           AS social,
       financial, bank_id, identification_code, reset_code, issued_on, expires_on, social_due_on, social_opened_at,
       financial_opened_at, void_at, void_reason, replaced_by,
       CASE WHEN loss_until <= :now THEN NULL ELSE loss END AS loss,
       CASE WHEN loss_until <= :now THEN NULL ELSE lost_at END AS lost_at,
       CASE WHEN loss_until <= :now THEN NULL ELSE loss_until END AS loss_until,
       version
FROM card
WHERE person_id = ANY (:people::bigint[])
ORDER BY person_id, card_id;

-- name: reported_by
-- Who made a loss report, as its own audit fact tells: the card itself names nobody.
SELECT actor FROM audit_fact
WHERE person_id = :person_id AND action = 'card.loss_reported' AND subject = :card AND at = :lost_at
LIMIT 1;

-- name: directory
-- Who holds these card numbers, and as which card.
SELECT card_number, person_id, card_id FROM card_directory WHERE card_number = ANY (:numbers::text[]);

-- name: enter_directory
-- A number is given once, whoever comes first.
INSERT INTO card_directory (card_number, person_id, card_id)
SELECT card_number, person_id, card_id
FROM unnest(:numbers::text[], :people::bigint[], :cards::bigint[]) AS new(card_number, person_id, card_id)
ON CONFLICT DO NOTHING;

-- name: leave_directory
-- Numbers entered in this very transaction whose card was then refused.
DELETE FROM card_directory
USING unnest(:numbers::text[], :cards::bigint[]) AS gone(card_number, card_id)
WHERE card_directory.card_number = gone.card_number AND card_directory.card_id = gone.card_id;

-- name: insert_old
-- Old cards are good when they come; a person with a live card gets no second one.
INSERT INTO card (person_id, card_id, card_number, generation, social, financial, issued_on)
SELECT person_id, card_id, card_number, 'old', 'open', 'none', issued_on
FROM unnest(:people::bigint[], :cards::bigint[], :numbers::text[], :issued::date[])
     AS new(person_id, card_id, card_number, issued_on)
ON CONFLICT DO NOTHING
RETURNING card_id;

-- name: insert_made
-- New cards come with both functions unopened.
INSERT INTO card (person_id, card_id, card_number, generation, social, financial, bank_id, identification_code, reset_code,
                  issued_on, expires_on)
SELECT person_id, card_id, card_number, 'new', 'unopened', 'unopened', bank_id, identification_code, reset_code,
       issued_on, expires_on
FROM unnest(:people::bigint[], :cards::bigint[], :numbers::text[], :issued::date[], :banks::bigint[],
            :identification_codes::text[], :reset_codes::text[], :expires::date[])
     AS new(person_id, card_id, card_number, issued_on, bank_id, identification_code, reset_code, expires_on)
ON CONFLICT DO NOTHING
RETURNING card_id;

-- name: serials
-- As many serials as are asked for, never given again.
SELECT nextval('card_serial') FROM generate_series(1, :count);

-- name: open_one
-- The hot path: one call that Citus may hand to the machine of the person.
SELECT outcome, card_number, social, financial, voided
FROM card_open(:person_id, :card_id, :social_on::date, :financial, :bank_id::bigint, :now, :today);

-- name: open_many
-- A list of openings, each on its own; sorted by person so that two lists take turns instead of locking each other out.
SELECT asked.ordinal, done.outcome, done.card_number, done.social, done.financial, done.voided
FROM unnest(:people::bigint[], :cards::bigint[], :social_ons::date[], :financials::boolean[], :banks::bigint[])
     WITH ORDINALITY AS asked(person_id, card_id, social_on, financial, bank_id, ordinal),
     LATERAL card_open(asked.person_id, asked.card_id, asked.social_on, asked.financial, asked.bank_id, :now, :today) AS done
ORDER BY asked.ordinal;

-- name: promises_due
-- Openings promised by outlets elsewhere whose day has come.
SELECT person_id, card_id FROM card
WHERE social_due_on <= :today
ORDER BY person_id
LIMIT :cards_max;

-- name: receive
-- Since when an unopened card is in its holder's hand; its first reminder is reckoned from there.
UPDATE card SET received_on = told.received_on, remind_on = told.received_on, version = version + 1
FROM unnest(:people::bigint[], :cards::bigint[], :days::date[]) AS told(person_id, card_id, received_on)
WHERE card.person_id = told.person_id AND card.card_id = told.card_id
  AND card.social = 'unopened' AND card.received_on IS NULL;

-- name: take_turn
-- One run of reminders at a time.
SELECT pg_advisory_xact_lock(741051);

-- name: reminders_due
-- Unopened cards whose day to look at them has come; one whose opening is promised is left to the promise.
SELECT person_id, card_id, received_on, reminded_on, expires_on
FROM card
WHERE social = 'unopened' AND remind_on <= :today AND social_due_on IS NULL
ORDER BY remind_on
LIMIT :cards_max;

-- name: remind
-- When each is looked at again (never: its reminders are over); one that was opened meanwhile is missing from the answer.
UPDATE card
SET remind_on = due.remind_on, reminded_on = coalesce(due.reminded_on, card.reminded_on), version = version + 1
FROM unnest(:people::bigint[], :cards::bigint[], :next_days::date[], :reminded::date[])
    AS due(person_id, card_id, remind_on, reminded_on)
WHERE card.person_id = due.person_id AND card.card_id = due.card_id
  AND card.social = 'unopened' AND card.remind_on <= :today
RETURNING card.person_id, card.card_id;

-- name: unopened
-- Cards in their holders' hands that are not open, oldest first. The partial index holds these cards only.
SELECT card.person_id, card.card_id, card.bank_id, card.received_on, card.reminded_on, person.district_code,
       person.employer_id
FROM card JOIN person ON person.person_id = card.person_id
WHERE card.social = 'unopened' AND card.received_on IS NOT NULL AND card.card_id > :after
  AND (:district::text IS NULL OR person.district_code = :district)
ORDER BY card.card_id
LIMIT :cards_max;

-- name: unopened_of_bank
-- The same of one bank; a question of its own, so that its own partial index answers it.
SELECT card.person_id, card.card_id, card.bank_id, card.received_on, card.reminded_on, person.district_code,
       person.employer_id
FROM card JOIN person ON person.person_id = card.person_id
WHERE card.social = 'unopened' AND card.received_on IS NOT NULL AND card.bank_id = :bank_id AND card.card_id > :after
  AND (:district::text IS NULL OR person.district_code = :district)
ORDER BY card.card_id
LIMIT :cards_max;

-- name: unopened_of_employer
-- The same of one employer's people: from the people to their cards.
SELECT card.person_id, card.card_id, card.bank_id, card.received_on, card.reminded_on, person.district_code,
       person.employer_id
FROM person JOIN card ON card.person_id = person.person_id
WHERE person.employer_id = :employer_id
  AND card.social = 'unopened' AND card.received_on IS NOT NULL AND card.card_id > :after
  AND (:bank_id::bigint IS NULL OR card.bank_id = :bank_id)
  AND (:district::text IS NULL OR person.district_code = :district)
ORDER BY card.card_id
LIMIT :cards_max;

-- name: unopened_counts
-- How many unopened cards are in people's hands, by district, bank and how long (0: before the first of the days).
SELECT person.district_code, card.bank_id, width_bucket(:today::date - card.received_on, :days::integer[]) AS band,
       count(*) AS cards
FROM card JOIN person ON person.person_id = card.person_id
WHERE card.social = 'unopened' AND card.received_on IS NOT NULL
GROUP BY person.district_code, card.bank_id, band;

-- name: unopened_by_employer
-- The employers with the most of them.
SELECT person.employer_id, count(*) AS cards
FROM card JOIN person ON person.person_id = card.person_id
WHERE card.social = 'unopened' AND card.received_on IS NOT NULL AND person.employer_id IS NOT NULL
GROUP BY person.employer_id
ORDER BY count(*) DESC, person.employer_id
LIMIT :employers_max;

-- name: drop_promises
-- A promise that cannot be kept (the card died meanwhile) is taken back.
UPDATE card SET social_due_on = NULL, version = version + 1
FROM unnest(:people::bigint[], :cards::bigint[]) AS gone(person_id, card_id)
WHERE card.person_id = gone.person_id AND card.card_id = gone.card_id AND card.social_due_on IS NOT NULL;

-- name: void_all
-- Every card of these people dies; in the order of the people, so that lists take turns.
SELECT gone.person_id, voided.card_id
FROM unnest(:people::bigint[]) AS gone(person_id),
     LATERAL card_void_all(gone.person_id, :voidable::text[], :reason, :now) AS voided(card_id);

-- name: lock_holder
-- Whoever changes a person's cards takes the person's row first, as card_open does: two counters take turns.
SELECT died_on FROM person WHERE person_id = :person_id FOR NO KEY UPDATE;

-- name: save
-- One card as a command leaves it; the holder is locked, so the version fits unless somebody wrote by hand.
UPDATE card
SET social = :social, financial = :financial, social_due_on = :social_due_on, loss = :loss, lost_at = :lost_at,
    loss_until = :loss_until, void_at = :void_at, void_reason = :void_reason, version = version + 1
WHERE person_id = :person_id AND card_id = :card_id AND version = :version;

-- name: lapsed
-- People with a temporary loss report whose end has come.
SELECT DISTINCT person_id FROM card
WHERE loss_until <= :now
ORDER BY person_id
LIMIT :people_max;

-- name: lift_lapsed
-- The reports of these people that have ended; in the order of the people, so that lists take turns.
SELECT due.person_id, lifted.card_id
FROM unnest(:people::bigint[]) AS due(person_id),
     LATERAL card_lift_lapsed(due.person_id, :lost::text[], :found::text[], :now) AS lifted(card_id);

-- name: standing
-- The hottest path: many callers' look-ups and their audit facts in one round trip.
SELECT ordinal, card_id, generation, social, financial, expires_on, void_at, void_reason, replaced_by, loss_until,
       died_on
FROM card_standing(:numbers::text[], :digests::bytea[], :actors::text[], :organisations::bigint[], :first_fact_id, :now);

-- name: counts
-- All cards by what they are good for, and the people who break the rule of one live card; first by person, so that
-- each machine of a cluster counts its own.
SELECT coalesce(sum(old_good), 0)::bigint AS old_good, coalesce(sum(old_void), 0)::bigint AS old_void,
       coalesce(sum(new_unopened), 0)::bigint AS new_unopened, coalesce(sum(new_open), 0)::bigint AS new_open,
       coalesce(sum(new_void), 0)::bigint AS new_void, coalesce(sum(financial_open), 0)::bigint AS financial_open,
       coalesce(sum(lost), 0)::bigint AS lost, count(*) FILTER (WHERE live > 1) AS two_live
FROM (
    SELECT count(*) FILTER (WHERE generation = 'old' AND social = 'open') AS old_good,
           count(*) FILTER (WHERE generation = 'old' AND social = 'void') AS old_void,
           count(*) FILTER (WHERE generation = 'new' AND social = 'unopened') AS new_unopened,
           count(*) FILTER (WHERE generation = 'new' AND social = 'open') AS new_open,
           count(*) FILTER (WHERE generation = 'new' AND social = 'void') AS new_void,
           count(*) FILTER (WHERE financial = 'open') AS financial_open,
           count(*) FILTER (WHERE loss IS NOT NULL) AS lost,
           count(*) FILTER (WHERE social IN ('open', 'suspended')) AS live
    FROM card
    GROUP BY person_id
) AS of_person;

-- name: known_codes
-- Which of these identification codes a card has already.
SELECT identification_code FROM card WHERE identification_code = ANY(:codes::text[]);
