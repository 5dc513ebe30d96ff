-- name: add_case
-- A new case; none when its number is another one's already, and the next identifier is tried.
INSERT INTO help_case (case_id, number, topic, status, line_id, agent, level, reason, due_on, opened_at, updated_at, calls,
                       handovers, owners, reach)
VALUES (:case_id, :number, :topic, 'open', :line_id, :agent, 'anonymous', :reason, :due_on, :now, :now, 1, 0,
        ARRAY[:line_id::bigint], ARRAY[:line_id::bigint])
ON CONFLICT (number) DO NOTHING;

-- name: case_by_id
-- One case, if this caller may see it: every case, or those within reach of its line.
SELECT case_id, number, topic, status, waiting_for, line_id, agent, holder_id, level, reason, due_on, opened_at, updated_at,
       resolved_at, calls, handovers, owners, reach, decided_at, escalated_at, holder_died, version
FROM help_case
WHERE case_id = :case_id AND (:everything OR :line_id::bigint = ANY (reach));

-- name: case_by_number
-- One case by the number that its caller says; whoever takes calls for the public finds every one.
SELECT case_id, number, topic, status, waiting_for, line_id, agent, holder_id, level, reason, due_on, opened_at, updated_at,
       resolved_at, calls, handovers, owners, reach, decided_at, escalated_at, holder_died, version
FROM help_case
WHERE number = :number AND (:everything OR :line_id::bigint = ANY (reach));

-- name: lock_case
-- The same, held until the transaction ends: two agents take turns.
SELECT case_id, number, topic, status, waiting_for, line_id, agent, holder_id, level, reason, due_on, opened_at, updated_at,
       resolved_at, calls, handovers, owners, reach, decided_at, escalated_at, holder_died, version
FROM help_case
WHERE case_id = :case_id AND (:everything OR :line_id::bigint = ANY (reach))
FOR UPDATE;

-- name: save_case
-- The one door to what a case is; it is locked, so the version fits unless somebody wrote by hand.
UPDATE help_case
SET topic = :topic, status = :status, waiting_for = :waiting_for, line_id = :line_id, agent = :agent,
    holder_id = :holder_id, level = :level, due_on = :due_on, updated_at = :now, resolved_at = :resolved_at, calls = :calls,
    handovers = :handovers, owners = :owners, reach = :reach, decided_at = :decided_at, escalated_at = :escalated_at,
    holder_died = :holder_died, version = version + 1
WHERE case_id = :case_id AND version = :version;

-- name: cases_of_holder
-- The cases about a person, newest first, as far as this line may see them.
SELECT case_id, number, topic, status, waiting_for, line_id, agent, holder_id, level, reason, due_on, opened_at, updated_at,
       resolved_at, calls, handovers, owners, reach, decided_at, escalated_at, holder_died, version
FROM help_case
WHERE holder_id = :holder_id AND (:everything OR :line_id::bigint = ANY (reach))
ORDER BY case_id DESC;

-- name: live_of_holders
-- The cases about these people that are not closed, held, in one order for all who hold several.
SELECT case_id, number, topic, status, waiting_for, line_id, agent, holder_id, level, reason, due_on, opened_at, updated_at,
       resolved_at, calls, handovers, owners, reach, decided_at, escalated_at, holder_died, version
FROM help_case
WHERE holder_id = ANY (:people::bigint[]) AND status <> 'closed'
ORDER BY case_id
FOR UPDATE;

-- name: queue
-- What a line has to work on: what somebody must look at first, then by the day it is due.
SELECT case_id, number, topic, status, waiting_for, line_id, agent, holder_id, level, reason, due_on, opened_at, updated_at,
       resolved_at, calls, handovers, owners, reach, decided_at, escalated_at, holder_died, version
FROM help_case
WHERE status IN ('open', 'waiting') AND (:everything OR line_id = :line_id::bigint)
  AND (:code::bigint IS NULL OR line_id = :code)
ORDER BY escalated_at NULLS LAST, due_on, case_id
LIMIT :cases_max;

-- name: overdue
-- What should have been resolved by now, longest overdue first.
SELECT case_id, number, topic, status, waiting_for, line_id, agent, holder_id, level, reason, due_on, opened_at, updated_at,
       resolved_at, calls, handovers, owners, reach, decided_at, escalated_at, holder_died, version
