CREATE OR REPLACE FUNCTION evergreen.explain_changes(p_current jsonb, p_updated jsonb, p_tolerance real DEFAULT NULL)
RETURNS TABLE (path text, change text, before jsonb, after jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 10 AS $$
DECLARE
  v_tolerance numeric := COALESCE(p_tolerance, (evergreen.policy('personality')).change_tolerance)::numeric;
BEGIN
  IF v_tolerance NOT BETWEEN 0 AND 1 THEN
    RAISE EXCEPTION 'p_tolerance % is not from 0 to 1', p_tolerance USING ERRCODE = 'VG007', HINT = '0.05 takes numbers for the same that are within 5 % of the larger.';
  END IF;
  IF p_current IS NOT DISTINCT FROM p_updated THEN
    RETURN;
  END IF;
  RETURN QUERY
  WITH RECURSIVE pair AS (
    SELECT '' AS path, 0 AS depth, p_current AS before, p_updated AS after
    UNION ALL
    SELECT p.path || evergreen.pointer_segment(k.segment), p.depth + 1, k.before, k.after
      FROM pair AS p CROSS JOIN LATERAL evergreen.paired_parts(p.before, p.after) AS k
     WHERE p.depth < 64 AND jsonb_typeof(p.before) = jsonb_typeof(p.after) AND jsonb_typeof(p.before) IN ('object', 'array')
  )
  SELECT p.path,
         CASE WHEN p.before IS NULL THEN 'added' WHEN p.after IS NULL THEN 'removed'
              WHEN jsonb_typeof(p.before) <> jsonb_typeof(p.after) THEN 'retyped' ELSE 'changed' END,
         p.before, p.after
    FROM pair AS p
   WHERE evergreen.values_differ(p.before, p.after, v_tolerance, p.depth >= 64)
   ORDER BY p.path COLLATE "C";
END;
$$;
COMMENT ON FUNCTION evergreen.explain_changes(jsonb, jsonb, real) IS 'What two documents say differently, a row a path (JSON Pointer): added, removed, retyped or changed. By meaning: the order of keys never counts, nor white space; numbers within p_tolerance (0 to 1, of the larger; default: change_tolerance of the policy personality) are the same. Lists: objects that each have a name of their own are compared by it (/traits/openness/score), texts as a set (/interests/chess), all else by position. NULL is no document. What lies deeper than 64 levels is compared as a whole. VG007 for a tolerance out of range.';
