CREATE OR REPLACE FUNCTION evergreen.fill_template(p_prompt_type text, p_name text, p_template text, p_variables jsonb) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wanted text[] := evergreen.prompt_variables(p_template);
  v_given text[];
  v_prompt text;
  v_max_bytes bigint;
BEGIN
  IF p_variables IS NULL OR jsonb_typeof(p_variables) <> 'object' THEN
    RAISE EXCEPTION 'the variables of prompt % are not a JSON object', p_name
      USING ERRCODE = 'VG007', HINT = 'Give {"name": value, ...}.';
  END IF;
  SELECT COALESCE(array_agg(k ORDER BY k), '{}') INTO v_given FROM jsonb_object_keys(p_variables) AS k;
  IF v_wanted <> v_given THEN
    RAISE EXCEPTION 'the variables of prompt % do not fit: missing %, unused %', p_name,
        COALESCE((SELECT string_agg(w, ', ') FROM unnest(v_wanted) AS w WHERE w <> ALL (v_given)), 'none'),
        COALESCE((SELECT string_agg(g, ', ') FROM unnest(v_given) AS g WHERE g <> ALL (v_wanted)), 'none')
      USING ERRCODE = 'VG007', HINT = format('The template uses %s.', array_to_string(v_wanted, ', '));
  END IF;

  SELECT string_agg(CASE WHEN p.place IS NULL THEN p.literal ELSE COALESCE(p_variables ->> p.place, '') END, '' ORDER BY p.ordinal)
    INTO v_prompt
    FROM evergreen.template_parts(p_template) AS p;

  SELECT max(c.max_prompt_tokens) * 4::bigint INTO v_max_bytes FROM evergreen.content_policies AS c WHERE c.prompt_type = p_prompt_type;
  IF octet_length(v_prompt) > v_max_bytes THEN
    RAISE EXCEPTION 'the prompt % has % bytes, its policy allows %', p_name, octet_length(v_prompt), v_max_bytes
      USING ERRCODE = 'VG006', HINT = 'Shorten the variables, or raise max_prompt_tokens with evergreen.set_content_policy().';
  END IF;
  RETURN v_prompt;
END;
$$;
COMMENT ON FUNCTION evergreen.fill_template(text, text, text, jsonb) IS 'Internal: a template with its variables filled in. VG007 for a missing or unused variable, VG006 for a prompt over the max_prompt_tokens of its type.';