FROM help_case
WHERE status IN ('open', 'waiting') AND due_on < :on AND (:everything OR line_id = :line_id::bigint)
ORDER BY due_on, case_id
LIMIT :cases_max;

-- name: close_resolved
-- Cases that were resolved long enough ago; those in somebody's hands just now wait for the next run.
UPDATE help_case
SET status = 'closed', updated_at = :now, version = help_case.version + 1
FROM (
    SELECT case_id FROM help_case WHERE status = 'resolved' AND resolved_at < :before
    ORDER BY resolved_at
    LIMIT :cases_max
    FOR UPDATE SKIP LOCKED
) AS due
WHERE help_case.case_id = due.case_id
RETURNING help_case.case_id, help_case.holder_id, help_case.number;

-- name: add_call
-- A call as this line has it; handed over, it comes with what the caller was known by.
INSERT INTO help_call (call_id, case_id, line_id, agent, status, topic, level, holder_id, caller_id, number_digest,
                       came_from, reason, opened_at)
VALUES (:call_id, :case_id, :line_id, :agent, :status, :topic, :level, :holder_id, :caller_id, :number_digest,
        :came_from, :reason, :now);

-- name: call_by_id
-- One call, if this line has it.
SELECT call_id, case_id, line_id, agent, status, topic, level, holder_id, caller_id, number_digest, came_from, reason, opened_at,
       ended_at, version
FROM help_call
WHERE call_id = :call_id AND (:everything OR line_id = :line_id::bigint);

-- name: lock_call
-- The same, held until the transaction ends.
SELECT call_id, case_id, line_id, agent, status, topic, level, holder_id, caller_id, number_digest, came_from, reason, opened_at,
       ended_at, version
FROM help_call
WHERE call_id = :call_id AND (:everything OR line_id = :line_id::bigint)
FOR UPDATE;

-- name: save_call
-- The one door to what a call is.
UPDATE help_call
SET status = :status, topic = :topic, level = :level, holder_id = :holder_id, caller_id = :caller_id,
    ended_at = :ended_at, version = version + 1
WHERE call_id = :call_id AND version = :version;

-- name: live_call
-- The newest call about a case that is on this line at this moment.
SELECT call_id, case_id, line_id, agent, status, topic, level, holder_id, caller_id, number_digest, came_from, reason, opened_at,
       ended_at, version
FROM help_call
WHERE case_id = :case_id AND line_id = :line_id AND status IN ('open', 'identified')
ORDER BY call_id DESC
LIMIT 1;

-- name: add_handover
-- A case leaves for another line; of two at once one goes (unique index help_handover_one_pending).
INSERT INTO help_handover (handover_id, case_id, call_id, from_line, to_line, topic, status, handed_at, accept_by)
VALUES (:handover_id, :case_id, :call_id, :from_line, :to_line, :topic, 'pending', :now, :accept_by);

-- name: handover_by_id
-- One hand-over, for the two lines that it is between.
SELECT handover_id, case_id, call_id, from_line, to_line, topic, status, handed_at, accept_by, settled_at
FROM help_handover
WHERE handover_id = :handover_id AND (:everything OR :line_id::bigint IN (from_line, to_line));

-- name: pending_of_case
-- The hand-over that a case is in.
SELECT handover_id, case_id, call_id, from_line, to_line, topic, status, handed_at, accept_by, settled_at
FROM help_handover
WHERE case_id = :case_id AND status = 'pending';

-- name: pending_of
-- The hand-overs that these cases are in, for a list.
SELECT handover_id, case_id, call_id, from_line, to_line, topic, status, handed_at, accept_by, settled_at
FROM help_handover
WHERE case_id = ANY (:cases::bigint[]) AND status = 'pending';

-- name: calls_of_agent
-- The calls that an agent has on the line, newest first; one on its way to another line stays with him until somebody accepts it.
SELECT call_id, case_id, line_id, agent, status, topic, level, holder_id, caller_id, number_digest, came_from, reason, opened_at,
       ended_at, version
FROM help_call
WHERE call_id >= :since AND line_id = :line_id AND agent = :agent
  AND (status IN ('open', 'identified')
       OR EXISTS (SELECT FROM help_handover AS h
                  WHERE h.case_id = help_call.case_id AND h.call_id = help_call.call_id AND h.status = 'pending'))
ORDER BY call_id DESC
LIMIT :calls_max;

