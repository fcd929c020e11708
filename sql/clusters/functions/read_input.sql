CREATE OR REPLACE FUNCTION evergreen.read_input(p_policy evergreen.content_policies, p_input text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_policy.content_type WHEN 'cluster' THEN evergreen.cluster_input(evergreen.read_json('input', p_input, p_policy.max_bytes))
                                    ELSE evergreen.read_json('input', p_input, p_policy.max_bytes) END
$$;
COMMENT ON FUNCTION evergreen.read_input(evergreen.content_policies, text) IS 'Internal: the input of a content type in its one form, which is what the model is shown. VG006 too large, VG007 not JSON, or no input of this type. Inlined.';
