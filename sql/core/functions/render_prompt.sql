CREATE OR REPLACE FUNCTION evergreen.render_prompt(p_prompt_type text, p_variables jsonb, OUT prompt_id text, OUT prompt text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_template text;
  v_wanted text[];
  v_given text[];
  v_max_bytes bigint;
BEGIN
  SELECT p.id, p.prompt_template INTO prompt_id, v_template
    FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = p_prompt_type AND p.active;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no active prompt of the type %', COALESCE(quote_literal(p_prompt_type), 'NULL')
      USING ERRCODE = 'VG002', HINT = 'Publish one with evergreen.publish_prompt().';
  END IF;
  IF p_variables IS NULL OR jsonb_typeof(p_variables) <> 'object' THEN
    RAISE EXCEPTION 'the variables of prompt % are not a JSON object', prompt_id
      USING ERRCODE = 'VG007', HINT = 'Give {"name": value, ...}.';
  END IF;

  v_wanted := evergreen.prompt_variables(v_template);
  SELECT COALESCE(array_agg(k ORDER BY k), '{}') INTO v_given FROM jsonb_object_keys(p_variables) AS k;
  IF v_wanted <> v_given THEN
    RAISE EXCEPTION 'the variables of prompt % do not fit: missing %, unused %', prompt_id,
        COALESCE((SELECT string_agg(w, ', ') FROM unnest(v_wanted) AS w WHERE w <> ALL (v_given)), 'none'),
        COALESCE((SELECT string_agg(g, ', ') FROM unnest(v_given) AS g WHERE g <> ALL (v_wanted)), 'none')
      USING ERRCODE = 'VG007', HINT = format('The template uses %s.', array_to_string(v_wanted, ', '));
  END IF;

  -- In one pass over the template: braces inside of a value are not places, and a single brace beside a place is text.
  SELECT string_agg(
           CASE WHEN part.place IS NULL THEN part.literal
                ELSE COALESCE(p_variables ->> part.place, '') END, '' ORDER BY part.ordinality)
    INTO prompt
    FROM (SELECT t.ordinality, t.m[1] AS literal, t.m[2] AS place
            FROM regexp_matches(v_template, '((?:(?!\{\{\s*[a-z][a-z0-9_]*\s*\}\}).)+)|\{\{\s*([a-z][a-z0-9_]*)\s*\}\}', 'gs') WITH ORDINALITY AS t (m, ordinality)) AS part;

  SELECT max(c.max_prompt_tokens) * 4::bigint INTO v_max_bytes FROM evergreen.content_policies AS c WHERE c.prompt_type = p_prompt_type;
  IF octet_length(prompt) > v_max_bytes THEN
    RAISE EXCEPTION 'the prompt % has % bytes, its policy allows %', prompt_id, octet_length(prompt), v_max_bytes
      USING ERRCODE = 'VG006', HINT = 'Shorten the variables, or raise max_prompt_tokens with evergreen.set_content_policy().';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.render_prompt(text, jsonb) IS 'The active prompt of a type with its variables filled in, and its id. Strings are inserted as they are, other values as JSON. VG002 when no prompt is active, VG007 for a missing or unused variable, VG006 for a prompt over the policy''s max_prompt_tokens.';
