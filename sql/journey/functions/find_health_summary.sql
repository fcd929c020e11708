CREATE OR REPLACE FUNCTION evergreen.find_health_summary(p_company_id uuid, p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (
  id uuid, content jsonb, match text, freshness text, revision integer, generated_at timestamptz, expires_at timestamptz,
  context_hash text, generation_model text, generation_prompt_id text, times_presented integer
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off ROWS 1 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  -- THE HIT: with the hash at hand, one statement.
  RETURN QUERY
  SELECT h.id, h.content, 'current', 'fresh', h.revision, h.generated_at, h.expires_at, h.context_hash, h.generation_model, h.generation_prompt_id, h.times_presented
    FROM evergreen.current_health_summary(p_company_id, v_now) AS h;
  IF FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT m.* FROM evergreen.match_health_summary(p_company_id, evergreen.company_context_hash(p_company_id, 'health'),
                                                 COALESCE(p_after_failure, false), v_now) AS m;
END;
$$;
COMMENT ON FUNCTION evergreen.find_health_summary(uuid, boolean, timestamptz) IS 'The business health summary of a company in its present state, no row when there is none; with p_after_failure then the newest of an earlier state within stale_if_error. Writes nothing. VG002 unknown company.';
