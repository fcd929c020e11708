CREATE OR REPLACE FUNCTION evergreen.explain_regeneration(
  p_company_id uuid, p_content_type text, p_context_hash text DEFAULT NULL, p_now timestamptz DEFAULT NULL,
  OUT regenerate boolean, OUT reason text, OUT detail jsonb
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_context jsonb;
  v_current_hash text;
  v_newest record;
BEGIN
  PERFORM evergreen.require_company(p_company_id);
  IF p_context_hash IS NOT NULL THEN
    PERFORM evergreen.require_context_hash(p_context_hash);
  END IF;
  v_context := evergreen.company_context(p_company_id);
  v_current_hash := evergreen.context_hash_of(v_context, p_content_type);

  -- The best there is: for this context, usable, of this schema version, fresh, newest.
  SELECT c.*, c.context_hash = v_current_hash AS is_current INTO v_newest
    FROM evergreen.journey_content(p_company_id, p_content_type) AS c
   ORDER BY c.context_hash = v_current_hash DESC, c.usable DESC, c.schema_version = v_policy.schema_version DESC,
            evergreen.freshness(c.generated_at, c.expires_at, true, v_policy.max_age, v_policy.stale_while_revalidate, v_now) = 'fresh' DESC, c.generated_at DESC
   LIMIT 1;

  reason := CASE
    WHEN v_newest.generated_at IS NULL THEN 'no_content'
    WHEN p_context_hash <> v_current_hash OR NOT v_newest.is_current THEN 'context_changed'
    WHEN v_newest.completed THEN 'completed'
    WHEN NOT v_newest.usable THEN 'marked_stale'
    WHEN v_newest.schema_version <> v_policy.schema_version THEN 'schema_version'
    WHEN evergreen.freshness(v_newest.generated_at, v_newest.expires_at, true, v_policy.max_age, v_policy.stale_while_revalidate, v_now) <> 'fresh' THEN 'expired'
    ELSE 'not_needed'
  END;
  regenerate := reason <> 'not_needed';
  detail := jsonb_build_object(
    'content_type', p_content_type,
    'current_hash', v_current_hash,
    'asked_hash', p_context_hash,
    'content_hash', v_newest.context_hash,
    'context_difference', CASE WHEN NOT v_newest.is_current THEN
       (SELECT evergreen.context_difference(s.context_data, evergreen.bounded_context(v_context, v_policy.context_max_items),
                                          v_policy.activity_granularity IS NOT NULL)
          FROM evergreen.ai_context_snapshots AS s WHERE s.company_id = p_company_id AND s.context_hash = v_newest.context_hash) END,
    'generated_at', evergreen.json_time(v_newest.generated_at),
    'age_seconds', round(extract(epoch FROM v_now - v_newest.generated_at)),
    'max_age_seconds', extract(epoch FROM v_policy.max_age),
    'expires_at', CASE WHEN isfinite(v_newest.expires_at) THEN evergreen.json_time(v_newest.expires_at) ELSE v_newest.expires_at::text END,
    'content_schema_version', v_newest.schema_version,
    'policy_schema_version', v_policy.schema_version);
END;
$$;
COMMENT ON FUNCTION evergreen.explain_regeneration(uuid, text, text, timestamptz) IS 'Whether content of a company (recommendation, insight, health) must be generated anew, and why: no_content, context_changed (the company moved on, or p_context_hash is not its context now), completed (nothing is left to do), marked_stale, schema_version, expired, not_needed. detail: the hashes, what changed between the contexts, ages in seconds. p_context_hash NULL: the context now. VG001 unknown type, VG002 unknown company, VG007 a p_context_hash that is none.';
