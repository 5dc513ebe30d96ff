-- name: request
-- A visit that somebody asks for, unless one is under way: of two who ask at once, one is told of the other.
INSERT INTO visit (person_id, visit_id, status, ground, document, rule_id, asked_as, represented, tasks, organisation_id,
                   bank_id, reason, sealed, requested_at, updated_at)
VALUES (:person_id, :visit_id, :status, :ground, :document, :rule_id, :asked_as, :represented, :tasks::text[],
        :organisation_id, :bank_id, :reason, :sealed, :now, :now)
ON CONFLICT (person_id) WHERE status IN ('requested', 'planned', 'not_met') DO NOTHING;

-- name: live_visit
-- The visit of a person that is under way.
SELECT person_id, visit_id, status, ground, document, rule_id, asked_as, represented, tasks, organisation_id, bank_id,
       outlet_id, day, slot, staff, attempt, reason, outcome, requested_at, updated_at, version
FROM visit
WHERE person_id = :person_id AND status IN ('requested', 'planned', 'not_met');

-- name: visits_of
-- All visits of a person, newest first.
SELECT person_id, visit_id, status, ground, document, rule_id, asked_as, represented, tasks, organisation_id, bank_id,
       outlet_id, day, slot, staff, attempt, reason, outcome, requested_at, updated_at, version
FROM visit
WHERE person_id = :person_id
ORDER BY visit_id DESC;

-- name: visit
-- One visit by its number, as far as the caller may see it.
SELECT person_id, visit_id, status, ground, document, rule_id, asked_as, represented, tasks, organisation_id, bank_id,
       outlet_id, day, slot, staff, attempt, reason, outcome, requested_at, updated_at, version
FROM visit
WHERE visit_id = :visit_id
  AND (:everything OR person_id = ANY(:reach::bigint[]) OR organisation_id = ANY(:organisations::bigint[])
       OR outlet_id = ANY(:organisations::bigint[])
       OR (bank_id = :bank_id::bigint AND (:whole_bank OR outlet_id IS NULL)));

-- name: lock_visit
-- The same, held until the transaction ends; found by the whole key, so that a cluster asks one machine.
SELECT person_id, visit_id, status, ground, document, rule_id, asked_as, represented, tasks, organisation_id, bank_id,
       outlet_id, day, slot, staff, attempt, reason, outcome, requested_at, updated_at, version
FROM visit
WHERE person_id = :person_id AND visit_id = :visit_id
FOR UPDATE;

-- name: visits
-- A page of visits as far as the caller may see them, newest first; `unheld_on`: planned for an earlier day and still not told of.
SELECT person_id, visit_id, status, ground, document, rule_id, asked_as, represented, tasks, organisation_id, bank_id,
       outlet_id, day, slot, staff, attempt, reason, outcome, requested_at, updated_at, version
FROM visit
WHERE visit_id < :before AND (:status::text IS NULL OR status = :status)
  AND (:unheld_on::date IS NULL OR (status = 'planned' AND day < :unheld_on))
  AND (:everything OR person_id = ANY(:reach::bigint[]) OR organisation_id = ANY(:organisations::bigint[])
       OR outlet_id = ANY(:organisations::bigint[])
       OR (bank_id = :bank_id::bigint AND (:whole_bank OR outlet_id IS NULL)))
ORDER BY visit_id DESC
LIMIT :page_size;

-- name: visits_of_day
-- What an outlet has planned for a day.
SELECT person_id, visit_id, status, ground, document, rule_id, asked_as, represented, tasks, organisation_id, bank_id,
       outlet_id, day, slot, staff, attempt, reason, outcome, requested_at, updated_at, version
FROM visit
WHERE outlet_id = :outlet_id AND day = :day AND status = 'planned'
ORDER BY visit_id;

-- name: contacts
-- Where visits go and whom to call, sealed.
SELECT visit.visit_id, visit.sealed
FROM visit JOIN unnest(:people::bigint[], :visits::bigint[]) AS asked(person_id, visit_id)
    ON visit.person_id = asked.person_id AND visit.visit_id = asked.visit_id
WHERE visit.sealed IS NOT NULL;

