CREATE OR REPLACE FUNCTION evergreen.set_content_policy(
  p_content_type text,
  p_prompt_type text DEFAULT NULL,
  p_max_age interval DEFAULT NULL,
  p_stale_while_revalidate interval DEFAULT NULL,
  p_stale_if_error interval DEFAULT NULL,
  p_lease_duration interval DEFAULT NULL,
  p_failure_backoff interval DEFAULT NULL,
  p_failure_backoff_max interval DEFAULT NULL,
  p_max_bytes integer DEFAULT NULL,
  p_retain_for interval DEFAULT NULL,
  p_schema_version integer DEFAULT NULL,
  p_similarity_threshold real DEFAULT NULL,
  p_activity_granularity interval DEFAULT NULL,
  p_context_max_items integer DEFAULT NULL,
  p_max_prompt_tokens integer DEFAULT NULL,
  p_max_completion_tokens integer DEFAULT NULL,
  p_change_tolerance real DEFAULT NULL,
  p_reset text[] DEFAULT '{}'
) RETURNS evergreen.content_policies
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Make or change one policy: what is not named stays as it is.
DECLARE
  v_before evergreen.content_policies;
  v_after evergreen.content_policies;
  v_unknown text;
BEGIN
  IF p_content_type IS NULL OR p_content_type !~ '^[a-z][a-z0-9_]{0,62}$' THEN
    RAISE EXCEPTION 'content type % is not a name', COALESCE(quote_literal(p_content_type), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Use 1 to 63 of a-z, 0-9 and _, a letter first.';
  END IF;
  SELECT string_agg(r, ', ') INTO v_unknown FROM unnest(p_reset) AS r
   WHERE r IS NULL OR r NOT IN ('max_age', 'retain_for', 'similarity_threshold', 'activity_granularity');
  IF v_unknown IS NOT NULL THEN
    RAISE EXCEPTION 'p_reset cannot reset %', v_unknown
      USING ERRCODE = 'VG007', HINT = 'It takes max_age, retain_for, similarity_threshold and activity_granularity: those that may be empty.';
  END IF;

  IF GREATEST(p_max_age, p_stale_while_revalidate, p_stale_if_error, p_lease_duration, p_failure_backoff, p_failure_backoff_max,
              p_retain_for, p_activity_granularity) > interval '100 years' THEN
    RAISE EXCEPTION 'the policy of % would last for more than 100 years', p_content_type
      USING ERRCODE = 'VG007', HINT = 'Empty max_age or retain_for by p_reset for what never ends.';
  END IF;

  -- LOCK: prompts, both types in their order, then what is being generated, as a claim in bulk does it, then the policy.
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.publish_prompt:' || t.prompt_type, 0))
     FROM unnest(ARRAY[p_content_type, p_prompt_type]) AS t (prompt_type) WHERE t.prompt_type IS NOT NULL ORDER BY t.prompt_type;
  -- It was asked for in the shape of before: it is saved as stale. Before the policy, for a save locks its lease before it looks at that.
  IF EXISTS (SELECT FROM evergreen.content_policies AS c WHERE c.content_type = p_content_type AND c.schema_version <> p_schema_version) THEN
    PERFORM evergreen.invalidate_leases(p_content_type);
  END IF;
  INSERT INTO evergreen.content_policies (content_type, prompt_type, max_age)
  VALUES (p_content_type, p_content_type, interval '30 days')
  ON CONFLICT (content_type) DO NOTHING;
  IF NOT FOUND THEN
    SELECT * INTO v_before FROM evergreen.content_policies AS c WHERE c.content_type = p_content_type FOR NO KEY UPDATE;
  END IF;

  UPDATE evergreen.content_policies AS c SET
    prompt_type = COALESCE(p_prompt_type, c.prompt_type),
    max_age = CASE WHEN 'max_age' = ANY (p_reset) THEN NULL ELSE COALESCE(p_max_age, c.max_age) END,
    stale_while_revalidate = COALESCE(p_stale_while_revalidate, c.stale_while_revalidate),
    stale_if_error = COALESCE(p_stale_if_error, c.stale_if_error),
    lease_duration = COALESCE(p_lease_duration, c.lease_duration),
    failure_backoff = COALESCE(p_failure_backoff, c.failure_backoff),
    failure_backoff_max = COALESCE(p_failure_backoff_max, c.failure_backoff_max),
    max_bytes = COALESCE(p_max_bytes, c.max_bytes),
    retain_for = CASE WHEN 'retain_for' = ANY (p_reset) THEN NULL ELSE COALESCE(p_retain_for, c.retain_for) END,
    schema_version = COALESCE(p_schema_version, c.schema_version),
    similarity_threshold = CASE WHEN 'similarity_threshold' = ANY (p_reset) THEN NULL ELSE COALESCE(p_similarity_threshold, c.similarity_threshold) END,
    activity_granularity = CASE WHEN 'activity_granularity' = ANY (p_reset) THEN NULL ELSE COALESCE(p_activity_granularity, c.activity_granularity) END,
    context_max_items = COALESCE(p_context_max_items, c.context_max_items),
    max_prompt_tokens = COALESCE(p_max_prompt_tokens, c.max_prompt_tokens),
    max_completion_tokens = COALESCE(p_max_completion_tokens, c.max_completion_tokens),
    change_tolerance = COALESCE(p_change_tolerance, c.change_tolerance),
    updated_at = clock_timestamp()
  WHERE c.content_type = p_content_type
  RETURNING * INTO v_after;

  PERFORM evergreen.audit('set_content_policy', p_content_type,
                          CASE WHEN v_before.content_type IS NOT NULL THEN to_jsonb(v_before) END, to_jsonb(v_after));
  RETURN v_after;
EXCEPTION WHEN check_violation OR numeric_value_out_of_range OR interval_field_overflow THEN
  RAISE EXCEPTION 'the policy of % cannot be so: %', p_content_type, SQLERRM
    USING ERRCODE = 'VG007', HINT = 'Intervals are positive, failure_backoff_max is at least failure_backoff, max_bytes at most 5242880, similarity_threshold and change_tolerance from 0 to 1.';
END;
$$;
COMMENT ON FUNCTION evergreen.set_content_policy IS 'Operator: makes a content type or changes its policy, audited, effective at once. With another schema_version, what is being generated is saved as stale. What is NULL stays as it is; p_reset empties columns that may be empty, e.g. ARRAY[''max_age'']. A new type is fresh for 30 days. VG007 for values that make no sense.';
