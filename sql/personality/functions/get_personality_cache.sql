CREATE OR REPLACE FUNCTION evergreen.get_personality_cache(p_user_id text, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (
  user_id text, analysis jsonb, tuning jsonb, personality jsonb, freshness text, age_ms bigint, fresh_until timestamptz, revision integer,
  version integer, is_stale boolean, generated_at timestamptz, updated_at timestamptz, generation_model text, generation_prompt_id text,
  dropped_tuning jsonb, bytes integer, id uuid
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan ROWS 1 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  -- Fresh, as mostly: without what the others need, which costs to set up even where it is not asked.
  -- OFFSET 0: a join describes all columns of a policy, in each call.
  RETURN QUERY
  SELECT c.user_id, c.analysis_data, c.tuning, CASE WHEN c.tuning = '{}' THEN c.analysis_data ELSE evergreen.apply_tuning(c.analysis_data, c.tuning) END,
         'fresh', evergreen.age_in_ms(c.generated_at, v_now), evergreen.fresh_until(c.generated_at, c.expires_at, p.max_age),
         c.revision, c.version, c.is_stale, c.generated_at, c.updated_at, c.generation_model, c.generation_prompt_id, c.dropped_tuning, c.bytes, c.id
    FROM (SELECT p.schema_version, p.max_age FROM evergreen.content_policies AS p WHERE p.content_type = 'personality' OFFSET 0) AS p,
         evergreen.personality_cache AS c
   WHERE c.user_id = p_user_id AND NOT c.is_stale AND c.version = p.schema_version AND evergreen.is_fresh(c.generated_at, c.expires_at, p.max_age, v_now);
  IF FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT c.user_id, c.analysis_data, c.tuning, CASE WHEN c.tuning = '{}' THEN c.analysis_data ELSE evergreen.apply_tuning(c.analysis_data, c.tuning) END,
         evergreen.freshness(c.generated_at, c.expires_at, NOT c.is_stale AND c.version = p.schema_version, p.max_age, p.stale_while_revalidate, v_now),
         evergreen.age_in_ms(c.generated_at, v_now), evergreen.fresh_until(c.generated_at, c.expires_at, p.max_age),
         c.revision, c.version, c.is_stale, c.generated_at, c.updated_at, c.generation_model, c.generation_prompt_id, c.dropped_tuning, c.bytes, c.id
    FROM evergreen.personality_cache AS c, evergreen.content_policies AS p
   WHERE c.user_id = p_user_id AND p.content_type = 'personality';
END;
$$;
COMMENT ON FUNCTION evergreen.get_personality_cache(text, timestamptz) IS 'What there is of a user''s personality: one row, or none. analysis as it was analysed, tuning what the person adjusted ({path: value}), personality both together; freshness fresh, stale (may be shown while it is refreshed) or expired (by age, schema version or invalidation); age_ms since it was analysed, fresh_until by its age alone (NULL: for ever). dropped_tuning: adjustments that the latest analysis had no place for. One index probe, writes nothing. Source: seed 001_9b8056624fff263c.txt (getPersonalityCache).';
