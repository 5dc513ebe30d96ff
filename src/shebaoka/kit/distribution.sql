-- name: comments
-- Every table with what its comment says about where it lives; alembic keeps its own one-row table.
SELECT relname AS table_name, coalesce(obj_description(oid, 'pg_class'), '') AS comment
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'alembic_version'
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
ORDER BY relname;

-- name: descriptions
-- Comments on tables and their columns as the statements that would write them.
SELECT 'COMMENT ON ' || coalesce('COLUMN ' || quote_ident(relname) || '.' || quote_ident(attname),
                                 'TABLE ' || quote_ident(relname)) || ' IS ' || quote_literal(description)
FROM pg_description
JOIN pg_class ON pg_class.oid = objoid AND classoid = 'pg_class'::regclass
LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND objsubid > 0
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p');

-- name: references
-- Which table names which by a foreign key: the one that is named must be placed first.
SELECT referring.relname, referred.relname
FROM pg_constraint
JOIN pg_class AS referring ON referring.oid = pg_constraint.conrelid
JOIN pg_class AS referred ON referred.oid = pg_constraint.confrelid
WHERE pg_constraint.contype = 'f' AND referring.relnamespace = 'public'::regnamespace AND referring.oid <> referred.oid;

-- name: hot_functions
-- Functions about one person that may run where this person lives.
SELECT oid::regprocedure::text AS signature, coalesce(proargnames[1], '') AS first_argument
FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND starts_with(obj_description(oid, 'pg_proc'), 'hot: ')
ORDER BY 1;

-- name: available
-- Whether this server could load Citus at all.
SELECT FROM pg_available_extensions WHERE name = 'citus';
