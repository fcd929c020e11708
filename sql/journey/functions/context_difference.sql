CREATE OR REPLACE FUNCTION evergreen.context_difference(p_before jsonb, p_after jsonb, p_with_activity boolean) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT COALESCE(jsonb_object_agg(k.key, CASE
           WHEN jsonb_typeof(p_before -> k.key) = 'array' AND jsonb_typeof(p_after -> k.key) = 'array' THEN jsonb_build_object(
             'added', (SELECT COALESCE(jsonb_agg(a.e), '[]') FROM jsonb_array_elements(p_after -> k.key) AS a (e) WHERE NOT (p_before -> k.key) @> a.e),
             'removed', (SELECT COALESCE(jsonb_agg(b.e), '[]') FROM jsonb_array_elements(p_before -> k.key) AS b (e) WHERE NOT (p_after -> k.key) @> b.e))
           ELSE jsonb_build_object('before', p_before -> k.key, 'after', p_after -> k.key) END), '{}')
    FROM (SELECT jsonb_object_keys(p_before) AS key UNION SELECT jsonb_object_keys(p_after)) AS k
   WHERE p_before -> k.key IS DISTINCT FROM p_after -> k.key AND (p_with_activity OR k.key <> 'last_activity')
$$;
COMMENT ON FUNCTION evergreen.context_difference(jsonb, jsonb, boolean) IS 'What differs between two states of a company: for lists what was added and removed, else before and after. {} when nothing significant does; the last activity is significant with p_with_activity. Of lists that were cut, truncated has the lengths.';
