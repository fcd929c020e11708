CREATE OR REPLACE FUNCTION evergreen.reset_personality_tuning(
  p_user_id text, p_revision integer DEFAULT NULL, p_id uuid DEFAULT NULL, p_now timestamptz DEFAULT NULL,
  OUT state text, OUT revision integer, OUT tuning jsonb, OUT personality jsonb, OUT updated_at timestamptz
)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.state, t.revision, t.tuning, t.personality, t.updated_at
    FROM evergreen.keep_tuning(p_user_id, NULL, p_revision, p_id, COALESCE(p_now, clock_timestamp())) AS t
$$;
COMMENT ON FUNCTION evergreen.reset_personality_tuning(text, integer, uuid, timestamptz) IS 'Takes all adjustments of a person back: their personality is what was analysed. Columns and errors as save_personality_tuning().';
