CREATE OR REPLACE FUNCTION evergreen.mark_stale_recommendations_batch(p_batch_size integer DEFAULT 1000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM evergreen.require_limit('p_batch_size', p_batch_size, 100000);
  RETURN evergreen.mark_stale_recommendations(
    ARRAY(SELECT DISTINCT r.company_id FROM evergreen.ai_generated_recommendations AS r
           WHERE r.status IN ('fresh', 'active')
             AND evergreen.company_exists(r.company_id)), p_batch_size);
END;
$$;
COMMENT ON FUNCTION evergreen.mark_stale_recommendations_batch(integer) IS 'Marks stale the oldest recommendations, at most p_batch_size, that were made for another context than their company has now; returns how many, 0 when none is left. Rows locked by others are passed over, so several callers share the work. Source: seed 004_cba5aaa9e1a5292b.txt.';
