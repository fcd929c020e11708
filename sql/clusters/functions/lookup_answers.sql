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
  v_question evergreen.question;
  v_match evergreen.answer_match;
  v_fresh record;
  v_parent_updated_at timestamptz;
BEGIN
  PERFORM evergreen.require_batch('inputs', p_inputs);
  IF p_parent_id IS NOT NULL THEN
    SELECT a.updated_at INTO v_parent_updated_at FROM evergreen.ai_answers AS a WHERE a.id = p_parent_id;
  END IF;
  IF p_company_id IS NOT NULL THEN
    PERFORM evergreen.require_company(p_company_id);
  END IF;

  -- First by the words, as lookup_answer(): what is hashed stands still before anything is joined with it.
  FOR v_fresh IN
    WITH questions AS MATERIALIZED (
      SELECT i.ordinality::integer AS ordinal, i.input,
             evergreen.asked_as(p_content_type, i.input, p_model, p_provider, p_prompt, v_policy.active_prompt_id, p_parameters, p_company_id,
                                p_user_id, p_parent_id, v_parent_updated_at) AS asked
        FROM unnest(p_inputs) WITH ORDINALITY AS i (input, ordinality)
    )
    SELECT q.ordinal, q.input, f.input_hash, f.variant_hash, f.id, f.generated_at, f.generation_model, f.generation_prompt_id,
           CASE WHEN f.id IS NOT NULL THEN evergreen.answer_json(f.id, f.input_hash, f.parent_id, f.revision, f.generated_at, f.result) END AS content
      FROM questions AS q
      LEFT JOIN LATERAL (SELECT a.* FROM evergreen.fresh_answers(p_content_type, v_now) AS a
                          WHERE a.asked = q.asked AND octet_length(q.input) <= a.max_bytes LIMIT 1) AS f ON true
     ORDER BY q.ordinal
  LOOP
    ordinal := v_fresh.ordinal;
    error_code := NULL;
    IF v_fresh.id IS NOT NULL THEN
      cache_key := v_fresh.input_hash;
      freshness := 'fresh';
      reason := 'hit';
      seen := NULL;
      content := v_fresh.content;
      generated_at := v_fresh.generated_at;
      generation_model := v_fresh.generation_model;
      generation_prompt_id := v_fresh.generation_prompt_id;
      context_hash := v_fresh.variant_hash;
      id := v_fresh.id;
      RETURN NEXT;
      CONTINUE;
    END IF;

    IF v_variant.variant_hash IS NULL THEN
      v_variant := evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id);
    END IF;
    context_hash := v_variant.variant_hash;
    cache_key := NULL;
    v_match := NULL;
    BEGIN
      v_question := evergreen.question_of(v_variant, v_policy, v_fresh.input);
    EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
      error_code := SQLSTATE;
      reason := SQLERRM;
    END;
    IF error_code IS NULL THEN
      v_match := evergreen.match_answer(v_question, v_policy, COALESCE(p_after_failure, false), v_now);
      cache_key := v_question.input_hash;
      reason := v_match.reason;
    ELSE
      v_match.freshness := 'invalid';
    END IF;
    freshness := v_match.freshness;
    seen := CASE WHEN freshness NOT IN ('fresh', 'invalid') THEN pg_current_snapshot()::text END;
    id := (v_match.answer).id;
    content := CASE WHEN id IS NOT NULL THEN
      evergreen.answer_json(id, (v_match.answer).input_hash, (v_match.answer).parent_id, (v_match.answer).revision, (v_match.answer).generated_at,
                            (v_match.answer).result) END;
    generated_at := (v_match.answer).generated_at;
    generation_model := (v_match.answer).generation_model;
    generation_prompt_id := (v_match.answer).generation_prompt_id;
    RETURN NEXT;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_answers IS 'lookup_answer() for up to 1,000 inputs asked in the same way, in one statement: a row each, in their order (ordinal, from 1). An input that is malformed or too large has freshness invalid, its SQLSTATE in error_code and what is wrong in reason; the others are answered all the same.';
