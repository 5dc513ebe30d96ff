-- name: institutions
-- One that serves and one that does not yet.
INSERT INTO institution (institution_id, code, kind, name_zh, name_en, live_from)
VALUES (1, 'A', 'community_centre', '甲', 'A', '2018-10-15'), (2, 'B', 'community_centre', '乙', 'B', NULL);

-- name: parcels
-- Half of them wait at an outlet since a night that is the day before in UTC.
INSERT INTO parcel (
    person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, label, dispatched_at, updated_at)
SELECT n, n, n, n, CASE mod(n, 2) WHEN 0 THEN 'at_outlet' ELSE 'in_transit' END, 1, mod(n, 4), 's',
       '2019-01-02 10:00+08', '2019-01-04 02:00+08'
FROM generate_series(1, :people) AS n;

-- name: cards
-- Cards that were reported lost before it was kept how and when.
INSERT INTO card (person_id, card_id, card_number, generation, social, financial, issued_on)
SELECT n, n, n, 'old', 'suspended', 'none', '2009-01-01' FROM generate_series(1, :people) AS n;

-- name: everything
-- All that the migrations make, as the first machine knows it; shards do not show, and what belongs to Citus is left out.
-- PostgreSQL 18 has constraints for NOT NULL, too; the columns say that.
WITH ours AS (
    SELECT oid, relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname <> 'alembic_version'
      AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
)
SELECT relname, attname::text, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
FROM ours JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid)
FROM ours JOIN pg_constraint ON conrelid = ours.oid AND contype <> 'n'
UNION ALL
SELECT relname, indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM ours JOIN pg_index ON indrelid = oid
UNION ALL
SELECT relname, tgname, pg_get_triggerdef(pg_trigger.oid)
FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal
UNION ALL
SELECT relname, 'comment ' || objsubid, description
FROM ours JOIN pg_description ON objoid = oid AND classoid = 'pg_class'::regclass
UNION ALL
SELECT 'function', oid::regprocedure::text, prosrc FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e');
