CREATE OR REPLACE FUNCTION evergreen.failure_pause(p_policy evergreen.content_policies, p_failures integer) RETURNS interval
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN make_interval(secs => LEAST(extract(epoch FROM p_policy.failure_backoff) * power(2::numeric, LEAST(p_failures, 30)),
                                     extract(epoch FROM p_policy.failure_backoff_max))::double precision);
END;
$$;
COMMENT ON FUNCTION evergreen.failure_pause(evergreen.content_policies, integer) IS 'Internal: how long a key pauses after a failure that p_failures others came before: failure_backoff, doubled by each, at most failure_backoff_max.';
