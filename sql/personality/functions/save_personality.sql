CREATE OR REPLACE FUNCTION evergreen.save_personality(
  p_user_id text,
  p_analysis jsonb,
  p_lease_token uuid,
  p_provider text,
  p_model text,
  p_company_id uuid DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_prompt_tokens integer DEFAULT NULL,
  p_completion_tokens integer DEFAULT NULL,
  p_cached_tokens integer DEFAULT NULL,
  p_generation_time_ms integer DEFAULT NULL,
  p_request_id text DEFAULT NULL,
  p_expires_at timestamptz DEFAULT NULL,
  p_revision integer DEFAULT NULL,
  p_id uuid DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT state text, OUT content jsonb, OUT generated_at timestamptz, OUT cost numeric, OUT changes jsonb,
  OUT tuning jsonb, OUT dropped_tuning jsonb, OUT personality jsonb, OUT revision integer, OUT version integer
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy('personality');
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_save evergreen.open_save;
  v_saved record;
  v_kept evergreen.personality_cache;
BEGIN
  PERFORM evergreen.require_known_user(p_user_id);
  PERFORM evergreen.require_generation(evergreen.content_hash(to_jsonb(p_user_id)), p_provider, p_model, p_prompt_id);
  PERFORM evergreen.require_analysis(p_analysis, v_policy.max_bytes);
  PERFORM evergreen.require_time(v_now);
  v_save := evergreen.begin_save('personality', p_user_id, p_lease_token, p_company_id, p_user_id, v_now);
  state := v_save.state;
  IF state <> 'lease_lost' THEN
    SELECT k.state, k.kept, k.changes INTO v_saved
      FROM evergreen.keep_personality(p_user_id, p_analysis, v_policy.schema_version, state = 'saved_stale', p_model, p_prompt_id, p_expires_at, p_revision, p_id, v_now) AS k;
    IF v_saved.state = 'conflict' THEN
      state := 'conflict';
      v_save.state := 'conflict';
      -- Nothing was saved: whoever waits for it generates for itself.
      UPDATE evergreen.generation_leases AS l SET saved_xid = NULL WHERE l.content_type = 'personality' AND l.cache_key = p_user_id;
    END IF;
  END IF;
  IF state IN ('saved', 'saved_stale') THEN
    v_kept := v_saved.kept;
    content := v_kept.analysis_data;
    tuning := v_kept.tuning;
    dropped_tuning := v_kept.dropped_tuning;
    IF tuning <> '{}' THEN
      personality := evergreen.apply_tuning(content, tuning);
    END IF;
    revision := v_kept.revision;
    version := v_kept.version;
    changes := v_saved.changes;
    generated_at := v_now;
  END IF;
  cost := evergreen.write_log(v_policy.prompt_type, p_provider, p_model, true, v_save.state, v_save.company_id, v_save.user_id, p_prompt_id,
                              p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, NULL, NULL, p_request_id, v_now, v_save.reserved);
END;
$$;
COMMENT ON FUNCTION evergreen.save_personality IS 'Keeps the analysis a model gave of a user, in one transaction with the log, the usage and the end of the lease. state saved, saved_stale (an invalidation came meanwhile), lease_lost (WARNING VG004: billed, not kept), conflict (what is there is not revision p_revision, 0: nothing, of row p_id, NULL: whatever: billed, not kept). One that says the same as before (see explain_changes()) only begins the age anew; otherwise it is a new revision, changes says of what, and adjustments that still apply stay. content is the analysis that is kept, personality the same with the adjustments (NULL: there are none), cost in USD. VG002 unknown user or prompt, VG006 over max_bytes, VG007 wrong shape.';
