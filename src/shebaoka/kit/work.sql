-- name: add_facts
-- A few audit facts at once: one prepared statement and one way to the server, where a COPY takes two and is planned each time.
INSERT INTO audit_fact (person_id, fact_id, at, actor, organisation_id, action, subject, detail)
SELECT person_id, fact_id, at, actor, organisation_id, action, subject, detail
FROM json_to_recordset(:rows::json) AS fact(
    person_id bigint, fact_id bigint, at timestamptz, actor text, organisation_id bigint, action text, subject text,
    detail jsonb);

-- name: add_events
-- A few events at once, as above.
INSERT INTO outbox (person_id, event_id, topic, payload, recorded_at)
SELECT person_id, event_id, topic, payload, recorded_at
FROM json_to_recordset(:rows::json) AS event(
    person_id bigint, event_id bigint, topic text, payload jsonb, recorded_at timestamptz);
