-- name: directory
-- Who is behind these digests; kept apart from person, which lies on other machines of a cluster.
SELECT id_digest, person_id FROM person_directory WHERE id_digest = ANY(:digests::bytea[]);

-- name: claim
-- Enter new people; whoever another transaction entered first is left out of the answer.
INSERT INTO person_directory (id_digest, person_id)
SELECT * FROM unnest(:digests::bytea[], :people::bigint[])
ON CONFLICT (id_digest) DO NOTHING
RETURNING id_digest, person_id;

-- name: contents
-- What was last taken in about these people.
SELECT person_id, content_digest, died_on FROM person WHERE person_id = ANY(:people::bigint[]);

-- name: change
-- People about whom the register says something new; a death once known stays.
UPDATE person
SET name_digest = new.name_digest, content_digest = new.content_digest, sealed = new.sealed, sex = new.sex,
    birth_date = new.birth_date, hukou = new.hukou, district_code = new.district_code, insured = new.insured,
    insured_status = new.insured_status, insured_since = new.insured_since, employer_id = new.employer_id,
    school_id = new.school_id, school_stage = new.school_stage, pension_bank = new.pension_bank,
    died_on = coalesce(new.died_on, person.died_on), updated_at = :now, version = person.version + 1
FROM unnest(:person_id::bigint[], :name_digest::bytea[], :content_digest::bytea[], :sealed::bytea[], :sex::text[],
            :birth_date::date[], :hukou::boolean[], :district_code::text[], :insured::text[],
            :insured_status::text[], :insured_since::date[], :employer_id::bigint[], :school_id::bigint[],
            :school_stage::text[], :pension_bank::text[], :died_on::date[])
     AS new(person_id, name_digest, content_digest, sealed, sex, birth_date, hukou, district_code, insured,
            insured_status, insured_since, employer_id, school_id, school_stage, pension_bank, died_on)
WHERE person.person_id = new.person_id;

-- name: die
-- Deaths that were not known yet.
UPDATE person
SET died_on = new.died_on, updated_at = :now, version = version + 1
FROM unnest(:people::bigint[], :days::date[]) AS new(person_id, died_on)
WHERE person.person_id = new.person_id AND person.died_on IS NULL
RETURNING person.person_id, person.died_on;

-- name: page
-- The whole register, piece by piece.
SELECT person_id, id_digest, name_digest, birth_date, sex, hukou, district_code, insured, insured_status,
       insured_since, employer_id, school_id, school_stage, pension_bank, died_on, updated_at, version
FROM person
WHERE person_id > :after
ORDER BY person_id
LIMIT :people_max;

-- name: by_ids
-- People without what is sealed.
SELECT person_id, id_digest, name_digest, birth_date, sex, hukou, district_code, insured, insured_status,
       insured_since, employer_id, school_id, school_stage, pension_bank, died_on, updated_at, version
FROM person
WHERE person_id = ANY(:people::bigint[]);

-- name: sealed
-- The sealed identities of some people.
SELECT person_id, sealed FROM person WHERE person_id = ANY(:people::bigint[]);

-- name: ties
-- Who acts for these people.
SELECT person_id, guardian_id, kind FROM guardian_tie WHERE person_id = ANY(:people::bigint[]);

-- name: wards
-- For whom somebody acts; asked once a log-in and by its own index, for ties lie with the wards.
SELECT person_id, kind FROM guardian_tie WHERE guardian_id = :guardian_id ORDER BY person_id;

-- name: tie
-- New ties, and old ones of another kind.
INSERT INTO guardian_tie (person_id, guardian_id, kind)
SELECT * FROM unnest(:people::bigint[], :guardians::bigint[], :kinds::text[])
ON CONFLICT (person_id, guardian_id) DO UPDATE SET kind = excluded.kind;

-- name: untie
-- Ties that the register names no more.
DELETE FROM guardian_tie
USING unnest(:people::bigint[], :guardians::bigint[]) AS gone(person_id, guardian_id)
WHERE guardian_tie.person_id = gone.person_id AND guardian_tie.guardian_id = gone.guardian_id;

-- name: sealed_by_other_keys
-- The next people whose seal bears another key number (its first two bytes) than the one that seals now.
SELECT person_id, sealed
FROM person
WHERE person_id > :after AND substring(sealed FROM 1 FOR 2) <> :key_no
ORDER BY person_id
LIMIT :people_max;

-- name: reseal
-- Renewed seals; a person who was changed meanwhile bears a newer seal already and is left alone.
UPDATE person
SET sealed = new.sealed
FROM unnest(:people::bigint[], :was::bytea[], :sealed::bytea[]) AS new(person_id, was, sealed)
WHERE person.person_id = new.person_id AND person.sealed = new.was;
