CREATE OR REPLACE FUNCTION evergreen.find_answer(
  p_content_type text,
  p_input text,
  p_model text DEFAULT NULL,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  id uuid, result jsonb, freshness text, reason text, generated_at timestamptz, fresh_until timestamptz, generation_model text,
  generation_prompt_id text, revision integer, input_hash text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  v_policy evergreen.content_policies;
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_parent_updated_at timestamptz;
  v_question evergreen.question;
BEGIN
  IF p_parent_id IS NOT NULL THEN
    SELECT a.updated_at INTO v_parent_updated_at FROM evergreen.ai_answers AS a WHERE a.id = p_parent_id;
  END IF;
  RETURN QUERY
  SELECT f.id, f.result, 'fresh', 'hit', f.generated_at, f.fresh_until, f.generation_model, f.generation_prompt_id, f.revision, f.input_hash
    FROM evergreen.fresh_answer(p_content_type, p_input, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id,
                                v_parent_updated_at, v_now) AS f;
  IF FOUND THEN
    RETURN;
  END IF;

  v_policy := evergreen.policy(p_content_type);
  v_question := evergreen.question_of(
    evergreen.variant_of(v_policy, COALESCE(p_model, 'any'), p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id), v_policy, p_input);
  RETURN QUERY
  SELECT a.id, a.result, f.freshness,
         CASE WHEN f.freshness = 'fresh' THEN 'hit' WHEN a.invalidated_at IS NOT NULL THEN 'marked_stale'
              WHEN a.schema_version <> v_policy.schema_version THEN 'schema_version' ELSE 'expired' END,
         a.generated_at, evergreen.fresh_until(a.generated_at, a.expires_at, v_policy.max_age),
         a.generation_model, a.generation_prompt_id, a.revision, a.input_hash
    FROM evergreen.ai_answers AS a
   CROSS JOIN LATERAL (SELECT evergreen.freshness(a.generated_at, a.expires_at, a.invalidated_at IS NULL AND a.schema_version = v_policy.schema_version,
                                                  v_policy.max_age, v_policy.stale_while_revalidate, v_now) AS freshness) AS f
   WHERE a.content_type = p_content_type AND a.subject_hash = v_question.subject_hash
     AND a.company_id IS NOT DISTINCT FROM p_company_id AND a.user_id IS NOT DISTINCT FROM p_user_id
     AND (p_model IS NULL OR a.input_hash = v_question.input_hash)
   ORDER BY a.generated_at DESC, a.id LIMIT 1;
END;
$$;
COMMENT ON FUNCTION evergreen.find_answer IS 'For people: the answer that is kept for an input, with its freshness (fresh, stale, expired) and why; no row when there is none. p_model NULL: the newest of any model, prompt and parameters; otherwise the one that lookup_answer() answers with. Writes nothing. Errors as lookup_answer().';
