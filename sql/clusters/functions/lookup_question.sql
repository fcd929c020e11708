CREATE OR REPLACE FUNCTION evergreen.lookup_question(
  p_variant evergreen.question, p_policy evergreen.content_policies, p_input text, p_after_failure boolean, p_now timestamptz,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT id uuid, OUT error_code text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_question evergreen.question;
BEGIN
  BEGIN
    v_question := evergreen.question_of(p_variant, p_policy, p_input);
  EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
    freshness := 'invalid';
    reason := SQLERRM;
    error_code := SQLSTATE;
    RETURN;
  END;
  SELECT t.cache_key, t.freshness, t.reason, t.seen, t.content, t.generated_at, t.generation_model, t.generation_prompt_id, t.id
    INTO cache_key, freshness, reason, seen, content, generated_at, generation_model, generation_prompt_id, id
    FROM evergreen.tell_match(v_question, evergreen.match_answer(v_question, p_policy, p_after_failure, p_now)) AS t;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_question IS 'Internal: the part of lookup_answers() that reads an input that is not found by its words; freshness invalid, with its SQLSTATE in error_code, for one that cannot be asked.';
