CREATE OR REPLACE FUNCTION evergreen.bounded_context(p_context jsonb, p_max_items integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH members AS (
    SELECT m.key, m.value, jsonb_typeof(m.value) AS kind,
           CASE WHEN jsonb_typeof(m.value) = 'array' THEN jsonb_array_length(m.value)
                WHEN jsonb_typeof(m.value) = 'object' AND m.key <> 'other_steps' THEN (SELECT count(*)::integer FROM jsonb_object_keys(m.value))
                ELSE 0 END AS length
      FROM jsonb_each(p_context) AS m
  )
  SELECT COALESCE(jsonb_object_agg(m.key, CASE
           WHEN m.key = 'other_steps' AND m.kind = 'object' THEN evergreen.bounded_context(m.value, p_max_items)
           WHEN m.length <= p_max_items THEN m.value
           WHEN m.kind = 'array' THEN jsonb_path_query_array(m.value, '$[0 to $last]', jsonb_build_object('last', p_max_items - 1))
           ELSE (SELECT jsonb_object_agg(e.key, e.value)
                   FROM (SELECT o.key, o.value FROM jsonb_each(m.value) AS o ORDER BY o.key COLLATE "C" LIMIT p_max_items) AS e) END), '{}')
         || CASE WHEN max(m.length) > p_max_items
                 THEN jsonb_build_object('truncated', jsonb_object_agg(m.key, m.length) FILTER (WHERE m.length > p_max_items))
                 ELSE '{}' END
    FROM members AS m
$$;
COMMENT ON FUNCTION evergreen.bounded_context(jsonb, integer) IS 'Internal: a company''s context with each list cut to p_max_items; truncated says how long the cut lists were.';