-- name: save_visit
-- The one door to a visit's status; what is sealed goes when the visit ends.
UPDATE visit
SET status = :status, outlet_id = :outlet_id, bank_id = :bank_id, day = :day, slot = :slot, staff = :staff::bigint[],
    attempt = :attempt, reason = :reason, outcome = :outcome::jsonb, updated_at = :now, version = version + 1,
    sealed = CASE WHEN :status IN ('requested', 'planned', 'not_met') THEN sealed END
WHERE person_id = :person_id AND visit_id = :visit_id AND version = :version;

-- name: cancel_of
-- Visits to people who have died, of those in some statuses; what is given back tells which half days are free again.
UPDATE visit
SET status = :status, reason = :reason, sealed = NULL, updated_at = :now, version = version + 1
WHERE person_id = ANY(:people::bigint[]) AND status = ANY(:was::text[])
RETURNING person_id, visit_id, outlet_id, day, slot;

-- name: put_slot
-- So many visits in half a day; the table refuses fewer than are planned.
INSERT INTO visit_slot (outlet_id, day, slot, capacity)
SELECT :outlet_id, day, :slot, :capacity FROM unnest(:days::date[]) AS x(day)
ON CONFLICT (outlet_id, day, slot) DO UPDATE SET capacity = excluded.capacity;

-- name: lock_slot
-- Half a day, held until the transaction ends: of two visits that swap places neither waits for the other.
SELECT taken FROM visit_slot WHERE outlet_id = :outlet_id AND day = :day AND slot = :slot FOR UPDATE;

-- name: take_slot
-- One place, while there is one.
UPDATE visit_slot SET taken = taken + 1
WHERE outlet_id = :outlet_id AND day = :day AND slot = :slot AND taken < capacity;

-- name: leave_slot
-- Places that are needed no more.
UPDATE visit_slot SET taken = taken - :visits
WHERE outlet_id = :outlet_id AND day = :day AND slot = :slot;

-- name: slots
-- An outlet's half days from a day on.
SELECT outlet_id, day, slot, capacity, taken
FROM visit_slot
WHERE outlet_id = :outlet_id AND day >= :from_day
ORDER BY day, slot DESC
LIMIT :slots_max;

-- name: add_site
-- A station or stall.
INSERT INTO outreach_site (site_id, kind, status, outlet_id, district_code, employer_id, name_zh, name_en, place, from_day,
                           to_day, opens, closes, capacity, staff, devices, updated_at)
VALUES (:site_id, :kind, :status, :outlet_id, :district_code, :employer_id, :name_zh, :name_en, :place, :from_day, :to_day,
        :opens, :closes, :capacity, :staff::bigint[], :devices::bigint[], :now);

-- name: site
-- One station or stall.
SELECT site_id, kind, status, outlet_id, district_code, employer_id, name_zh, name_en, place, from_day, to_day, opens, closes,
       capacity, staff, devices, updated_at, version
FROM outreach_site
WHERE site_id = :site_id;

-- name: sites
-- Where people are served from a day on, all over the city or in one district.
SELECT site_id, kind, status, outlet_id, district_code, employer_id, name_zh, name_en, place, from_day, to_day, opens, closes,
       capacity, staff, devices, updated_at, version
FROM outreach_site
WHERE status = 'open' AND (to_day IS NULL OR to_day >= :on) AND (:district::text IS NULL OR district_code = :district)
ORDER BY district_code, from_day, site_id;

-- name: close_site
-- Its last day has come sooner than was planned.
UPDATE outreach_site SET status = :status, updated_at = :now, version = version + 1
WHERE site_id = :site_id AND version = :version;

-- name: add_device
-- A device of an outlet.
INSERT INTO outreach_device (device_id, outlet_id, name, secret_hash, status, registered_at, updated_at)
VALUES (:device_id, :outlet_id, :name, :secret_hash, :status, :now, :now);

-- name: device
-- One device, without its secret.
SELECT device_id, outlet_id, name, status, registered_at, updated_at, version
FROM outreach_device
WHERE device_id = :device_id;

-- name: secret_of
-- What a device's secret is checked against.
SELECT secret_hash FROM outreach_device WHERE device_id = :device_id;

