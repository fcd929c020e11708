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

  -- First by the words, then by meaning what is not found so.
  RETURN QUERY
  WITH hits AS MATERIALIZED (
    SELECT * FROM evergreen.hit_answers(p_content_type, p_inputs, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id, v_now)
  )
  SELECT h.ordinal, h.input_hash, 'fresh', 'hit', NULL, evergreen.answer_json(h.id, h.input_hash, p_parent_id, h.revision, h.generated_at, h.result),
         h.generated_at, h.generation_model, h.generation_prompt_id, v_variant.variant_hash, h.id, NULL
    FROM hits AS h
  UNION ALL
  SELECT i.ordinality::integer, m.cache_key, m.freshness, m.reason, m.seen, m.content, m.generated_at, m.generation_model, m.generation_prompt_id,
         v_variant.variant_hash, m.id, m.error_code
    FROM unnest(p_inputs) WITH ORDINALITY AS i (input, ordinality)
   CROSS JOIN LATERAL evergreen.lookup_question(v_variant, v_policy, i.input, COALESCE(p_after_failure, false), v_now) AS m
   WHERE i.ordinality NOT IN (SELECT h.ordinal FROM hits AS h)
   ORDER BY 1;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_answers IS 'lookup_answer() for up to 1,000 inputs asked in the same way, in one statement: a row each, in their order (ordinal, from 1). An input that is malformed or too large has freshness invalid, its SQLSTATE in error_code and what is wrong in reason; the others are answered all the same.';
