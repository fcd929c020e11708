CREATE OR REPLACE FUNCTION evergreen.save_insights(
  p_company_id uuid,
  p_context_hash text,
  p_domain_id uuid,
  p_step_id uuid,
  p_insights jsonb,
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
  v_policy evergreen.content_policies := evergreen.policy('insight');
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_save evergreen.open_save;
  v_key text := evergreen.insight_key(p_company_id, p_context_hash, p_domain_id, p_step_id);
  v_place text := evergreen.insight_place(p_domain_id, p_step_id);
  v_wrong text;
BEGIN
  PERFORM evergreen.require_company(p_company_id), evergreen.require_generation(p_context_hash, p_provider, p_model, p_prompt_id);
  PERFORM evergreen.require_place(p_domain_id, p_step_id);
  PERFORM evergreen.require_items('insights', p_insights, v_policy.max_bytes);
  SELECT left(e.value::text, 200) INTO v_wrong FROM jsonb_array_elements(p_insights) AS e
   WHERE NOT COALESCE(jsonb_typeof(e.value -> 'content') = 'string' AND e.value ->> 'content' ~ E'\\S', false)
      OR NOT COALESCE(jsonb_typeof(e.value -> 'author_profile') = 'object', true)
      OR NOT CASE COALESCE(jsonb_typeof(e.value -> 'relevance_score'), 'null')
               WHEN 'number' THEN (e.value ->> 'relevance_score')::numeric BETWEEN 0.5 AND 1.0 WHEN 'null' THEN true ELSE false END
   LIMIT 1;
  IF v_wrong IS NOT NULL THEN
    RAISE EXCEPTION 'an insight cannot be kept: %', v_wrong
      USING ERRCODE = 'VG007', HINT = 'It needs content that is not blank; author_profile is an object, relevance_score a number from 0.5 to 1.0.';
  END IF;

  v_save := evergreen.begin_save('insight', v_key, p_lease_token, p_company_id, NULL, v_now);
  state := v_save.state;
  IF state <> 'lease_lost' THEN
    -- LOCK: one save for a company after the other, for another place may be given the same text: what is there already stays all there is.
    -- Then the host's rows; then ours, by id as everybody does; what is new follows.
    PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.save_insights:' || p_company_id, 0));
    PERFORM evergreen.hold_host(p_company_id, p_domain_id, ARRAY[p_step_id]);
    PERFORM FROM evergreen.ai_generated_insights AS i
      WHERE i.company_id = p_company_id
        AND i.content_digest IN (SELECT evergreen.insight_digest(e.value ->> 'content') FROM jsonb_array_elements(p_insights) AS e)
      ORDER BY i.id FOR NO KEY UPDATE;
    WITH items AS (
      SELECT DISTINCT ON (d.digest) d.digest, e.value AS item, e.ordinality
        FROM jsonb_array_elements(p_insights) WITH ORDINALITY AS e
       CROSS JOIN LATERAL (SELECT evergreen.insight_digest(e.value ->> 'content') AS digest) AS d
       ORDER BY d.digest, e.ordinality
    ), again AS (
      -- The same text again is one row. Where it answers for another place already, it now answers for this one too,
      -- but keeps its age: or that place would have this one text and be thought fresh when all its others are gone.
      -- No ON CONFLICT: because of the generated digest it would lock the row as for a deletion on PostgreSQL 15.
      UPDATE evergreen.ai_generated_insights AS i SET
        domain_id = p_domain_id, step_id = p_step_id,
        asked_for = CASE WHEN NOT evergreen.insight_is_shared(i, v_place, p_context_hash, v_policy, v_now) THEN ARRAY[v_place]
                         WHEN v_place = ANY (i.asked_for) OR state = 'saved_stale' THEN i.asked_for
                         ELSE i.asked_for || v_place END,
        generated_at = CASE WHEN evergreen.insight_is_shared(i, v_place, p_context_hash, v_policy, v_now) THEN i.generated_at ELSE v_now END,
        expires_at = CASE WHEN evergreen.insight_is_shared(i, v_place, p_context_hash, v_policy, v_now) THEN i.expires_at ELSE p_expires_at END,
        invalidated_at = CASE WHEN state = 'saved_stale' AND NOT evergreen.insight_is_shared(i, v_place, p_context_hash, v_policy, v_now) THEN v_now END,
        author_profile = COALESCE(t.item -> 'author_profile', '{}'), context_hash = p_context_hash,
        relevance_score = (t.item ->> 'relevance_score')::double precision,
        generation_model = p_model, generation_prompt_id = p_prompt_id, schema_version = v_policy.schema_version
        FROM items AS t WHERE i.company_id = p_company_id AND i.content_digest = t.digest
      RETURNING i.*
    ), anew AS (
      INSERT INTO evergreen.ai_generated_insights AS i
        (company_id, domain_id, step_id, content, asked_for, author_profile, context_hash, relevance_score, generation_model, generation_prompt_id,
         generated_at, expires_at, invalidated_at, schema_version)
      SELECT p_company_id, p_domain_id, p_step_id, t.item ->> 'content', ARRAY[v_place],
             COALESCE(t.item -> 'author_profile', '{}'), p_context_hash, (t.item ->> 'relevance_score')::double precision, p_model, p_prompt_id,
             v_now, p_expires_at, CASE state WHEN 'saved_stale' THEN v_now END, v_policy.schema_version
        FROM items AS t
       WHERE NOT EXISTS (SELECT FROM evergreen.ai_generated_insights AS k WHERE k.company_id = p_company_id AND k.content_digest = t.digest)
       ORDER BY t.digest
      RETURNING i.*
    ), saved AS (
      SELECT * FROM again UNION ALL SELECT * FROM anew
    )
    SELECT jsonb_agg(evergreen.insight_json(s::evergreen.ai_generated_insights) ORDER BY s.relevance_score DESC NULLS LAST, s.times_presented, s.id) INTO content FROM saved AS s;
    generated_at := v_now;
  END IF;
  cost := evergreen.write_log(v_policy.prompt_type, p_provider, p_model, true, v_save.state, v_save.company_id, v_save.user_id, p_prompt_id,
                              p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, NULL, NULL, p_request_id, v_now, v_save.reserved);
END;
$$;
COMMENT ON FUNCTION evergreen.save_insights IS 'Keeps the peer insights a model gave for a company in a state, about a domain, a step, both or neither: an array of {content, author_profile, relevance_score from 0.5 to 1.0}. A text the company has already (but for case and white space) is merged into its row. state, content and cost as in save_recommendations(). VG002 unknown company, domain, step or prompt, VG006 too large, VG007 wrong shape.';
