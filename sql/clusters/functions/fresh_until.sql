CREATE OR REPLACE FUNCTION evergreen.fresh_until(p_generated_at timestamptz, p_expires_at timestamptz, p_max_age interval) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT COALESCE(p_expires_at, p_generated_at + extract(epoch FROM p_max_age) * interval '1 second')
$$;
COMMENT ON FUNCTION evergreen.fresh_until(timestamptz, timestamptz, interval) IS 'Report: until when content is fresh by its age. NULL: for ever.';
