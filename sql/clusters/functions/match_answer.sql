CREATE OR REPLACE FUNCTION evergreen.match_answer(
  p_question evergreen.question, p_policy evergreen.content_policies, p_after_failure boolean, p_now timestamptz
) RETURNS evergreen.answer_match
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_match evergreen.answer_match;
  v_answer evergreen.ai_answers;
BEGIN
  SELECT a.* INTO v_answer FROM evergreen.ai_answers AS a
   WHERE a.content_type = p_question.content_type AND a.input_hash = p_question.input_hash;
  v_match.freshness := evergreen.freshness(v_answer.generated_at, v_answer.expires_at,
                                           v_answer.invalidated_at IS NULL AND v_answer.schema_version = p_policy.schema_version,
                                           p_policy.max_age, p_policy.stale_while_revalidate, p_now);
  v_match.reason := CASE
    WHEN v_match.freshness = 'fresh' THEN 'hit'
    WHEN v_match.freshness = 'missing' THEN 'no_content'
    WHEN v_answer.invalidated_at IS NOT NULL THEN 'marked_stale'
    WHEN v_answer.schema_version <> p_policy.schema_version THEN 'schema_version'
    ELSE 'expired'
  END;
  IF v_match.freshness IN ('fresh', 'stale') THEN
    v_match.answer := v_answer;
    RETURN v_match;
  END IF;

  -- The same question, asked of another model or with another prompt: the newest there is.
  IF v_match.freshness = 'missing' OR p_after_failure THEN
    SELECT a.* INTO v_answer FROM evergreen.ai_answers AS a
     WHERE a.content_type = p_question.content_type AND a.subject_hash = p_question.subject_hash
       AND a.company_id IS NOT DISTINCT FROM p_question.company_id AND a.user_id IS NOT DISTINCT FROM p_question.user_id
       AND a.schema_version = p_policy.schema_version
       AND extract(epoch FROM p_now - a.generated_at) < extract(epoch FROM p_policy.stale_if_error)
     ORDER BY a.generated_at DESC, a.input_hash = p_question.input_hash DESC, a.id LIMIT 1;
    IF FOUND AND v_match.freshness = 'missing' THEN
      v_match.freshness := 'expired';
      v_match.reason := 'context_changed';
    END IF;
    IF p_after_failure THEN
      v_match.answer := v_answer;
    END IF;
  END IF;
  RETURN v_match;
END;
$$;
COMMENT ON FUNCTION evergreen.match_answer(evergreen.question, evergreen.content_policies, boolean, timestamptz) IS 'Internal: the row that answers a question, by one index probe when it is there; after a failure the newest row of the same question, whatever model or prompt it was asked with, within stale_if_error.';
