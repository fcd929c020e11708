CREATE OR REPLACE FUNCTION evergreen.clusters_to_warm(
  p_limit integer DEFAULT 100, p_content_type text DEFAULT 'cluster', p_within interval DEFAULT interval '3 days', p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  id uuid, input text, model text, provider text, prompt text, parameters text, company_id uuid, user_id text, parent_id uuid,
  uses bigint, last_used_at timestamptz, fresh_until timestamptz, reason text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  PERFORM evergreen.require_limit('p_limit', p_limit, 10000);
  IF p_within IS NULL OR p_within < interval '0' THEN
    RAISE EXCEPTION 'p_within is %', COALESCE(p_within::text, 'NULL') USING ERRCODE = 'VG007', HINT = 'Give how soon it expires, e.g. interval ''3 days''.';
  END IF;
  RETURN QUERY
  SELECT a.id, a.input::text, a.asked_model, a.provider, CASE WHEN a.own_prompt THEN p.prompt_template END, a.parameters::text,
         a.company_id, a.user_id, a.parent_id, u.uses, u.last_used_at,
         evergreen.fresh_until(a.generated_at, a.expires_at, v_policy.max_age),
         CASE WHEN a.invalidated_at IS NOT NULL THEN 'marked_stale' WHEN a.schema_version <> v_policy.schema_version THEN 'schema_version'
              WHEN evergreen.freshness(a.generated_at, a.expires_at, true, v_policy.max_age, interval '0', v_now) = 'fresh' THEN 'expires_soon' ELSE 'expired' END
    FROM evergreen.ai_answers AS a
    JOIN evergreen.ai_answer_uses AS u ON u.answer_id = a.id
    LEFT JOIN evergreen.ai_generation_prompts AS p ON p.id = a.generation_prompt_id
   WHERE a.content_type = p_content_type AND a.asked_model <> 'unknown'
     AND evergreen.freshness(a.generated_at, a.expires_at, a.invalidated_at IS NULL AND a.schema_version = v_policy.schema_version,
                             v_policy.max_age, interval '0', v_now + extract(epoch FROM p_within) * interval '1 second') <> 'fresh'
     -- Nothing that was asked anew since, of the same model or another.
     AND NOT EXISTS (SELECT FROM evergreen.ai_answers AS n
                      WHERE n.content_type = a.content_type AND n.subject_hash = a.subject_hash AND n.generated_at > a.generated_at
                        AND n.company_id IS NOT DISTINCT FROM a.company_id AND n.user_id IS NOT DISTINCT FROM a.user_id
                        AND n.parameters = a.parameters AND n.own_prompt = a.own_prompt)
   ORDER BY u.uses DESC, a.generated_at, a.id
   LIMIT p_limit;
END;
$$;
COMMENT ON FUNCTION evergreen.clusters_to_warm(integer, text, interval, timestamptz) IS 'What to generate before somebody waits for it: answers of a content type that were used and that are, or within p_within will be, no longer fresh; most used first. Columns as lookup_answer() wants them; prompt is NULL where the active one asks. reason expires_soon, expired, marked_stale or schema_version. What is generated drops out, so that it can be asked again. VG001 unknown type, VG006, VG007.';
