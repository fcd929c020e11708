/** What the schema `evergreen` of a database consists of, as text, so that two ways of installing can be compared. */
import type { ClientBase, Pool } from 'pg';

/** Everything but owners. */
const SNAPSHOT = `
WITH relations AS (SELECT c.* FROM pg_catalog.pg_class c WHERE c.relnamespace = 'evergreen'::regnamespace)
SELECT format('schema %s', coalesce(obj_description(oid, 'pg_namespace'), 'no comment')) AS line
FROM pg_catalog.pg_namespace WHERE nspname = 'evergreen'
UNION ALL
SELECT format('relation %s kind=%s persistence=%s rls=%s options=%s partition=%s bound=%s comment=%s', relname, relkind, relpersistence, relrowsecurity,
  reloptions, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid), obj_description(oid, 'pg_class'))
FROM relations
UNION ALL
SELECT format('grant on %s to %s: %s grantable=%s', r.relname, coalesce(grantee.rolname, 'PUBLIC'), a.privilege_type, a.is_grantable)
FROM relations r CROSS JOIN LATERAL aclexplode(r.relacl) a LEFT JOIN pg_catalog.pg_roles grantee ON grantee.oid = a.grantee
WHERE a.grantee <> r.relowner
UNION ALL
SELECT format('column %s.%s number=%s %s%s default=%s identity=%s generated=%s collation=%s comment=%s', r.relname, a.attname, a.attnum,
  format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' END, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
  a.attcollation::regcollation, col_description(r.oid, a.attnum))
FROM relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT format('constraint %s.%s %s validated=%s comment=%s', r.relname, c.conname, pg_get_constraintdef(c.oid), c.convalidated,
  obj_description(c.oid, 'pg_constraint'))
FROM relations r JOIN pg_catalog.pg_constraint c ON c.conrelid = r.oid
UNION ALL
SELECT format('index %s', pg_get_indexdef(oid)) FROM relations WHERE relkind IN ('i', 'I')
UNION ALL
SELECT format('view %s %s', relname, pg_get_viewdef(oid)) FROM relations WHERE relkind IN ('v', 'm')
UNION ALL
SELECT format('trigger %s %s comment=%s', r.relname, pg_get_triggerdef(t.oid), obj_description(t.oid, 'pg_trigger'))
FROM relations r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT format('policy %s.%s %s %s using=%s check=%s', r.relname, p.polname, p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
  pg_get_expr(p.polwithcheck, p.polrelid))
FROM relations r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid
UNION ALL
SELECT format('function %s comment=%s', CASE WHEN p.prokind = 'a' THEN p.oid::regprocedure::text ELSE pg_get_functiondef(p.oid) END,
  obj_description(p.oid, 'pg_proc'))
FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'evergreen'::regnamespace
UNION ALL
SELECT format('grant on %s to %s: %s', p.oid::regprocedure, coalesce(grantee.rolname, 'PUBLIC'), a.privilege_type)
FROM pg_catalog.pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
LEFT JOIN pg_catalog.pg_roles grantee ON grantee.oid = a.grantee
WHERE p.pronamespace = 'evergreen'::regnamespace AND a.grantee <> p.proowner
UNION ALL
SELECT format('type %s kind=%s base=%s labels=%s comment=%s', t.typname, t.typtype, format_type(t.typbasetype, t.typtypmod),
  (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), obj_description(t.oid, 'pg_type'))
FROM pg_catalog.pg_type t
WHERE t.typnamespace = 'evergreen'::regnamespace AND t.typtype IN ('e', 'd', 'r')`;

/** The lines that describe the schema `evergreen`, sorted. Two equal lists are two equal installations. */
export async function catalogue(database: Pool | ClientBase): Promise<string[]> {
  const { rows } = await database.query<{ line: string }>(SNAPSHOT);
  return rows.map(({ line }) => line).sort();
}
