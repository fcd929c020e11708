CREATE OR REPLACE FUNCTION evergreen.mark_stale_recommendations_batch(p_batch_size integer DEFAULT 1000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
-- Along the index of what was generated when, from where this session's last call ended to the end and from the beginning
-- to there: a call that marks less than asked has seen all, and whoever calls until 0 reads all once, not once a call.
DECLARE
  v_everybody CONSTANT uuid := uuid '00000000-0000-0000-0000-000000000000';
  v_beginning CONSTANT jsonb := jsonb '["-infinity", "00000000-0000-0000-0000-000000000000"]';
  v_start jsonb;
  v_place jsonb;
  v_until jsonb := jsonb '["infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"]';
  v_window integer;
  v_marked integer;
  v_computed uuid[];
  v_total integer := 0;
BEGIN
  PERFORM evergreen.require_limit('p_batch_size', p_batch_size, 100000);
  -- Whatever else somebody has set it to is nowhere.
  v_start := COALESCE(substring(current_setting('evergreen.staling_place', true)
                                FROM E'^\\["(?:-infinity|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+[+-][0-9:]+)", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"\\]$')::jsonb, v_beginning);
  v_place := v_start;
  v_window := LEAST(GREATEST(p_batch_size, 100), 10000);
  LOOP
    -- What the hashes at hand show to be current is passed over; the states of the rest are looked up or computed together.
    WITH looked AS MATERIALIZED (
      SELECT l.*
        FROM (SELECT r.ctid AS place, r.company_id, r.context_hash, r.generated_at, r.id,
                     EXISTS (SELECT FROM evergreen.company_context_hashes AS h
                              WHERE h.company_id = r.company_id AND h.context_hash = r.context_hash
                                AND h.company_id NOT IN (SELECT c.company_id FROM evergreen.company_changes AS c)
                                AND NOT EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = v_everybody)
                                AND EXISTS (SELECT FROM evergreen.content_policies AS p WHERE p.content_type = 'recommendation' AND p.activity_granularity IS NULL)) AS is_current
                FROM evergreen.ai_generated_recommendations AS r
               WHERE r.status IN ('fresh', 'active')
                 AND (r.generated_at, r.id) > ((v_place ->> 0)::timestamptz, (v_place ->> 1)::uuid)
                 AND (r.generated_at, r.id) <= ((v_until ->> 0)::timestamptz, (v_until ->> 1)::uuid)
               ORDER BY r.generated_at, r.id OFFSET 0) AS l
       WHERE NOT l.is_current
       LIMIT v_window
    ), present AS MATERIALIZED (
      SELECT p.* FROM evergreen.present_contexts(ARRAY(SELECT DISTINCT l.company_id FROM looked AS l)) AS p
    ), taken AS MATERIALIZED (
      SELECT l.place, l.generated_at, l.id
        FROM looked AS l
       WHERE (l.company_id IN (SELECT p.company_id FROM present AS p)) IS TRUE
         AND ((l.company_id, l.context_hash) IN (SELECT p.company_id, p.context_hash FROM present AS p)) IS FALSE
       LIMIT p_batch_size - v_total
    ), outdated AS MATERIALIZED (
      -- Locked rows are passed over: staling never waits for a save, so the two cannot deadlock. What was completed
      -- meanwhile no longer fits the condition once its row is locked.
      SELECT r.ctid AS place
        FROM evergreen.ai_generated_recommendations AS r
       WHERE r.ctid = ANY (ARRAY(SELECT t.place FROM taken AS t)) AND r.status IN ('fresh', 'active')
         FOR NO KEY UPDATE SKIP LOCKED
    ), marked AS (
      UPDATE evergreen.ai_generated_recommendations AS r SET status = 'stale'
       WHERE r.ctid = ANY (ARRAY(SELECT o.place FROM outdated AS o))
      RETURNING true
    )
    SELECT (SELECT count(*) FROM marked), ARRAY(SELECT p.company_id FROM present AS p WHERE p.is_computed),
           -- Behind the last that was taken or, when fewer were found, looked at; nowhere at the end.
           COALESCE((SELECT jsonb_build_array(t.generated_at, t.id) FROM taken AS t OFFSET p_batch_size - v_total - 1),
                    (SELECT jsonb_build_array(l.generated_at, l.id) FROM looked AS l OFFSET v_window - 1))
      INTO v_marked, v_computed, v_place;
    PERFORM evergreen.fold_company_contexts(v_computed);
    v_total := v_total + v_marked;
    EXIT WHEN v_total = p_batch_size;
    IF v_place IS NULL THEN
      EXIT WHEN v_start = v_beginning;
      v_place := v_beginning;
      v_until := v_start;
      v_start := v_beginning;
    END IF;
  END LOOP;
  PERFORM set_config('evergreen.staling_place', CASE WHEN v_total = p_batch_size THEN v_place::text ELSE '' END, false);
  RETURN v_total;
END;
$$;
COMMENT ON FUNCTION evergreen.mark_stale_recommendations_batch(integer) IS 'Marks stale the oldest recommendations, at most p_batch_size, that were made for another context than their company has now; returns how many, 0 when none is left. A session that calls again goes on where its last call ended (the setting evergreen.staling_place), and begins anew after a call that marked less than asked. Rows locked by others are passed over, so several callers share the work. Source: seed 004_cba5aaa9e1a5292b.txt.';
