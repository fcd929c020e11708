CREATE OR REPLACE FUNCTION evergreen.bounded_context(p_context jsonb, p_max_items integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH members AS (
    SELECT m.key, m.value, CASE jsonb_typeof(m.value) WHEN 'array' THEN jsonb_array_length(m.value) ELSE 0 END AS length
      FROM jsonb_each(p_context) AS m
  )
  SELECT COALESCE(jsonb_object_agg(m.key, CASE
           WHEN m.length > p_max_items THEN jsonb_path_query_array(m.value, '$[0 to $last]', jsonb_build_object('last', p_max_items - 1))
           WHEN m.key = 'other_steps' THEN evergreen.bounded_context(m.value, p_max_items)
           WHEN jsonb_typeof(m.value) = 'object' THEN (
             SELECT COALESCE(jsonb_object_agg(e.key, e.value), '{}')
               FROM (SELECT o.key, o.value FROM jsonb_each(m.value) AS o ORDER BY o.key COLLATE "C" LIMIT p_max_items) AS e)
           ELSE m.value END), '{}')
         || CASE WHEN max(m.length) > p_max_items
                 THEN jsonb_build_object('truncated', jsonb_object_agg(m.key, m.length) FILTER (WHERE m.length > p_max_items))
                 ELSE '{}' END
    FROM members AS m
$$;
COMMENT ON FUNCTION evergreen.bounded_context(jsonb, integer) IS 'Internal: a company''s context with each list cut to p_max_items; truncated says how long the cut lists were.';
