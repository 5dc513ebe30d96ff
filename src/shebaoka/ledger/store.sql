-- name: post
-- The lines of entries, all of them in one statement: the trigger looks at them together.
INSERT INTO posting (person_id, entry_id, line_no, lines, kind, reference, reverses, booked_on, posted_at, account,
                     owner_id, amount_fen)
SELECT person_id, entry_id, line_no, lines, kind, reference, reverses, booked_on, :now, account, owner_id, amount_fen
FROM unnest(:person_ids::bigint[], :entry_ids::bigint[], :line_nos::smallint[], :lines::smallint[], :kinds::text[],
            :reference_ids::bigint[], :reverses::bigint[], :booked_ons::date[], :accounts::text[], :owner_ids::bigint[],
            :amounts::bigint[])
     AS new(person_id, entry_id, line_no, lines, kind, reference, reverses, booked_on, account, owner_id, amount_fen);

-- name: begin_balances
-- Accounts that nobody had yet hold nothing; in one order, so that no two transactions wait for each other.
INSERT INTO personal_balance (person_id, account, balance_fen)
SELECT person_id, account, 0
FROM unnest(:person_ids::bigint[], :accounts::text[]) AS new(person_id, account)
ORDER BY person_id, account
ON CONFLICT (person_id, account) DO NOTHING;

-- name: move_balances
-- The one door to a balance. Whoever comes second waits here and is then held against what is left.
UPDATE personal_balance AS b
SET balance_fen = b.balance_fen + moved.amount_fen
FROM unnest(:person_ids::bigint[], :accounts::text[], :amounts::bigint[]) AS moved(person_id, account, amount_fen)
WHERE b.person_id = moved.person_id AND b.account = moved.account AND b.person_id = ANY (:person_ids::bigint[]);

-- name: balances
-- What somebody's accounts hold.
SELECT account, balance_fen FROM personal_balance WHERE person_id = :person_id;

-- name: balances_of
-- What the accounts of people hold.
SELECT person_id, account, balance_fen FROM personal_balance WHERE person_id = ANY (:person_ids::bigint[]);

-- name: lock_balances
-- The same, and nobody else moves them until the transaction ends.
SELECT account, balance_fen FROM personal_balance WHERE person_id = :person_id ORDER BY account FOR UPDATE;

-- name: hold_balances
-- Accounts of people, which nobody else moves until the transaction ends; in one order, as `begin_balances`. Written as they
-- are: a cluster refuses to lock rows of many people by reading them.
INSERT INTO personal_balance AS b (person_id, account, balance_fen)
SELECT person_id, account, 0
FROM unnest(:person_ids::bigint[], :accounts::text[]) AS new(person_id, account)
ORDER BY person_id, account
ON CONFLICT (person_id, account) DO UPDATE SET balance_fen = b.balance_fen;

-- name: entry
-- The lines of an entry.
SELECT person_id, entry_id, kind, reference, reverses, booked_on, posted_at, account, owner_id, amount_fen
FROM posting
WHERE person_id = :person_id AND entry_id = :entry_id
ORDER BY line_no;

-- name: entry_of
-- The entry of a thing.
SELECT entry_id FROM posting
WHERE person_id = :person_id AND kind = :kind AND reference = :reference AND line_no = 1;

-- name: reversal_of
-- The entry that takes another back.
SELECT entry_id FROM posting WHERE person_id = :person_id AND reverses = :entry_id AND line_no = 1;

-- name: person_before
-- What somebody's accounts held before a day.
SELECT coalesce(-sum(amount_fen), 0)::bigint FROM posting
WHERE person_id = :person_id AND account = ANY (:accounts::text[]) AND booked_on < :first;

-- name: person_lines
-- What happened at somebody's accounts, in the order in which it counts.
SELECT entry_id, kind, reference, booked_on, posted_at, account, amount_fen FROM posting
WHERE person_id = :person_id AND account = ANY (:accounts::text[]) AND booked_on BETWEEN :first AND :last
ORDER BY booked_on, entry_id, line_no;

