CREATE OR REPLACE FUNCTION evergreen.answer_json(
  p_id uuid, p_input_hash text, p_parent_id uuid, p_revision integer, p_generated_at timestamptz, p_result jsonb
) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT jsonb_build_object('id', p_id, 'input_hash', p_input_hash, 'parent_id', p_parent_id, 'revision', p_revision,
                            'generated_at', evergreen.json_time(p_generated_at), 'result', p_result)
$$;
COMMENT ON FUNCTION evergreen.answer_json(uuid, text, uuid, integer, timestamptz, jsonb) IS 'Internal: an answer as clients are given it.';
