-- name: lock_person
-- Of two registrars at once one comes second, and sees what the first did.
SELECT person_id FROM person WHERE person_id = :person_id FOR NO KEY UPDATE;

-- name: registrations
-- All registrations of somebody, newest first.
SELECT person_id, registration_id, kind, status, place, from_on, until_on, documents, registrar, institution_id, number,
       rule_id, registered_at, withdrawn_at, reason
FROM cross_province_registration
WHERE person_id = :person_id
ORDER BY registration_id DESC
LIMIT :rows_max;

-- name: registration_of_number
-- What a registrar registered under this number.
SELECT person_id, registration_id, kind, status, place, from_on, until_on, documents, registrar, institution_id, number,
       rule_id, registered_at, withdrawn_at, reason
FROM cross_province_registration
WHERE person_id = :person_id AND registrar = :registrar AND number = :number;

-- name: end_registrations
-- Registrations of a kind whose last day is over make room for another.
UPDATE cross_province_registration SET status = 'ended'
WHERE person_id = :person_id AND kind = :kind AND status = 'in_force' AND until_on < :today;

-- name: add_registration
-- One more; a second one in force of the kind is refused by its index.
INSERT INTO cross_province_registration (
    person_id, registration_id, kind, status, place, from_on, until_on, documents, registrar, institution_id, number, rule_id,
    registered_at, registered_by)
VALUES (
    :person_id, :registration_id, :kind, 'in_force', :place, :from_on, :until_on, :documents, :registrar, :institution_id,
    :number, :rule_id, :now, :actor);

-- name: withdraw_registration
-- As a command leaves it.
UPDATE cross_province_registration
SET status = :status, withdrawn_at = :now, withdrawn_by = :actor, reason = :reason
WHERE person_id = :person_id AND registration_id = :registration_id AND status = 'in_force';