-- name: devices
-- The devices of some outlets, or all.
SELECT device_id, outlet_id, name, status, registered_at, updated_at, version
FROM outreach_device
WHERE :everything OR outlet_id = ANY(:outlets::bigint[])
ORDER BY outlet_id, name, device_id;

-- name: device_status
-- Whether a device is blocked; held, so that nothing is applied once somebody has been told that it is.
SELECT status FROM outreach_device WHERE device_id = :device_id FOR SHARE;

-- name: save_device
-- Blocked, or released with a new secret.
UPDATE outreach_device
SET status = :status, secret_hash = coalesce(:secret_hash, secret_hash), updated_at = :now, version = version + 1
WHERE device_id = :device_id AND version = :version;

-- name: claim
-- The key that the device made is claimed before anything is done: whoever brings it at the same moment waits, and is told.
INSERT INTO capture (device_id, request_key, capture_id, sequence, kind, status, outlet_id, staff_id, site_id, visit_id,
                     holder_id, captured_at, received_at, digest, reason, answer, theirs, sealed)
VALUES (:device_id, :request_key, :capture_id, :sequence, :kind, :status, :outlet_id, :staff_id, :site_id, :visit_id,
        :holder_id, :captured_at, :now, :digest, :reason, :answer::jsonb, :theirs::jsonb, :sealed)
ON CONFLICT (device_id, request_key) DO NOTHING;

-- name: answered
-- What came of it, in the transaction that did it.
UPDATE capture SET answer = :answer::jsonb WHERE device_id = :device_id AND request_key = :request_key;

-- name: known
-- What came of an item that was brought before.
SELECT device_id, request_key, capture_id, sequence, kind, status, outlet_id, staff_id, site_id, visit_id, holder_id,
       captured_at, received_at, reason, answer, theirs, settled_at, settled_by, settled_why, version
FROM capture
WHERE device_id = :device_id AND request_key = :request_key;

-- name: known_digest
-- What the device said of it then.
SELECT digest FROM capture WHERE device_id = :device_id AND request_key = :request_key;

-- name: capture
-- One item, if it is of these outlets.
SELECT device_id, request_key, capture_id, sequence, kind, status, outlet_id, staff_id, site_id, visit_id, holder_id,
       captured_at, received_at, reason, answer, theirs, settled_at, settled_by, settled_why, version
FROM capture
WHERE capture_id = :capture_id AND (:everything OR outlet_id = ANY(:outlets::bigint[]));

-- name: lock_capture
-- The same, held until the transaction ends.
SELECT device_id, request_key, capture_id, sequence, kind, status, outlet_id, staff_id, site_id, visit_id, holder_id,
       captured_at, received_at, reason, answer, theirs, settled_at, settled_by, settled_why, version
FROM capture
WHERE device_id = :device_id AND request_key = :request_key
FOR UPDATE;

-- name: content
-- What was captured, sealed.
SELECT sealed FROM capture WHERE device_id = :device_id AND request_key = :request_key;

-- name: settle
-- A person has worked an item off; its content goes, for it stands where it belongs now, or nowhere.
UPDATE capture
SET status = :status, answer = :answer::jsonb, sealed = NULL, settled_at = :now, settled_by = :settled_by,
    settled_why = :settled_why, version = version + 1
WHERE device_id = :device_id AND request_key = :request_key AND version = :version;

-- name: captures
-- A page of items of these outlets in some statuses, oldest first.
SELECT device_id, request_key, capture_id, sequence, kind, status, outlet_id, staff_id, site_id, visit_id, holder_id,
       captured_at, received_at, reason, answer, theirs, settled_at, settled_by, settled_why, version
FROM capture
WHERE capture_id > :after AND status = ANY(:statuses::text[]) AND (:everything OR outlet_id = ANY(:outlets::bigint[]))
ORDER BY capture_id
LIMIT :page_size;

-- name: figures
-- How much was brought from where, by the day on which it came in.
SELECT (received_at AT TIME ZONE 'Asia/Shanghai')::date AS day, outlet_id, site_id, kind, status, count(*)::int AS items
FROM capture
WHERE received_at >= :since AND (:everything OR outlet_id = ANY(:outlets::bigint[]))
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5;
