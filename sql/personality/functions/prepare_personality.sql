CREATE OR REPLACE FUNCTION evergreen.prepare_personality(p_user_id text, p_posts text[], OUT state text, OUT prompt_id text, OUT prompt text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy('personality');
  v_posts text;
  v_traits text;
BEGIN
  PERFORM evergreen.require_known_user(p_user_id);
  IF cardinality(p_posts) > 1000 OR octet_length(array_to_string(p_posts, '')) > 1048576 THEN
    RAISE EXCEPTION 'there are % posts of % bytes', cardinality(p_posts), octet_length(array_to_string(p_posts, ''))
      USING ERRCODE = 'VG006', HINT = 'Pass at most 1000, of 1 MB together, newest first.';
  END IF;
  -- Half of the prompt is left to the template and what was known before.
  v_posts := evergreen.describe_posts(p_posts, v_policy.context_max_items, v_policy.max_prompt_tokens * 2);
  IF v_posts IS NULL THEN
    RAISE EXCEPTION 'without posts there is nothing to analyse user % by', quote_literal(left(p_user_id, 80))
      USING ERRCODE = 'VG007', HINT = 'Pass their posts, newest first.';
  END IF;
  SELECT string_agg('- ' || left(e.value ->> 'name', 100), E'\n' ORDER BY e.ordinality) INTO v_traits
    FROM evergreen.personality_cache AS c
   CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(c.analysis_data -> 'traits') WHEN 'array' THEN c.analysis_data -> 'traits' ELSE '[]' END) WITH ORDINALITY AS e
   WHERE c.user_id = p_user_id AND e.ordinality <= 20 AND jsonb_typeof(e.value -> 'name') = 'string';
  state := 'ready';
  SELECT r.prompt_id, r.prompt INTO prompt_id, prompt
    FROM evergreen.render_available(v_policy.prompt_type, jsonb_build_object('posts', v_posts, 'known_traits', COALESCE(v_traits, '- none'))) AS r;
END;
$$;
COMMENT ON FUNCTION evergreen.prepare_personality(text, text[]) IS 'The prompt that analyses a user by their posts, newest first: the first context_max_items of them, each cut to 2,000 characters, as far as half of max_prompt_tokens reaches; and the names of the traits that are known, so that they stay the same. state ready. VG002 unknown user or no active prompt, VG006 over 1000 posts or 1 MB, VG007 no posts.';
