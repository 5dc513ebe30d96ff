-- name: files
-- The files of the newest base, in the order in which they are read.
SELECT epoch, sequence, made_at, stale_at, salt, signer, digest, size_bytes, void, suspended, cleared, old_part_bytes
FROM status_list_file
WHERE epoch = (SELECT max(epoch) FROM status_list_file)
ORDER BY sequence;

-- name: content
-- One file as it was published, where it is kept still.
SELECT content FROM status_list_file WHERE epoch = :epoch AND sequence = :sequence;

-- name: add
-- A file is published when this commits, whole or not at all.
INSERT INTO status_list_file (epoch, sequence, made_at, stale_at, salt, signer, digest, size_bytes, void, suspended, cleared,
                              old_part_bytes, content)
VALUES (:epoch, :sequence, :made_at, :stale_at, :salt, :signer, :digest, :size_bytes, :void, :suspended, :cleared, :old_part_bytes,
        :content);

-- name: forget
-- Nobody reads what was before the last base; what was published stays on record.
UPDATE status_list_file SET content = NULL WHERE epoch < :epoch AND content IS NOT NULL;

-- name: note_late
-- Old cards were taken in: the next file is a base.
INSERT INTO status_list_late (late_id, noted_at) VALUES (:late_id, :now);

-- name: late
-- Whether old cards were taken in since the last base.
SELECT EXISTS (SELECT FROM status_list_late);

-- name: late_told
-- A base tells of all old cards that it saw; what was noted since is of those it did not see, and is left.
DELETE FROM status_list_late;

-- name: untold
-- Cards of which the list has yet to say what they are; the condition is that of the index `card_untold`.
SELECT person_id, card_id, card_number,
       CASE social WHEN 'void' THEN 'void' WHEN 'suspended' THEN 'suspended' WHEN 'lost_unopened' THEN 'suspended' ELSE 'not_listed' END
           AS listed,
       loss_until AS until
FROM card
WHERE listed <> CASE social WHEN 'void' THEN 'void' WHEN 'suspended' THEN 'suspended' WHEN 'lost_unopened' THEN 'suspended' ELSE 'not_listed' END
   OR listed_until IS DISTINCT FROM loss_until
ORDER BY person_id, card_id
LIMIT :cards_max;

-- name: told
-- What the list has said. A card that became something else meanwhile is untold again by that very fact.
UPDATE card SET listed = said.listed, listed_until = said.until
FROM unnest(:people::bigint[], :cards::bigint[], :listed::text[], :until::timestamptz[]) AS said(person_id, card_id, listed, until)
WHERE card.person_id = said.person_id AND card.card_id = said.card_id AND card.person_id = ANY (:people::bigint[]);

-- name: all_listed
-- All cards that a base lists one by one; read by a cursor, in one pass over the table.
SELECT card_number, social = 'void', loss_until
FROM card
WHERE social IN ('suspended', 'lost_unopened', 'void')
  AND (generation = 'new' OR (:with_old AND social <> 'void'));

-- name: old_runs
-- All old cards, ten characters each: the number, and 1 for void. In 256 runs, so that neither side holds all of them in one piece.
SELECT string_agg(card_number || CASE social WHEN 'void' THEN '1' ELSE '0' END, '')
FROM card
WHERE generation = 'old'
GROUP BY person_id & 255;