-- name: personal_entries
-- What entries did to somebody's two accounts, newest day first, with what each then held; some at a time.
WITH entry AS (
    SELECT entry_id, kind, reference, reverses, booked_on, max(owner_id) AS owner_id,
           coalesce(-sum(amount_fen) FILTER (WHERE account = 'personal_current'), 0)::bigint AS current_fen,
           coalesce(-sum(amount_fen) FILTER (WHERE account = 'personal_historic'), 0)::bigint AS historic_fen
    FROM posting
    WHERE person_id = :person_id
    GROUP BY entry_id, kind, reference, reverses, booked_on
), held AS (
    SELECT *, (sum(current_fen) OVER w)::bigint AS current_balance_fen,
           (sum(historic_fen) OVER w)::bigint AS historic_balance_fen
    FROM entry
    WINDOW w AS (ORDER BY booked_on, entry_id)
)
SELECT held.entry_id, held.kind, held.reference, taken.kind AS reverses_kind, held.booked_on, held.owner_id,
       held.current_fen, held.historic_fen, held.current_balance_fen, held.historic_balance_fen
FROM held
LEFT JOIN entry AS taken ON taken.entry_id = held.reverses
WHERE (held.current_fen <> 0 OR held.historic_fen <> 0) AND held.booked_on BETWEEN :first AND :last
  AND (:before::bigint IS NULL
       OR (held.booked_on, held.entry_id) < (SELECT e.booked_on, e.entry_id FROM entry AS e WHERE e.entry_id = :before))
ORDER BY held.booked_on DESC, held.entry_id DESC
LIMIT :rows_max;

-- name: owner_before
-- What was owed to an institution before a day.
SELECT coalesce(-sum(amount_fen), 0)::bigint FROM posting
WHERE owner_id = :owner_id AND owner_id <> 0 AND account = :account AND booked_on < :first;

-- name: owner_lines
-- What happened at an institution's account; people are not named.
SELECT entry_id, kind, reference, booked_on, posted_at, account, amount_fen FROM posting
WHERE owner_id = :owner_id AND owner_id <> 0 AND account = :account AND booked_on BETWEEN :first AND :last
ORDER BY booked_on, entry_id, line_no
LIMIT :rows_max;

-- name: sums
-- Debits and credits of every account, over everybody.
SELECT account,
       coalesce(sum(amount_fen) FILTER (WHERE amount_fen > 0), 0)::bigint AS debit_fen,
       coalesce(-sum(amount_fen) FILTER (WHERE amount_fen < 0), 0)::bigint AS credit_fen,
       coalesce(-sum(amount_fen), 0)::bigint AS balance_fen
FROM posting
WHERE booked_on <= :until
GROUP BY account
ORDER BY account;

-- name: sums_of_kinds
-- What entries of some kinds, and what takes them back, leave owed at every account.
SELECT p.account, -sum(p.amount_fen)::bigint
FROM posting AS p
LEFT JOIN posting AS taken ON taken.person_id = p.person_id AND taken.entry_id = p.reverses AND taken.line_no = 1
WHERE coalesce(taken.kind, p.kind) = ANY (:kinds::text[])
GROUP BY p.account;

-- name: entries
-- How many entries there are, and how many do not balance: the trigger lets none in.
SELECT count(*), count(*) FILTER (WHERE total <> 0)
FROM (SELECT sum(amount_fen) AS total FROM posting GROUP BY person_id, entry_id) AS entry;

-- name: reversals_unlike
-- Reversals that are not the mirror of what they reverse.
SELECT count(*) FROM (
    SELECT 1 FROM (
        SELECT person_id, reverses AS entry_id, line_no, account, owner_id, -amount_fen AS amount_fen
        FROM posting WHERE reverses IS NOT NULL
    ) AS mirror
    FULL JOIN (
        SELECT p.person_id, p.entry_id, p.line_no, p.account, p.owner_id, p.amount_fen
        FROM posting AS p
        JOIN posting AS r ON r.person_id = p.person_id AND r.reverses = p.entry_id AND r.line_no = 1
    ) AS meant USING (person_id, entry_id, line_no, account, owner_id, amount_fen)
    WHERE mirror.person_id IS NULL OR meant.person_id IS NULL
    GROUP BY coalesce(mirror.person_id, meant.person_id), entry_id
) AS unlike;

-- name: balances_unlike
-- Personal accounts whose balance is not what their lines sum to.
SELECT count(*) FROM (
    SELECT person_id, account, -sum(amount_fen) AS balance_fen FROM posting
    WHERE account IN ('personal_current', 'personal_historic')
    GROUP BY person_id, account
) AS lines
FULL JOIN personal_balance AS b USING (person_id, account)
WHERE coalesce(lines.balance_fen, 0) <> coalesce(b.balance_fen, 0);
