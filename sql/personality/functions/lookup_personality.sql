CREATE OR REPLACE FUNCTION evergreen.lookup_personality(
  p_user_id text, p_has_posts boolean DEFAULT true, p_refresh boolean DEFAULT false, p_after_failure boolean DEFAULT false,
  p_revision integer DEFAULT NULL, p_id uuid DEFAULT NULL, p_now timestamptz DEFAULT NULL,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT context_hash text, OUT blocked text,
  OUT tuning jsonb, OUT dropped_tuning jsonb, OUT personality jsonb, OUT revision integer, OUT version integer
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_stale boolean;
  v_readable boolean;
  v_stale_if_error interval;
  v_id uuid;
BEGIN
  -- All that a hit needs in this one statement.
  SELECT evergreen.freshness(c.generated_at, c.expires_at, NOT c.is_stale AND c.version = p.schema_version, p.max_age, p.stale_while_revalidate, v_now),
         c.analysis_data, c.tuning, c.dropped_tuning, CASE WHEN c.tuning <> '{}' THEN evergreen.apply_tuning(c.analysis_data, c.tuning) END,
         c.revision, c.version,
         c.generated_at, c.generation_model, c.generation_prompt_id, c.is_stale, c.version = p.schema_version, p.stale_if_error, c.id
    INTO freshness, content, tuning, dropped_tuning, personality, revision, version, generated_at, generation_model, generation_prompt_id, v_stale, v_readable, v_stale_if_error, v_id
    FROM evergreen.personality_cache AS c, evergreen.content_policies AS p
   WHERE c.user_id = p_user_id AND p.content_type = 'personality';
  cache_key := p_user_id;
  context_hash := p_user_id;
  IF evergreen.is_other_personality(p_revision, p_id, revision, v_id) THEN
    PERFORM evergreen.require_known_user(p_user_id);
    PERFORM evergreen.require_same_personality(p_user_id, p_revision, p_id, revision, v_id);
  END IF;
  IF freshness = 'fresh' AND NOT p_refresh THEN
    reason := 'hit';
    RETURN;
  END IF;

  IF freshness IS NULL THEN
    PERFORM evergreen.require_known_user(p_user_id);
    freshness := 'missing';
  ELSIF p_refresh AND NOT p_has_posts THEN
    RAISE EXCEPTION 'without posts there is nothing to analyse user % by', quote_literal(left(p_user_id, 80))
      USING ERRCODE = 'VG007', HINT = 'Pass their posts, or do not ask for a new analysis.';
  ELSIF p_refresh THEN
    freshness := 'expired';
  END IF;
  seen := pg_current_snapshot()::text;
  blocked := CASE WHEN NOT p_has_posts THEN 'no_posts' END;
  reason := CASE WHEN freshness = 'missing' THEN 'no_content' WHEN v_stale THEN 'marked_stale' WHEN NOT v_readable THEN 'schema_version'
                 WHEN p_refresh THEN 'refresh' ELSE 'expired' END;
  IF freshness = 'stale'
     OR (p_after_failure OR blocked IS NOT NULL) AND v_readable
        AND extract(epoch FROM v_now - generated_at) < extract(epoch FROM v_stale_if_error) THEN
    RETURN;
  END IF;
  IF blocked IS NOT NULL THEN
    RAISE EXCEPTION 'of user % there is no personality to show, and no posts to analyse', quote_literal(left(p_user_id, 80))
      USING ERRCODE = 'VG007', HINT = 'Pass their posts.';
  END IF;
  content := NULL;
  personality := NULL;
  generated_at := NULL;
  generation_model := NULL;
  generation_prompt_id := NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_personality IS 'One row for the client: may the personality of a user be answered from what is there? freshness fresh, stale (answer it and refresh), expired or missing (generate; content is NULL). cache_key is the key to claim; content the analysis, personality the same with the adjustments (NULL: there are none). Without p_has_posts nothing can be generated: blocked is no_posts, and what is there within stale_if_error is content; VG007 when there is nothing. p_refresh: fresh content will not do. p_revision, p_id: only while this revision (0: nothing) of this row is there. reason of a miss: no_content, marked_stale, schema_version, refresh, expired. With p_after_failure also what may only be shown after a failed generation. One index probe, writes nothing. VG002 unknown user, VG011 another revision or row.';
