-- name: add_step
-- What made an institution more or less ready; kept for good.
INSERT INTO readiness_step (
    institution_id, step_id, action, was, became, live_from, valid_until, run_ids, evidence, actor, organisation_id, at)
VALUES (
    :institution_id, :step_id, :action, :was, :became, :live_from, :valid_until, :run_ids::bigint[], :evidence, :actor,
    :organisation_id, :now);

-- name: taken_over
-- The first step of institutions that served before readiness was kept; they are planned, so they have no other.
INSERT INTO readiness_step (
    institution_id, step_id, action, was, became, live_from, evidence, actor, organisation_id, at)
SELECT institution_id, step_id, 'take_over', 'planned', 'live', live_from, :evidence, :actor, :organisation_id, :now
FROM unnest(:ids::bigint[], :step_ids::bigint[], :days::date[]) AS taken(institution_id, step_id, live_from);

-- name: steps
-- How an institution became what it is, oldest first.
SELECT action, was, became, live_from, valid_until, run_ids, evidence, actor, at
FROM readiness_step
WHERE institution_id = :institution_id
ORDER BY step_id;

-- name: lapsed
-- Institutions whose last test ended before a day.
SELECT institution_id, max(valid_until) FROM readiness_step
WHERE action = 'test'
GROUP BY institution_id
HAVING max(valid_until) < :on;

-- name: open_run
-- A new run, unless one of this script is open for the institution.
INSERT INTO conformance_run (
    run_id, institution_id, script, version, direction, status, opened_by, opened_at)
VALUES (:run_id, :institution_id, :script, :version, :direction, 'open', :actor, :now)
ON CONFLICT (institution_id, script) WHERE status = 'open' DO NOTHING;

-- name: open_run_of
-- The run of a script that is open for an institution.
SELECT run_id, institution_id, script, version, direction, status, opened_by, opened_at, closed_at, valid_until, evidence
FROM conformance_run
WHERE institution_id = :institution_id AND script = :script AND status = 'open';

-- name: run
-- One run.
SELECT run_id, institution_id, script, version, direction, status, opened_by, opened_at, closed_at, valid_until, evidence
FROM conformance_run
WHERE run_id = :run_id;

-- name: hold_run
-- One run, locked: what is seen and the closing come one after the other.
SELECT run_id, institution_id, script, version, direction, status, opened_by, opened_at, closed_at, valid_until, evidence
FROM conformance_run
WHERE run_id = :run_id
FOR NO KEY UPDATE;

-- name: runs
-- The runs of an institution, newest first.
SELECT run_id, institution_id, script, version, direction, status, opened_by, opened_at, closed_at, valid_until, evidence
FROM conformance_run
WHERE institution_id = :institution_id
ORDER BY run_id DESC
LIMIT :runs_max;

-- name: runs_to_call
-- Runs in which we call the partner, oldest first; nearly always there are none.
SELECT run_id FROM conformance_run
WHERE status = 'open' AND direction = 'to_partner' AND run_id > :after
ORDER BY run_id
LIMIT 1;

-- name: passed_runs
-- Runs of an institution that passed and were opened after it was last suspended, newest first.
SELECT run_id, institution_id, script, version, direction, status, opened_by, opened_at, closed_at, valid_until, evidence
FROM conformance_run
WHERE institution_id = :institution_id AND status = 'passed' AND opened_at > coalesce(
    (SELECT max(at) FROM readiness_step WHERE institution_id = :institution_id AND action = 'suspend'), '-infinity')
ORDER BY run_id DESC;

-- name: close_run
-- The run is over, with the digest of what was seen.
UPDATE conformance_run
SET status = :status, closed_at = :now, valid_until = :valid_until, evidence = :evidence
WHERE run_id = :run_id AND status = 'open';

-- name: seen
-- What a run has seen, in order.
SELECT step, request, expected, observed, passed, duration_ms, actor, at
FROM conformance_seen
WHERE run_id = :run_id
ORDER BY seen_id;
