CREATE OR REPLACE FUNCTION evergreen.hit_personality(p_user_id text, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (
  revision integer, version integer, generated_at timestamptz, generation_model text, generation_prompt_id text, analysis jsonb, tuning jsonb,
  dropped_tuning jsonb, personality jsonb
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan ROWS 1 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  -- OFFSET 0: a join describes all columns of a policy, in each call.
  RETURN QUERY
  SELECT c.revision, c.version, c.generated_at, c.generation_model, c.generation_prompt_id, c.analysis_data, c.tuning, c.dropped_tuning,
         CASE WHEN c.tuning <> '{}' THEN evergreen.apply_tuning(c.analysis_data, c.tuning) END
    FROM (SELECT p.schema_version, p.max_age FROM evergreen.content_policies AS p WHERE p.content_type = 'personality' OFFSET 0) AS p,
         evergreen.personality_cache AS c
   WHERE c.user_id = p_user_id AND NOT c.is_stale AND c.version = p.schema_version AND evergreen.is_fresh(c.generated_at, c.expires_at, p.max_age, v_now);
END;
$$;
COMMENT ON FUNCTION evergreen.hit_personality(text, timestamptz) IS 'The hit: the personality of a user while it is fresh, in few columns; personality, the analysis with the adjustments, is NULL when there are none. No row says only that it is not: ask lookup_personality(), which says why. One index probe, writes nothing.';
