CREATE OR REPLACE FUNCTION evergreen.pause_key(p_content_type text, p_cache_key text, p_failures integer, p_error text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE evergreen.generation_leases AS l
     SET reserved = 0, failures = p_failures + 1, last_error = p_error, retry_at = p_now + evergreen.failure_pause(evergreen.policy(p_content_type), p_failures)
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key;
END;
$$;
COMMENT ON FUNCTION evergreen.pause_key(text, text, integer, text, timestamptz) IS 'Internal: lets a key pause as after a failure, though its answer was valid: nothing of it can be shown, and the next call would pay for the same again.';
