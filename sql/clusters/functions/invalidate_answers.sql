CREATE OR REPLACE FUNCTION evergreen.invalidate_answers(
  p_content_type text,
  p_input text DEFAULT NULL,
  p_model text DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_older_than interval DEFAULT NULL,
  p_id uuid DEFAULT NULL,
  p_all boolean DEFAULT false,
  p_batch_size integer DEFAULT 1000,
  p_before timestamptz DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT invalidated integer, OUT generating integer, OUT before timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_input jsonb := CASE WHEN p_input IS NOT NULL THEN evergreen.read_input(v_policy, p_input) END;
  v_subject text := CASE WHEN p_input IS NOT NULL THEN evergreen.subject_of(p_content_type, evergreen.content_hash(v_input), NULL) END;
  -- What a key says of itself; by which model and prompt it is being generated, only its answer will say.
  v_asks text := 'true'
    || CASE WHEN p_input IS NOT NULL THEN
         ' AND a.id IN (SELECT s.id FROM evergreen.ai_answers AS s WHERE s.content_type = $1 AND s.subject_hash = $2 UNION ALL
                        SELECT s.id FROM evergreen.ai_answers AS s WHERE s.content_type = $1 AND s.parent_id IS NOT NULL AND s.input = $3)' ELSE '' END
    || CASE WHEN p_id IS NOT NULL THEN ' AND a.id IN (SELECT $6 UNION ALL SELECT s.id FROM evergreen.ai_answers AS s WHERE s.parent_id = $6)' ELSE '' END;
  v_fits text := v_asks
    || CASE WHEN p_model IS NOT NULL THEN ' AND $4 IN (a.asked_model, a.generation_model)' ELSE '' END
    || CASE WHEN p_prompt_id IS NOT NULL THEN ' AND a.generation_prompt_id = $5' ELSE '' END;
  v_now timestamptz;
  v_keys text[];
BEGIN
  PERFORM evergreen.require_limit('p_batch_size', p_batch_size, 10000);
  PERFORM evergreen.require_read_committed('nothing can be invalidated');
  PERFORM evergreen.require_criterion(p_input, p_model, p_prompt_id, p_older_than, p_id, p_all);

  -- LOCK: no claim begins until this commits; then leases, which waits for what is just being saved; then rows. What began
  -- before and is still being generated is marked, once, unless its row says that it is something else.
  PERFORM pg_advisory_xact_lock(evergreen.invalidation_lock(p_content_type, NULL));
  generating := 0;
  IF p_older_than IS NULL THEN
    EXECUTE format(
      'SELECT array_agg(l.cache_key) FROM evergreen.generation_leases AS l
        WHERE l.content_type = $1 AND l.lease_token IS NOT NULL AND NOT l.invalidated AND ($7 IS NULL OR l.acquired_at <= $7)
          AND NOT EXISTS (SELECT FROM evergreen.ai_answers AS a WHERE a.content_type = $1 AND a.input_hash = l.cache_key AND NOT (%s))', v_asks)
      INTO v_keys USING p_content_type, v_subject, v_input, p_model, p_prompt_id, p_id, p_before;
    IF v_keys IS NOT NULL THEN
      generating := evergreen.invalidate_leases(p_content_type, NULL, v_keys);
    END IF;
  END IF;
  v_now := COALESCE(p_now, clock_timestamp());
  -- All that is there, also what was generated before the clock was set back.
  before := CASE WHEN p_older_than IS NOT NULL THEN LEAST(COALESCE(p_before, v_now), v_now - extract(epoch FROM p_older_than) * interval '1 second')
                 ELSE COALESCE(p_before, GREATEST(v_now, (SELECT max(a.generated_at) FROM evergreen.ai_answers AS a
                                                           WHERE a.content_type = p_content_type AND a.invalidated_at IS NULL))) END;

  EXECUTE format(
    'WITH picked AS (
       SELECT a.id FROM evergreen.ai_answers AS a
        WHERE a.content_type = $1 AND a.invalidated_at IS NULL AND a.generated_at <= $7 AND %s
        ORDER BY a.generated_at LIMIT $8
     ), locked AS (
       SELECT a.id FROM evergreen.ai_answers AS a WHERE a.id IN (SELECT p.id FROM picked AS p) ORDER BY a.content_type, a.input_hash FOR NO KEY UPDATE
     )
     UPDATE evergreen.ai_answers AS a SET invalidated_at = $9 FROM locked AS l
      WHERE a.id = l.id AND a.invalidated_at IS NULL AND a.generated_at <= $7', v_fits)
    USING p_content_type, v_subject, v_input, p_model, p_prompt_id, p_id, before, p_batch_size, v_now;
  GET DIAGNOSTICS invalidated = ROW_COUNT;
  IF p_before IS NULL THEN
    PERFORM evergreen.audit('invalidate_answers', p_content_type, NULL, jsonb_strip_nulls(jsonb_build_object(
      'input', left(p_input, 1000), 'model', p_model, 'prompt_id', p_prompt_id, 'older_than', p_older_than, 'id', p_id, 'all', NULLIF(p_all, false),
      'invalidated', invalidated, 'generating', generating)));
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.invalidate_answers IS 'One batch of answers of a content type is no longer right: generated anew when next asked for, and shown until then only if that fails. Which: those that fit all that is given of p_input (asked by anybody, in any way), p_model (asked for or as the provider named it), p_prompt_id, p_older_than, p_id (the answer, or those that follow it); or p_all. What is being generated meanwhile, and may fit, is saved as stale. Returns how many rows and running generations, and before: call again with p_before => before until invalidated is 0, so that what is generated meanwhile is left alone; or CALL invalidate_all_answers(). Audited by its first call. Claims of this content type wait for a batch, saves for theirs only. VG001 unknown type, VG002 unknown prompt or answer, VG006 a batch over 10,000, VG007 nothing said.';
