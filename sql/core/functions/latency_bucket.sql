CREATE OR REPLACE FUNCTION evergreen.latency_bucket(p_ms double precision) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN p_ms <= 0.1 THEN 0 ELSE LEAST(ceil(2 * ln(p_ms / 0.1) / ln(2::double precision)), 40) END::smallint
$$;
COMMENT ON FUNCTION evergreen.latency_bucket(double precision) IS 'Internal: the bucket of cache_lookups_hourly that holds a time in milliseconds.';
