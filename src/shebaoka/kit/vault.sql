-- name: data_keys
-- All data keys, oldest first; a key settles once every process has had time to learn it.
SELECT key_no, purpose, wrapped, made_at < now() - make_interval(secs => :settling_seconds) AS settled
FROM data_key
ORDER BY key_no;

-- name: next_key_no
-- The number after the highest one.
SELECT coalesce(max(key_no), 0) + 1 FROM data_key;

-- name: add_data_key
-- A new wrapped key. The machine's clock, not the programme's: settling is about processes, not about the calendar.
INSERT INTO data_key (key_no, purpose, wrapped, made_at) VALUES (:key_no, :purpose, :wrapped, now());
