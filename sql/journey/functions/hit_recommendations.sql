CREATE OR REPLACE FUNCTION evergreen.hit_recommendations(p_company_id uuid, p_limit integer DEFAULT 3, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (
  id uuid, step_id uuid, status text, revision integer, generated_at timestamptz, generation_model text, generation_prompt_id text, content jsonb
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off ROWS 3 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  RETURN QUERY
  SELECT c.id, c.step_id, c.status, c.revision, c.generated_at, c.generation_model, c.generation_prompt_id, c.content
    FROM evergreen.current_recommendations(p_company_id, p_limit, v_now) AS c;
END;
$$;
COMMENT ON FUNCTION evergreen.hit_recommendations(uuid, integer, timestamptz) IS 'The hit: the fresh recommendations of a company as it is now, in few columns, where the hash of its state is at hand (attach_host(p_track_changes => true)). Fewer rows than p_limit say only that this way does not find them all: ask lookup_recommendations(). Writes nothing.';
