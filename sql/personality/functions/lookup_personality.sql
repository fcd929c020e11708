CREATE OR REPLACE FUNCTION evergreen.lookup_personality(
  p_user_id text, p_has_posts boolean DEFAULT true, p_refresh boolean DEFAULT false, p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT context_hash text, OUT blocked text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_row evergreen.personality_cache;
  v_found record;
  v_showable boolean;
BEGIN
  cache_key := p_user_id;
  context_hash := p_user_id;
  SELECT c AS kept, evergreen.freshness(c.generated_at, c.expires_at, NOT c.is_stale AND c.version = p.schema_version, p.max_age, p.stale_while_revalidate, v_now) AS freshness,
         c.version = p.schema_version AS readable, p.stale_if_error
    INTO v_found
    FROM evergreen.personality_cache AS c, evergreen.content_policies AS p
   WHERE c.user_id = p_user_id AND p.content_type = 'personality';
  v_row := v_found.kept;
  freshness := COALESCE(v_found.freshness, 'missing');
  IF freshness = 'missing' THEN
    PERFORM evergreen.require_known_user(p_user_id);
  ELSIF p_refresh AND NOT p_has_posts THEN
    RAISE EXCEPTION 'without posts there is nothing to analyse user % by', quote_literal(left(p_user_id, 80))
      USING ERRCODE = 'VG007', HINT = 'Pass their posts, or do not ask for a new analysis.';
  ELSIF p_refresh THEN
    freshness := 'expired';
  END IF;
  IF freshness = 'fresh' THEN
    reason := 'hit';
    content := evergreen.personality_json(v_row);
  ELSE
    seen := pg_current_snapshot()::text;
    blocked := CASE WHEN NOT p_has_posts THEN 'no_posts' END;
    reason := CASE WHEN freshness = 'missing' THEN 'no_content' WHEN v_row.is_stale THEN 'marked_stale' WHEN NOT v_found.readable THEN 'schema_version'
                   WHEN p_refresh THEN 'refresh' ELSE 'expired' END;
    v_showable := freshness = 'stale'
      OR (p_after_failure OR blocked IS NOT NULL) AND v_found.readable
         AND extract(epoch FROM v_now - v_row.generated_at) < extract(epoch FROM v_found.stale_if_error);
    IF v_showable THEN
      content := evergreen.personality_json(v_row);
    ELSIF blocked IS NOT NULL THEN
      RAISE EXCEPTION 'of user % there is no personality to show, and no posts to analyse', quote_literal(left(p_user_id, 80))
        USING ERRCODE = 'VG007', HINT = 'Pass their posts.';
    END IF;
  END IF;
  IF content IS NOT NULL THEN
    generated_at := v_row.generated_at;
    generation_model := v_row.generation_model;
    generation_prompt_id := v_row.generation_prompt_id;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_personality IS 'One row for the client: may the personality of a user be answered from what is there? freshness fresh, stale (answer it and refresh), expired or missing (generate; content is NULL). cache_key is the key to claim; content {user_id, analysis, tuning, dropped_tuning, revision, version} and, where something is adjusted, personality. Without p_has_posts nothing can be generated: blocked is no_posts, and what is there within stale_if_error is content; VG007 when there is nothing. p_refresh: fresh content will not do. reason of a miss: no_content, marked_stale, schema_version, refresh, expired. With p_after_failure also what may only be shown after a failed generation. One index probe, writes nothing. VG002 unknown user.';
