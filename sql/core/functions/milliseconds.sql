CREATE OR REPLACE FUNCTION evergreen.milliseconds(p_interval interval) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT LEAST(ceil(extract(epoch FROM p_interval) * 1000), 2147483647)::integer
$$;
COMMENT ON FUNCTION evergreen.milliseconds(interval) IS 'Internal: an interval in whole milliseconds, rounded up, at most 2147483647.';
