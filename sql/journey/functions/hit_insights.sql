CREATE OR REPLACE FUNCTION evergreen.hit_insights(
  p_company_id uuid, p_domain_id uuid DEFAULT NULL, p_step_id uuid DEFAULT NULL, p_limit integer DEFAULT 5, p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  id uuid, domain_id uuid, step_id uuid, relevance_score double precision, generated_at timestamptz, generation_model text, generation_prompt_id text,
  author_profile jsonb, content text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off ROWS 5 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  RETURN QUERY
  SELECT c.id, c.domain_id, c.step_id, c.relevance_score, c.generated_at, c.generation_model, c.generation_prompt_id, c.author_profile, c.content
    FROM evergreen.current_insights(p_company_id, evergreen.insight_place(p_domain_id, p_step_id), p_limit, v_now) AS c;
END;
$$;
COMMENT ON FUNCTION evergreen.hit_insights(uuid, uuid, uuid, integer, timestamptz) IS 'The hit: the fresh insights of a company as it is now for a domain, a step, both or neither, best first, in few columns, where the hash of its state is at hand. No row says only that this way finds none: ask lookup_insights(). Writes nothing.';
