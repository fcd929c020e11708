CREATE OR REPLACE FUNCTION evergreen.is_fresh(p_generated_at timestamptz, p_expires_at timestamptz, p_max_age interval, p_now timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- As seconds_past_fresh() < 0, without its numerics: every hit asks this of every row.
  SELECT COALESCE(p_now < p_expires_at, p_max_age IS NULL OR date_part('epoch', p_now - p_generated_at) < date_part('epoch', p_max_age))
$$;
COMMENT ON FUNCTION evergreen.is_fresh(timestamptz, timestamptz, interval, timestamptz) IS 'Internal: whether content is still fresh by its age: the first question of freshness(). Inlined by the planner.';
