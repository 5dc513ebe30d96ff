-- name: pictures
-- The sealed pictures of these people's photos.
SELECT photo.photo_id, photo.sealed
FROM photo
JOIN unnest(:people::bigint[], :photos::bigint[]) AS wanted(person_id, photo_id)
  ON photo.person_id = wanted.person_id AND photo.photo_id = wanted.photo_id;

-- name: of_person
-- Where one person's photos came from, newest first.
SELECT person_id, photo_id, source, taken_on, received_at, digest
FROM photo
WHERE person_id = :person_id
ORDER BY photo_id DESC;
