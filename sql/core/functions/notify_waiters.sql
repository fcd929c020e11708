CREATE OR REPLACE FUNCTION evergreen.notify_waiters(p_content_type text, p_cache_key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_notify('evergreen', md5(p_content_type || ':' || p_cache_key))
$$;
COMMENT ON FUNCTION evergreen.notify_waiters(text, text) IS 'Internal: tells those who LISTEN evergreen that the lease of a key has ended; the payload is the md5 of type and key.';
