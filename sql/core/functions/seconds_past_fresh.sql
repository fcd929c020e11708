CREATE OR REPLACE FUNCTION evergreen.seconds_past_fresh(
  p_generated_at timestamptz, p_expires_at timestamptz, p_max_age interval, p_now timestamptz
) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Seconds, not timestamptz + interval: that sum would depend on the session's time zone.
  SELECT CASE
    WHEN p_expires_at = 'infinity' THEN -1
    WHEN p_expires_at = '-infinity' THEN 'Infinity'
    WHEN p_expires_at IS NOT NULL THEN extract(epoch FROM p_now - p_expires_at)
    WHEN p_max_age IS NULL THEN -1
    ELSE extract(epoch FROM p_now - p_generated_at) - extract(epoch FROM p_max_age)
  END
$$;
COMMENT ON FUNCTION evergreen.seconds_past_fresh(timestamptz, timestamptz, interval, timestamptz) IS 'How many seconds ago content stopped being fresh by its age; negative while it is. A month counts 30 days. Inlined by the planner.';
