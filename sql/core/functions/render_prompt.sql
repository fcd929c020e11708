CREATE OR REPLACE FUNCTION evergreen.render_prompt(p_prompt_type text, p_variables jsonb, OUT prompt_id text, OUT prompt text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_template text;
BEGIN
  SELECT p.id, p.prompt_template INTO prompt_id, v_template
    FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = p_prompt_type AND p.active;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no active prompt of the type %', COALESCE(quote_literal(p_prompt_type), 'NULL')
      USING ERRCODE = 'VG002', HINT = 'Publish one with evergreen.publish_prompt().';
  END IF;
  prompt := evergreen.fill_template(p_prompt_type, prompt_id, v_template, p_variables);
END;
$$;
COMMENT ON FUNCTION evergreen.render_prompt(text, jsonb) IS 'The active prompt of a type with its variables filled in, and its id. Strings are inserted as they are, other values as JSON. VG002 when no prompt is active, VG007 for a missing or unused variable, VG006 for a prompt over the policy''s max_prompt_tokens.';
