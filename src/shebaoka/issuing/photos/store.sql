-- name: pictures
-- The sealed pictures of these people's photos; those that are destroyed are left out.
SELECT photo.photo_id, photo.sealed
FROM photo
JOIN unnest(:people::bigint[], :photos::bigint[]) AS wanted(person_id, photo_id)
  ON photo.person_id = wanted.person_id AND photo.photo_id = wanted.photo_id
WHERE photo.sealed IS NOT NULL;

-- name: of_people
-- Where people's photos came from, newest first.
SELECT person_id, photo_id, source, taken_on, received_at, digest, brought_by, organisation_id, rejected_at,
       rejected_why, rejected_rule, destroy_on, sealed IS NOT NULL AS there
FROM photo
WHERE person_id = ANY(:people::bigint[])
ORDER BY person_id, photo_id DESC;

-- name: note_reuses
-- Each use once: a photo that was brought early is noted then, and is met again when its turn comes.
INSERT INTO photo_use (
    person_id, application_id, photo_id, way, rule_id, consent_version, consent_by, consent_at, consent_id, used_at)
SELECT person_id, application_id, photo_id, 'reused', rule_id, version, consent_by, consent_at, consent_id, :now::timestamptz
FROM unnest(
    :people::bigint[], :applications::bigint[], :photos::bigint[], :rules::text[], :versions::text[], :bys::text[],
    :ats::timestamptz[], :consents::bigint[]
) AS used(person_id, application_id, photo_id, rule_id, version, consent_by, consent_at, consent_id)
ON CONFLICT (person_id, application_id, photo_id) DO NOTHING;

-- name: uses
-- Which photos were used for one application, and with whose consent, newest first.
SELECT person_id, application_id, photo_id, way, rule_id, consent_version, consent_by, consent_at, consent_id, used_at
FROM photo_use
WHERE person_id = :person_id AND application_id = :application_id
ORDER BY used_at DESC, photo_id DESC;

-- name: statements
-- What each of these people stated last about shared photos.
SELECT DISTINCT ON (person_id)
       person_id, consent_id, application_id, given, version, stated_by, actor, organisation_id, stated_at
FROM photo_consent
WHERE person_id = ANY(:people::bigint[])
ORDER BY person_id, consent_id DESC;

-- name: reject
-- Photos that were found wrong; with a day of today or earlier the picture goes at once. Found wrong twice, the first word stays.
UPDATE photo
SET rejected_at = :now, rejected_why = :why, rejected_rule = :rule_id,
    destroy_on = CASE WHEN :destroy_on::date > :today::date THEN :destroy_on::date END,
    sealed = CASE WHEN :destroy_on::date > :today::date THEN sealed END
FROM unnest(:people::bigint[], :photos::bigint[]) AS wrong(person_id, photo_id)
WHERE photo.person_id = wrong.person_id AND photo.photo_id = wrong.photo_id AND photo.rejected_at IS NULL
RETURNING photo.person_id, photo.photo_id;

-- name: destroy
-- Pictures of wrong photos whose day has come; digest and story stay. Of two runs at once the later finds them destroyed.
UPDATE photo
SET sealed = NULL, destroy_on = NULL
FROM (
    SELECT person_id, photo_id FROM photo WHERE destroy_on <= :today ORDER BY destroy_on LIMIT :photos_max
) AS due
WHERE photo.person_id = due.person_id AND photo.photo_id = due.photo_id AND photo.destroy_on <= :today
RETURNING photo.person_id, photo.photo_id;

-- name: counts
-- How many uses of each way and source there are, since a moment, and how many of these photos were found wrong.
SELECT photo_use.way, photo.source, count(*) AS uses, count(photo.rejected_at) AS rejected
FROM photo_use
JOIN photo ON photo.person_id = photo_use.person_id AND photo.photo_id = photo_use.photo_id
WHERE photo_use.used_at >= :since
GROUP BY photo_use.way, photo.source
ORDER BY photo_use.way, photo.source;
