CREATE OR REPLACE FUNCTION evergreen.hit_health_summary(p_company_id uuid, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (id uuid, revision integer, generated_at timestamptz, generation_model text, generation_prompt_id text, content jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off ROWS 1 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  RETURN QUERY
  SELECT c.id, c.revision, c.generated_at, c.generation_model, c.generation_prompt_id, c.content
    FROM evergreen.current_health_summary(p_company_id, v_now) AS c;
END;
$$;
COMMENT ON FUNCTION evergreen.hit_health_summary(uuid, timestamptz) IS 'The hit: the fresh health summary of a company as it is now, in few columns, where the hash of its state is at hand. No row says only that this way finds none: ask lookup_health_summary(). Writes nothing.';
