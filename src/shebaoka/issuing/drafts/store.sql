-- name: begin
-- A new draft, unless this owner has a live one for the person; two devices that begin at once get the same.
INSERT INTO draft (person_id, draft_id, owner_id, status, sealed, begun_at, updated_at, lapses_on)
VALUES (:person_id, :draft_id, :owner_id, 'open', :sealed, :now, :now, :lapses_on)
ON CONFLICT (person_id, owner_id) WHERE status = 'open' DO NOTHING;

-- name: live
-- The live draft of an owner for a person.
SELECT person_id, draft_id, owner_id, status, application_id, begun_at, updated_at, lapses_on, version
FROM draft
WHERE person_id = :person_id AND owner_id = :owner_id AND status = 'open';

-- name: by_id
-- One draft, if it is this owner's.
SELECT person_id, draft_id, owner_id, status, application_id, begun_at, updated_at, lapses_on, version
FROM draft
WHERE draft_id = :draft_id AND owner_id = :owner_id;

-- name: lock
-- The same, held until the transaction ends; found by the whole key, so that a cluster asks one machine.
SELECT person_id, draft_id, owner_id, status, application_id, begun_at, updated_at, lapses_on, version
FROM draft
WHERE person_id = :person_id AND draft_id = :draft_id
FOR UPDATE;

-- name: of_owner
-- The live drafts of an owner, oldest first.
SELECT person_id, draft_id, owner_id, status, application_id, begun_at, updated_at, lapses_on, version
FROM draft
WHERE owner_id = :owner_id AND status = 'open'
ORDER BY draft_id;

-- name: content
-- What was filled in, sealed.
SELECT sealed FROM draft WHERE person_id = :person_id AND draft_id = :draft_id;

-- name: save
-- The one door to a status; content goes when the life ends.
UPDATE draft
SET status = :status, sealed = :sealed, application_id = :application_id, updated_at = :now, lapses_on = :lapses_on,
    version = version + 1
WHERE person_id = :person_id AND draft_id = :draft_id AND version = :version;

-- name: lapse
-- Drafts that nobody touched for too long; one that was in somebody's hands meanwhile is looked at again and stays, if it was
-- saved. A cluster takes no locks on many machines, hence the same conditions twice.
UPDATE draft
SET status = :status, sealed = NULL, updated_at = :now, version = draft.version + 1
FROM (
    SELECT person_id, draft_id FROM draft WHERE status = 'open' AND lapses_on < :on
    ORDER BY lapses_on
    LIMIT :people_max
) AS due
WHERE draft.person_id = due.person_id AND draft.draft_id = due.draft_id
  AND draft.status = 'open' AND draft.lapses_on < :on
RETURNING draft.person_id, draft.draft_id;
