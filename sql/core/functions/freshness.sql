CREATE OR REPLACE FUNCTION evergreen.freshness(
  p_generated_at timestamptz, p_expires_at timestamptz, p_valid boolean,
  p_max_age interval, p_stale_while_revalidate interval, p_now timestamptz
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN p_generated_at IS NULL THEN 'missing'
    WHEN p_valid IS NOT TRUE THEN 'expired'
    WHEN evergreen.is_fresh(p_generated_at, p_expires_at, p_max_age, p_now) THEN 'fresh'
    WHEN evergreen.seconds_past_fresh(p_generated_at, p_expires_at, p_max_age, p_now) < extract(epoch FROM p_stale_while_revalidate) THEN 'stale'
    ELSE 'expired'
  END
$$;
COMMENT ON FUNCTION evergreen.freshness(timestamptz, timestamptz, boolean, interval, interval, timestamptz) IS 'fresh, stale (may be answered while it is refreshed), expired (must be generated anew) or missing. p_expires_at overrides max_age for that row; p_valid is false for content of another context or schema version and for invalidated content, which is expired whatever its age. Every shelf decides by this one function. Source: RFC 9111, RFC 5861.';
