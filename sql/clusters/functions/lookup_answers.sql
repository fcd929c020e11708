CREATE OR REPLACE FUNCTION evergreen.lookup_answers(
  p_content_type text,
  p_inputs text[],
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_after_failure boolean DEFAULT false,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  ordinal integer, cache_key text, freshness text, reason text, seen text, content jsonb, generated_at timestamptz,
  generation_model text, generation_prompt_id text, context_hash text, id uuid, error_code text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_variant evergreen.question;
BEGIN
  PERFORM evergreen.require_batch('inputs', p_inputs);
  v_variant := evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id);

  -- First by the words, as lookup_answer(): what is hashed stands still before anything is joined with it. By meaning only what is not found so.
  RETURN QUERY
  WITH questions AS MATERIALIZED (
    SELECT i.ordinality::integer AS ordinal, i.input,
           evergreen.asked_as(p_content_type, i.input, p_model, p_provider, p_prompt, v_policy.active_prompt_id, p_parameters, p_company_id, p_user_id,
                              p_parent_id, v_variant.parent_updated_at) AS asked
      FROM unnest(p_inputs) WITH ORDINALITY AS i (input, ordinality)
  ), looked AS MATERIALIZED (
    SELECT q.ordinal, q.input, f.id, f.input_hash, f.parent_id, f.revision, f.result, f.generated_at, f.generation_model, f.generation_prompt_id
      FROM questions AS q
      LEFT JOIN LATERAL (SELECT a.* FROM evergreen.fresh_answers(p_content_type, v_now) AS a
                          WHERE a.asked = q.asked AND octet_length(q.input) <= a.max_bytes LIMIT 1) AS f ON true
  )
  SELECT l.ordinal, l.input_hash, 'fresh', 'hit', NULL, evergreen.answer_json(l.id, l.input_hash, l.parent_id, l.revision, l.generated_at, l.result),
         l.generated_at, l.generation_model, l.generation_prompt_id, v_variant.variant_hash, l.id, NULL
    FROM looked AS l WHERE l.id IS NOT NULL
  UNION ALL
  SELECT l.ordinal, m.cache_key, m.freshness, m.reason, m.seen, m.content, m.generated_at, m.generation_model, m.generation_prompt_id,
         v_variant.variant_hash, m.id, m.error_code
    FROM looked AS l CROSS JOIN LATERAL evergreen.lookup_question(v_variant, v_policy, l.input, COALESCE(p_after_failure, false), v_now) AS m
   WHERE l.id IS NULL
   ORDER BY 1;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_answers IS 'lookup_answer() for up to 1,000 inputs asked in the same way, in one statement: a row each, in their order (ordinal, from 1). An input that is malformed or too large has freshness invalid, its SQLSTATE in error_code and what is wrong in reason; the others are answered all the same.';