-- name: arriving
-- What other lines hand over to this one, oldest first.
SELECT handover_id, case_id, call_id, from_line, to_line, topic, status, handed_at, accept_by, settled_at
FROM help_handover
WHERE status = 'pending' AND (:everything OR to_line = :line_id::bigint) AND (:code::bigint IS NULL OR to_line = :code)
ORDER BY accept_by, handover_id
LIMIT :cases_max;

-- name: cases_by_ids
-- Cases of a list that was found by other means.
SELECT case_id, number, topic, status, waiting_for, line_id, agent, holder_id, level, reason, due_on, opened_at, updated_at,
       resolved_at, calls, handovers, owners, reach, decided_at, escalated_at, holder_died, version
FROM help_case
WHERE case_id = ANY (:cases::bigint[]);

-- name: settle_handover
-- What became of a hand-over; only of one that is pending.
UPDATE help_handover SET status = :status, settled_at = :now WHERE handover_id = :handover_id AND status = 'pending';

-- name: handovers_due
-- Hand-overs that nobody accepted in time.
SELECT handover_id, case_id, call_id, from_line, to_line, topic, status, handed_at, accept_by, settled_at
FROM help_handover
WHERE status = 'pending' AND accept_by < :now
ORDER BY accept_by, handover_id
LIMIT :cases_max;

-- name: history
-- What was said and done in a case, in its order.
SELECT entry_id, at, actor, line_id, kind, detail, sealed FROM help_entry WHERE case_id = :case_id ORDER BY entry_id;

-- name: timeline
-- What the audit facts tell of a person, of the kinds that a caller can be told.
SELECT at, action, subject, detail
FROM audit_fact
WHERE person_id = :person_id AND action = ANY (:actions::text[])
ORDER BY fact_id;

-- name: parcels
-- The parcels of a person and where they are; of other rooms' tables only read (docs/adr/0010).
SELECT parcel_id, application_id, waybill, status, outlet_id FROM parcel WHERE person_id = :person_id ORDER BY parcel_id;

-- name: take_turn
-- Identifications of one person, in one call and from one number come one after the other.
SELECT pg_advisory_xact_lock(hashtextextended(encode(:subject::bytea, 'hex'), 741110));

-- name: failure_that_blocks
-- The failure that must grow old before the next attempt: the last but so many of a subject.
SELECT failed_at
FROM help_failure
WHERE subject = :subject AND failed_at > :horizon
ORDER BY failed_at DESC
OFFSET :failures_max - 1 LIMIT 1;

-- name: add_failure
-- One more that failed.
INSERT INTO help_failure (subject, attempt_id, failed_at)
SELECT subject, :attempt_id, :now FROM unnest(:subjects::bytea[]) AS attempted(subject);

-- name: forget_failures
-- What is too old to count, wherever nobody else is just forgetting it.
DELETE FROM help_failure
USING (
    SELECT subject, attempt_id FROM help_failure WHERE failed_at <= :horizon LIMIT 1000 FOR UPDATE SKIP LOCKED
) AS old
WHERE help_failure.subject = old.subject AND help_failure.attempt_id = old.attempt_id;

-- name: count_calls
-- Calls by line and topic since an identifier, that is since a moment; a call that came from another line counts there too.
SELECT line_id, topic, count(*) AS calls FROM help_call WHERE call_id >= :since GROUP BY line_id, topic ORDER BY line_id, topic;

-- name: count_handovers
-- What became of hand-overs.
SELECT status, count(*) AS handovers FROM help_handover WHERE handover_id >= :since GROUP BY status ORDER BY status;

-- name: count_loops
-- How often a case would have gone round.
SELECT count(*) FROM help_entry WHERE kind = 'loop_refused' AND entry_id >= :since;

-- name: count_cases
-- Cases opened, those of them that are resolved, and those that were so at the first call, by the line that took it.
SELECT count(*) AS cases, count(*) FILTER (WHERE status IN ('resolved', 'closed')) AS resolved,
       count(*) FILTER (WHERE status IN ('resolved', 'closed') AND calls = 1 AND handovers = 0) AS at_first_call
FROM help_case
WHERE case_id >= :since;

-- name: count_overdue
-- What is overdue now, by line.
SELECT line_id, count(*) AS cases, min(due_on) AS oldest_due_on
FROM help_case
WHERE status IN ('open', 'waiting') AND due_on < :on
GROUP BY line_id
ORDER BY line_id;
