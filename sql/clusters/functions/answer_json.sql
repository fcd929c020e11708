CREATE OR REPLACE FUNCTION evergreen.answer_json(p_answer evergreen.ai_answers) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT jsonb_build_object('id', p_answer.id, 'input_hash', p_answer.input_hash, 'parent_id', p_answer.parent_id, 'revision', p_answer.revision,
                            'generated_at', evergreen.json_time(p_answer.generated_at), 'result', p_answer.result)
$$;
COMMENT ON FUNCTION evergreen.answer_json(evergreen.ai_answers) IS 'Internal: an answer as clients are given it.';
