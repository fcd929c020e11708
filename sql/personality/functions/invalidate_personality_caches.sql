CREATE OR REPLACE FUNCTION evergreen.invalidate_personality_caches(
  p_version integer DEFAULT NULL, p_batch_size integer DEFAULT 10000, p_before timestamptz DEFAULT NULL, p_now timestamptz DEFAULT NULL,
  OUT invalidated integer, OUT generating integer, OUT before timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz;
  v_keys text[];
BEGIN
  PERFORM evergreen.require_limit('p_batch_size', p_batch_size, 100000);
  PERFORM evergreen.require_read_committed('nothing can be invalidated');
  -- LOCK: no claim begins until this commits; then leases, which waits for what is just being saved; then rows.
  PERFORM pg_advisory_xact_lock(evergreen.invalidation_lock('personality', NULL));
  generating := 0;
  SELECT array_agg(l.cache_key) INTO v_keys FROM evergreen.generation_leases AS l
   WHERE l.content_type = 'personality' AND l.lease_token IS NOT NULL AND NOT l.invalidated AND (p_before IS NULL OR l.acquired_at <= p_before)
     AND (p_version IS NULL OR p_version = (evergreen.policy('personality')).schema_version);
  IF v_keys IS NOT NULL THEN
    generating := evergreen.invalidate_leases('personality', NULL, v_keys);
  END IF;
  v_now := COALESCE(p_now, clock_timestamp());
  -- All that is there, also what was analysed before the clock was set back.
  before := COALESCE(p_before, GREATEST(v_now, (SELECT max(c.generated_at) FROM evergreen.personality_cache AS c
                                              WHERE NOT c.is_stale AND (p_version IS NULL OR c.version = p_version))));
  WITH picked AS (
    SELECT c.user_id FROM evergreen.personality_cache AS c
     WHERE NOT c.is_stale AND (p_version IS NULL OR c.version = p_version) AND c.generated_at <= before
     ORDER BY c.version, c.user_id LIMIT p_batch_size
  ), locked AS (
    SELECT c.user_id FROM evergreen.personality_cache AS c WHERE c.user_id IN (SELECT p.user_id FROM picked AS p) ORDER BY c.user_id FOR NO KEY UPDATE
  )
  UPDATE evergreen.personality_cache AS c SET is_stale = true, updated_at = v_now
    FROM locked AS l WHERE c.user_id = l.user_id AND NOT c.is_stale AND c.generated_at <= before;
  GET DIAGNOSTICS invalidated = ROW_COUNT;
  IF p_before IS NULL THEN
    PERFORM evergreen.audit('invalidate_personality_caches', COALESCE('version ' || p_version, 'all'), NULL, jsonb_build_object('invalidated', invalidated, 'generating', generating));
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.invalidate_personality_caches(integer, integer, timestamptz, timestamptz) IS 'Operator: one batch of all analyses (or those of one schema version) is no longer right, as invalidate_personality_cache() says: one statement by an index. What is being generated meanwhile is saved as stale. Returns how many rows and running generations, and before: call again with p_before => before until invalidated is 0, so that what is generated meanwhile is left alone; or CALL invalidate_all_personality_caches(). Audited by its first call.';
