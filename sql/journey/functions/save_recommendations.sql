CREATE OR REPLACE FUNCTION evergreen.save_recommendations(
  p_company_id uuid,
  p_context_hash text,
  p_recommendations jsonb,
  p_lease_token uuid,
  p_provider text,
  p_model text,
  p_prompt_id text DEFAULT NULL,
  p_prompt_tokens integer DEFAULT NULL,
  p_completion_tokens integer DEFAULT NULL,
  p_cached_tokens integer DEFAULT NULL,
  p_generation_time_ms integer DEFAULT NULL,
  p_request_id text DEFAULT NULL,
  p_expires_at timestamptz DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT state text, OUT content jsonb, OUT generated_at timestamptz, OUT cost numeric
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy('recommendation');
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_save evergreen.open_save;
  v_key text := p_company_id || ':' || p_context_hash;
  v_failures integer;
  v_kept uuid[];
  v_shown boolean := true;
BEGIN
  PERFORM evergreen.require_company(p_company_id), evergreen.require_generation(p_context_hash, p_provider, p_model, p_prompt_id),
          evergreen.require_items('recommendations', p_recommendations, v_policy.max_bytes);
  PERFORM evergreen.require_steps(p_recommendations);

  SELECT l.failures INTO v_failures FROM evergreen.generation_leases AS l WHERE l.content_type = 'recommendation' AND l.cache_key = v_key;
  v_save := evergreen.begin_save('recommendation', v_key, p_lease_token, p_company_id, NULL, v_now);
  state := v_save.state;
  IF state <> 'lease_lost' THEN
    -- Nothing is kept of a state that has not been answered before, which one probe of an index tells.
    IF EXISTS (SELECT FROM evergreen.ai_generated_recommendations AS r WHERE r.company_id = p_company_id AND r.context_hash = p_context_hash) THEN
      v_kept := ARRAY(SELECT r.id FROM evergreen.ai_generated_recommendations AS r
                       WHERE r.company_id = p_company_id AND r.context_hash = p_context_hash
                         AND r.recommendation_key IN (SELECT evergreen.recommendation_key((e.value ->> 'step_id')::uuid, e.value) FROM jsonb_array_elements(p_recommendations) AS e));
    END IF;
    -- LOCK: what is there already, by id as everybody does; what is new follows by its key, and is no one else's before it is committed.
    -- The lease is ours: nobody adds to what is there. Where nothing is, the foreign keys alone hold the company and the steps, in the same order.
    IF v_kept <> '{}' THEN
      PERFORM evergreen.hold_host(p_company_id, NULL, ARRAY(SELECT (e.value ->> 'step_id')::uuid FROM jsonb_array_elements(p_recommendations) AS e));
      PERFORM FROM evergreen.ai_generated_recommendations AS r WHERE r.id = ANY (v_kept) ORDER BY r.id FOR NO KEY UPDATE;
    END IF;
    BEGIN
      WITH items AS (
        -- The model's order is kept; a step it names twice counts once.
        SELECT DISTINCT ON (k.key) k.key, e.value AS item, e.ordinality, s.step_id
          FROM jsonb_array_elements(p_recommendations) WITH ORDINALITY AS e
         CROSS JOIN LATERAL (SELECT (e.value ->> 'step_id')::uuid AS step_id) AS s
         CROSS JOIN LATERAL (SELECT evergreen.recommendation_key(s.step_id, e.value) AS key) AS k
         ORDER BY k.key, e.ordinality
      ), saved AS (
        INSERT INTO evergreen.ai_generated_recommendations AS r
          (company_id, step_id, recommendation_key, content, context_hash, status, generation_model, generation_prompt_id,
           generated_at, expires_at, rank, schema_version)
        SELECT p_company_id, i.step_id, i.key, i.item, p_context_hash, CASE state WHEN 'saved_stale' THEN 'stale' ELSE 'fresh' END,
               p_model, p_prompt_id, v_now, p_expires_at, i.ordinality, v_policy.schema_version
          FROM items AS i ORDER BY i.key
        ON CONFLICT (company_id, recommendation_key, context_hash) DO UPDATE SET
          content = excluded.content, generation_model = excluded.generation_model, generation_prompt_id = excluded.generation_prompt_id,
          generated_at = excluded.generated_at, expires_at = excluded.expires_at, rank = excluded.rank, schema_version = excluded.schema_version,
          instruction = NULL, revision = r.revision + 1,
          -- What a person did with it (seen, completed) is not undone by saying it again.
          status = CASE WHEN r.status = 'completed' THEN 'completed'
                        WHEN excluded.status = 'stale' THEN 'stale'
                        WHEN r.status = 'active' THEN 'active'
                        ELSE 'fresh' END
        RETURNING r.*
      )
      SELECT jsonb_agg(evergreen.recommendation_json(s, CASE s.status WHEN 'stale' THEN 'stale' ELSE 'current' END) ORDER BY s.rank),
             bool_or(s.status <> 'completed' AND NOT EXISTS (
               SELECT FROM evergreen.host_company_journey_steps AS c WHERE c.company_id = p_company_id AND c.step_id = s.step_id AND c.status = 'completed'))
        INTO content, v_shown FROM saved AS s;
    EXCEPTION WHEN foreign_key_violation THEN
      RAISE EXCEPTION 'the company or a step was deleted meanwhile' USING ERRCODE = 'VG002', HINT = 'Look up again.', DETAIL = SQLERRM;
    END;
    generated_at := v_now;
  END IF;
  cost := evergreen.write_log(v_policy.prompt_type, p_provider, p_model, true, v_save.state, v_save.company_id, v_save.user_id, p_prompt_id,
                              p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, NULL, NULL, p_request_id, v_now, v_save.reserved);
  IF NOT v_shown THEN
    PERFORM evergreen.pause_key('recommendation', v_key, v_failures, 'invalid: all that was recommended is completed', v_now);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.save_recommendations IS 'Keeps the recommendations a model gave for a company in a state: an array of objects, each with step_id (null: a general one, told apart by its title) and whatever else the application shows. In one transaction with the log, the usage and the end of the lease. state saved, saved_stale (an invalidation came meanwhile), lease_lost (WARNING VG004: billed, not kept). The same step in the same state is a new revision of its row. content is what was saved, cost in USD. VG002 unknown company or prompt, VG006 too large, VG007 wrong shape. When all of it is completed already, the key pauses as after a failure.';
