-- name: take_turn
-- One sequencer at a time: whoever holds this lock seals the next batch.
SELECT pg_advisory_xact_lock(741001);

-- name: last_batch
-- The end of the chain.
SELECT batch_no, chained FROM audit_batch ORDER BY batch_no DESC LIMIT 1;

-- name: batches_after
-- The links that follow a batch, as many as wanted.
SELECT batch_no, fact_count, chained FROM audit_batch WHERE batch_no > :after ORDER BY batch_no LIMIT :batches_max;

-- name: unsealed
-- The oldest facts not yet sealed, written out as they are digested. Ordered by the columns, which have an index: the
-- bare names would mean their text.
SELECT person_id::text, fact_id::text, (extract(epoch FROM at) * 1000000)::bigint::text AS at_us,
       actor, organisation_id::text, action, subject, detail::text
FROM audit_fact
WHERE batch_no IS NULL
ORDER BY audit_fact.fact_id, audit_fact.person_id
LIMIT :facts_max;

-- name: mark_sealed
-- Facts join their batch; the guard on the table lets a fact change in this one way only.
UPDATE audit_fact SET batch_no = :batch_no
FROM unnest(:people::bigint[], :facts::bigint[]) AS sealed(person_id, fact_id)
WHERE audit_fact.person_id = sealed.person_id AND audit_fact.fact_id = sealed.fact_id AND batch_no IS NULL;

-- name: add_batch
-- The next link of the chain.
INSERT INTO audit_batch (batch_no, fact_count, root, previous, chained, sealed_at)
VALUES (:batch_no, :fact_count, :root, :previous, :chained, :sealed_at);

-- name: batches
-- The whole chain, first to last.
SELECT batch_no, fact_count, root, previous, chained FROM audit_batch ORDER BY batch_no;

-- name: facts_of_batches
-- The facts of a run of batches, in the order in which they were digested.
SELECT batch_no, person_id::text, fact_id::text, (extract(epoch FROM at) * 1000000)::bigint::text AS at_us,
       actor, organisation_id::text, action, subject, detail::text
FROM audit_fact
WHERE batch_no BETWEEN :first AND :last
ORDER BY batch_no, audit_fact.fact_id, audit_fact.person_id;

-- name: beyond_chain
-- Facts that claim a batch which is not between the chain's ends.
SELECT batch_no, count(*) FROM audit_fact WHERE batch_no < 1 OR batch_no > :last GROUP BY batch_no ORDER BY batch_no;

-- name: looks
-- What others did about one person, newest first, along the primary key.
SELECT fact_id, at, actor, organisation_id, action, detail
FROM audit_fact
WHERE person_id = :person_id AND fact_id < :before AND actor <> :own AND action = ANY(:actions::text[])
ORDER BY fact_id DESC
LIMIT :facts_max;

-- name: facts_about
-- Facts about one person, newest first, along the primary key.
SELECT person_id, fact_id, at, actor, organisation_id, action, subject, detail, batch_no
FROM audit_fact
WHERE person_id = :person_id
  AND (:actor::text IS NULL OR actor = :actor)
  AND (:organisation_id::bigint IS NULL OR organisation_id = :organisation_id)
  AND (:action::text IS NULL OR action = :action)
  AND (:reason::text IS NULL OR position(:reason IN detail ->> 'reason') > 0)
  AND fact_id >= :first AND fact_id < :before
ORDER BY fact_id DESC
LIMIT :facts_max;

-- name: facts_by_staff
-- Facts of what one member of staff did, along the index of staff, whose condition stands here as it does there.
SELECT person_id, fact_id, at, actor, organisation_id, action, subject, detail, batch_no
FROM audit_fact
WHERE actor = :actor AND actor LIKE 'staff:%%'
  AND (:organisation_id::bigint IS NULL OR organisation_id = :organisation_id)
  AND (:action::text IS NULL OR action = :action)
  AND (:reason::text IS NULL OR position(:reason IN detail ->> 'reason') > 0)
  AND fact_id >= :first AND fact_id < :before
ORDER BY fact_id DESC
LIMIT :facts_max;

-- name: facts_of_organisation
-- Facts of what one institution did, looks at cards apart, which are found by the person.
SELECT person_id, fact_id, at, actor, organisation_id, action, subject, detail, batch_no
FROM audit_fact
WHERE organisation_id = :organisation_id AND organisation_id <> 0 AND action <> 'card.looked_at'
  AND (:actor::text IS NULL OR actor = :actor)
  AND (:action::text IS NULL OR action = :action)
  AND (:reason::text IS NULL OR position(:reason IN detail ->> 'reason') > 0)
  AND fact_id >= :first AND fact_id < :before
ORDER BY fact_id DESC
LIMIT :facts_max;

-- name: facts_of_kind
-- Facts of one kind, looks at cards apart.
SELECT person_id, fact_id, at, actor, organisation_id, action, subject, detail, batch_no
FROM audit_fact
WHERE action = :action AND action <> 'card.looked_at'
  AND (:actor::text IS NULL OR actor = :actor)
  AND (:organisation_id::bigint IS NULL OR organisation_id = :organisation_id)
  AND (:reason::text IS NULL OR position(:reason IN detail ->> 'reason') > 0)
  AND fact_id >= :first AND fact_id < :before
ORDER BY fact_id DESC
LIMIT :facts_max;

-- name: unsealed_count
-- Facts that nobody has sealed.
SELECT count(*) FROM audit_fact WHERE batch_no IS NULL;
