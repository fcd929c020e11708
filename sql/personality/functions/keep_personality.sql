CREATE OR REPLACE FUNCTION evergreen.keep_personality(
  p_user_id text, p_analysis jsonb, p_version integer, p_stale boolean, p_model text, p_prompt_id text, p_expires_at timestamptz, p_revision integer,
  p_id uuid, p_now timestamptz, OUT state text, OUT kept evergreen.personality_cache, OUT changes jsonb, OUT dropped jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tuning jsonb;
  v_constraint text;
BEGIN
  changes := '[]';
  dropped := '{}';
  LOOP
    SELECT p.* INTO kept FROM evergreen.personality_cache AS p WHERE p.user_id = p_user_id FOR NO KEY UPDATE;
    IF evergreen.is_other_personality(p_revision, p_id, kept.revision, kept.id) THEN
      state := 'conflict';
      RETURN;
    END IF;
    EXIT WHEN kept.id IS NOT NULL;
    BEGIN
      INSERT INTO evergreen.personality_cache AS p
        (user_id, analysis_data, version, is_stale, generation_model, generation_prompt_id, generated_at, expires_at, created_at, updated_at)
      VALUES (p_user_id, p_analysis, p_version, p_stale, COALESCE(p_model, 'unknown'), p_prompt_id, p_now, p_expires_at, p_now, p_now)
      ON CONFLICT (user_id) DO NOTHING
      RETURNING p.* INTO kept;
    EXCEPTION WHEN foreign_key_violation THEN
      -- Looked at before, and deleted since.
      GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
      IF v_constraint = 'personality_cache_user_id_host' THEN
        RAISE EXCEPTION 'user % was deleted meanwhile', quote_literal(left(p_user_id, 80))
          USING ERRCODE = 'VG002', HINT = 'There is nobody any more to keep a personality of.', DETAIL = SQLERRM;
      END IF;
      RAISE;
    END;
    IF kept.id IS NOT NULL THEN
      state := 'saved';
      RETURN;
    END IF;
  END LOOP;

  -- Not jsonb_agg(): its time grows with the square of the parts in a value.
  changes := to_jsonb(ARRAY(
    SELECT to_jsonb(c) FROM (SELECT * FROM evergreen.explain_changes(kept.analysis_data, p_analysis) LIMIT 100) AS c ORDER BY c.path COLLATE "C"));
  IF changes = '[]' AND kept.version = p_version THEN
    state := 'unchanged';
    UPDATE evergreen.personality_cache AS p
       SET generated_at = p_now, expires_at = p_expires_at, is_stale = p_stale, updated_at = p_now
     WHERE p.user_id = p_user_id RETURNING p.* INTO kept;
    RETURN;
  END IF;
  state := 'saved';
  v_tuning := evergreen.surviving_tuning(kept.tuning, p_analysis);
  SELECT COALESCE(jsonb_object_agg(t.key, t.value), '{}') INTO dropped FROM jsonb_each(kept.tuning) AS t WHERE NOT v_tuning ? t.key;
  UPDATE evergreen.personality_cache AS p
     SET analysis_data = p_analysis, version = p_version, revision = p.revision + 1, is_stale = p_stale, tuning = v_tuning,
         dropped_tuning = p.dropped_tuning || dropped, generation_model = COALESCE(p_model, 'unknown'), generation_prompt_id = p_prompt_id,
         generated_at = p_now, expires_at = p_expires_at, updated_at = p_now
   WHERE p.user_id = p_user_id RETURNING p.* INTO kept;
END;
$$;
COMMENT ON FUNCTION evergreen.keep_personality IS 'Internal: writes an analysis. state saved (a new revision; changes says which, the first 100, dropped which adjustments no longer apply), unchanged (it says the same: the earlier text stays, its age begins anew) or conflict (what is there is not what p_revision and p_id say; nothing is written). VG002 for a user who was deleted meanwhile.';
