-- name: preferences
-- How these people wish to be told; who has not said is missing.
SELECT person_id, language, reminders FROM message_preference WHERE person_id = ANY(:people::bigint[]);

-- name: prefer
-- The last word counts.
INSERT INTO message_preference (person_id, language, reminders, updated_at)
VALUES (:person_id, :language, :reminders, :now)
ON CONFLICT (person_id) DO UPDATE
SET language = excluded.language, reminders = excluded.reminders, updated_at = excluded.updated_at;

-- name: wish
-- How one person wishes to be told and shown.
SELECT language, reminders, elder FROM message_preference WHERE person_id = :person_id;

-- name: show
-- The last word counts; how the person is told stays as it was.
INSERT INTO message_preference (person_id, language, reminders, elder, updated_at)
VALUES (:person_id, :language, :reminders, :elder, :now)
ON CONFLICT (person_id) DO UPDATE SET elder = excluded.elder, updated_at = excluded.updated_at;

-- name: due
-- What is to be sent, longest due first; urgent and other messages are asked for apart, each along the index.
SELECT person_id, message_id, about_id, kind, version, parameters, edition, attempts
FROM message
WHERE status = 'queued' AND urgent = :urgent AND due_at <= :now
ORDER BY due_at, message_id
LIMIT :messages_max;

-- name: move
-- The one door to a status; what has moved on meanwhile, or is sent anew under another edition, stays. Found by key.
UPDATE message
SET status = :to_status, reason = due.reason, parts = coalesce(due.parts, message.parts), updated_at = :now,
    sent_at = CASE WHEN :sent THEN :now ELSE message.sent_at END
FROM unnest(:people::bigint[], :messages::bigint[], :editions::smallint[], :reasons::text[], :parts::smallint[])
    AS due(person_id, message_id, edition, reason, parts)
WHERE message.person_id = due.person_id AND message.message_id = due.message_id
  AND message.edition = coalesce(due.edition, message.edition)
  AND array_position(:from_statuses::text[], message.status) IS NOT NULL
RETURNING message.person_id, message.message_id;

-- name: postpone
-- Sent, and no answer: the same again later.
UPDATE message
SET attempts = message.attempts + 1, due_at = due.due_at, updated_at = :now
FROM unnest(:people::bigint[], :messages::bigint[], :editions::smallint[], :moments::timestamptz[])
    AS due(person_id, message_id, edition, due_at)
WHERE message.person_id = due.person_id AND message.message_id = due.message_id AND message.edition = due.edition
  AND message.status = 'queued';

-- name: send_again
-- What the gateway refused needs another reference; what it never answered keeps its own, for it may have gone.
UPDATE message
SET status = :to_status, edition = edition + CASE WHEN reason = :no_answer THEN 0 ELSE 1 END, reason = NULL, attempts = 0,
    due_at = :now, updated_at = :now
WHERE person_id = ANY(:people::bigint[]) AND message_id = ANY(:messages::bigint[])
  AND array_position(:from_statuses::text[], status) IS NOT NULL AND reason = ANY(:reasons::text[])
RETURNING person_id, message_id;

-- name: by_numbers
-- Which people's text messages these are.
SELECT person_id, message_id, edition FROM message WHERE message_id = ANY(:messages::bigint[]) AND channel = 'sms';

-- name: given_up
-- What a person must look at, oldest first; the partial index holds nothing else.
SELECT person_id, message_id, kind, reason, attempts, updated_at
FROM message
WHERE status = 'given_up' AND message_id > :after AND (:reason::text IS NULL OR reason = :reason)
ORDER BY message_id
LIMIT :messages_max;

-- name: inbox
-- One page of a person's messages in the app, newest first.
SELECT message_id, about_id, kind, version, parameters, due_at, status
FROM message
WHERE person_id = :person_id AND channel = 'app' AND message_id < :before
ORDER BY message_id DESC
LIMIT :messages_max;

-- name: unread
-- The messages of a person that were not read, of some.
SELECT person_id, message_id FROM message
WHERE person_id = :person_id AND message_id = ANY(:messages::bigint[]) AND status = 'posted';

-- name: counts
-- Messages since an identifier, that is since a moment.
SELECT kind, channel, status, count(*) AS messages
FROM message
WHERE message_id >= :since
GROUP BY kind, channel, status
ORDER BY kind, channel, status;

-- name: standing
-- What waits and what was given up, however old: two partial indexes.
SELECT (SELECT count(*) FROM message WHERE status = 'queued') AS queued,
       (SELECT min(due_at) FROM message WHERE status = 'queued') AS oldest_due_at,
       (SELECT count(*) FROM message WHERE status = 'given_up') AS given_up;

-- name: start_reading
-- The first reading begins at the beginning.
INSERT INTO partner_cursor (partner, position, moved_at) VALUES ('sms', '', :now) ON CONFLICT DO NOTHING;

-- name: position
-- How far the reports were read.
SELECT position FROM partner_cursor WHERE partner = 'sms';

-- name: read_on
-- Only from where the page was asked for: of two readers one moves it.
UPDATE partner_cursor SET position = :position, moved_at = :now WHERE partner = 'sms' AND position = :was;
