CREATE OR REPLACE FUNCTION evergreen.fresh_answer(
  p_content_type text, p_input text, p_model text, p_provider text, p_prompt text, p_parameters text,
  p_company_id uuid, p_user_id text, p_parent_id uuid, p_parent_updated_at timestamptz, p_now timestamptz
) RETURNS TABLE (
  id uuid, input_hash text, variant_hash text, parent_id uuid, result jsonb, generated_at timestamptz, fresh_until timestamptz,
  generation_model text, generation_prompt_id text, revision integer
)
LANGUAGE sql STABLE ROWS 1 AS $$
  -- OFFSET 0: a join describes all columns of a policy, in each call.
  -- A CASE, so that asked alone is looked for in an index, statistics or not.
  SELECT a.id, a.input_hash, a.variant_hash, a.parent_id, a.result, a.generated_at, evergreen.fresh_until(a.generated_at, a.expires_at, p.max_age),
         a.generation_model, a.generation_prompt_id, a.revision
    FROM (SELECT p.active_prompt_id, p.schema_version, p.max_age FROM evergreen.content_policies AS p
           WHERE p.content_type = p_content_type AND octet_length(p_input) <= p.max_bytes OFFSET 0) AS p
    JOIN evergreen.ai_answers AS a
      ON a.asked = evergreen.asked_as(p_content_type, p_input, p_model, p_provider, p_prompt, p.active_prompt_id, p_parameters,
                                      p_company_id, p_user_id, p_parent_id, p_parent_updated_at)
     AND CASE WHEN a.invalidated_at IS NULL AND a.schema_version = p.schema_version
              THEN evergreen.is_fresh(a.generated_at, a.expires_at, p.max_age, p_now) END
     AND (a.company_id IS NULL OR evergreen.company_exists(a.company_id))
$$;
COMMENT ON FUNCTION evergreen.fresh_answer IS 'Internal: the fresh answer to a question that was saved in the same spelling, found by one probe; no row says nothing: ask question_of() and match_answer(). p_parent_updated_at is that of the parent. Inlined by the planner.';
