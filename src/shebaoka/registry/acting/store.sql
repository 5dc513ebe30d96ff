-- name: of_person
-- What others did for one person, newest first.
SELECT person_id, proxy_act_id, act, subject, acted_as, actor_id, authorisation, documents, documents_named, rule_id,
       checked_by, organisation_id, acted_at
FROM proxy_act
WHERE person_id = :person_id
ORDER BY proxy_act_id DESC;

-- name: papers_of_person
-- Who acted, sealed.
SELECT proxy_act_id, sealed FROM proxy_act WHERE person_id = :person_id;
