CREATE OR REPLACE FUNCTION evergreen.stale_recommendations(p_batch_size integer, p_cursor text DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Company by company, each looked at once a run, where a batch over all would compute every context each time.
DECLARE
  v_companies uuid[];
BEGIN
  SELECT array_agg(n.company_id ORDER BY n.company_id) INTO v_companies FROM (
    SELECT DISTINCT r.company_id FROM evergreen.ai_generated_recommendations AS r
     WHERE r.status IN ('fresh', 'active') AND (p_cursor IS NULL OR r.company_id > p_cursor::uuid)
     ORDER BY r.company_id LIMIT 100) AS n;
  IF v_companies IS NULL THEN
    done := 0;
    RETURN NEXT;
    RETURN;
  END IF;
  done := evergreen.mark_stale_recommendations(
    ARRAY(SELECT c FROM unnest(v_companies) AS c WHERE evergreen.company_exists(c)), p_batch_size);
  -- A full batch may have left some of these companies' rows: the same companies again.
  next_cursor := CASE WHEN done = p_batch_size THEN COALESCE(p_cursor, '00000000-0000-0000-0000-000000000000')
                      ELSE v_companies[cardinality(v_companies)]::text END;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.stale_recommendations(integer, text) IS 'Operator: marks stale what is outdated of the next 100 companies, at most p_batch_size rows. A step of ai_daily_maintenance().';
