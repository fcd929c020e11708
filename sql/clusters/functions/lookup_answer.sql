CREATE OR REPLACE FUNCTION evergreen.lookup_answer(
  p_content_type text,
  p_input text,
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_after_failure boolean DEFAULT false,
  p_similar boolean DEFAULT false,
  p_embedding real[] DEFAULT NULL,
  p_embedding_model text DEFAULT NULL,
  p_threshold real DEFAULT NULL,
  p_checks text[] DEFAULT '{numbers,negations,entities,order,structure}',
  p_now timestamptz DEFAULT NULL,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT context_hash text,
  OUT id uuid, OUT similarity real, OUT similarity_method text, OUT similar_to jsonb
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies;
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_question evergreen.question;
  v_match evergreen.answer_match;
  v_similar record;
  v_parent_updated_at timestamptz;
BEGIN
  IF p_similar AND p_threshold IS NULL THEN
    v_policy := evergreen.policy(p_content_type);
    IF v_policy.similarity_threshold IS NULL THEN
      RAISE EXCEPTION 'similar inputs do not answer for %', p_content_type
        USING ERRCODE = 'VG007', HINT = 'Pass p_threshold, or set one for all: evergreen.set_content_policy(..., p_similarity_threshold => 0.95).';
    END IF;
  END IF;

  IF p_parent_id IS NOT NULL THEN
    SELECT a.updated_at INTO v_parent_updated_at FROM evergreen.ai_answers AS a WHERE a.id = p_parent_id;
  END IF;
  SELECT f.input_hash, 'fresh', 'hit', evergreen.answer_json(f.id, f.input_hash, f.parent_id, f.revision, f.generated_at, f.result), f.generated_at,
         f.generation_model, f.generation_prompt_id, f.variant_hash, f.id
    INTO cache_key, freshness, reason, content, generated_at, generation_model, generation_prompt_id, context_hash, id
    FROM evergreen.fresh_answer(p_content_type, p_input, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id,
                                v_parent_updated_at, v_now) AS f;
  IF FOUND THEN
    RETURN;
  END IF;

  v_policy := evergreen.policy(p_content_type);
  v_question := evergreen.question_of(
    evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id), v_policy, p_input);
  v_match := evergreen.match_answer(v_question, v_policy, COALESCE(p_after_failure, false), v_now);

  IF p_similar AND v_match.freshness NOT IN ('fresh', 'stale') THEN
    SELECT s.id, s.similarity, s.method, s.input INTO v_similar
      FROM evergreen.match_similar(v_question, v_policy, p_embedding, p_embedding_model, p_threshold, p_checks, 200, v_now) AS s
     WHERE s.agrees AND s.freshness = 'fresh'
     ORDER BY s.similarity DESC, s.id LIMIT 1;
    IF FOUND THEN
      v_match.freshness := 'similar';
      v_match.reason := 'similar';
      similarity := v_similar.similarity;
      similarity_method := v_similar.method;
      similar_to := v_similar.input;
      v_match.answer := (SELECT a FROM evergreen.ai_answers AS a WHERE a.id = v_similar.id);
    END IF;
  END IF;

  SELECT t.cache_key, t.freshness, t.reason, t.seen, t.content, t.generated_at, t.generation_model, t.generation_prompt_id, t.context_hash, t.id
    INTO cache_key, freshness, reason, seen, content, generated_at, generation_model, generation_prompt_id, context_hash, id
    FROM evergreen.tell_match(v_question, v_match) AS t;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_answer IS 'One row for the client: may this input be answered from what is there? freshness fresh, stale (answer it and refresh), expired or missing (generate; content is NULL), or with p_similar similar: the answer of a similar input (similar_to, with its similarity) that the checks let pass, see find_similar_answers(); without the HNSW index the 200 newest are compared. cache_key is the key to claim, content {id, input_hash, parent_id, revision, generated_at, result}. p_prompt NULL asks with the active prompt. reason of a miss: no_content, context_changed (it was asked of another model or with another prompt), marked_stale, schema_version, expired. With p_after_failure also what may only be shown after a failed generation. Writes nothing. VG001 unknown type, VG002 unknown company, prompt or parent, VG006 too large, VG007 malformed, VG009 a parent of another owner.';
