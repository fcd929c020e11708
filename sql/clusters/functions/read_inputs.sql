CREATE OR REPLACE FUNCTION evergreen.read_inputs(p_policy evergreen.content_policies, p_inputs text[]) RETURNS jsonb[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_inputs jsonb[] := evergreen.read_jsons('input', p_inputs, p_policy.max_bytes);
BEGIN
  IF p_policy.content_type = 'cluster' THEN
    RETURN ARRAY(SELECT evergreen.cluster_input(i.input) FROM unnest(v_inputs) WITH ORDINALITY AS i (input, ordinality) ORDER BY i.ordinality);
  END IF;
  RETURN v_inputs;
END;
$$;
COMMENT ON FUNCTION evergreen.read_inputs(evergreen.content_policies, text[]) IS 'Internal: read_input() of each of some inputs.';
