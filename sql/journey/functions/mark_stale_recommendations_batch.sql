CREATE OR REPLACE FUNCTION evergreen.mark_stale_recommendations_batch(p_batch_size integer DEFAULT 1000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The daily maintenance's steps, from where this session's last call ended to the last company and from the first to there:
-- a call that marks less than asked has seen all, and whoever calls until 0 looks through all companies two or three times, not once a call.
DECLARE
  -- Whatever else somebody has set it to is nowhere.
  v_start CONSTANT uuid := substring(current_setting('evergreen.staling_place', true) FROM '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$')::uuid;
  v_place uuid := v_start;
  v_is_again boolean := false;
  v_done integer;
  v_total integer := 0;
BEGIN
  PERFORM evergreen.require_limit('p_batch_size', p_batch_size, 100000);
  LOOP
    SELECT s.done, s.next_cursor::uuid INTO v_done, v_place FROM evergreen.stale_recommendations(p_batch_size - v_total, v_place::text) AS s;
    v_total := v_total + v_done;
    EXIT WHEN v_total = p_batch_size OR v_is_again AND (v_place IS NULL OR v_place >= v_start);
    IF v_place IS NULL THEN
      EXIT WHEN v_start IS NULL;
      v_is_again := true;
    END IF;
  END LOOP;
  PERFORM set_config('evergreen.staling_place', CASE WHEN v_total = p_batch_size THEN v_place::text ELSE '' END, false);
  RETURN v_total;
END;
$$;
COMMENT ON FUNCTION evergreen.mark_stale_recommendations_batch(integer) IS 'Marks stale, at most p_batch_size, recommendations that were made for another context than their company has now; the oldest first of 100 companies at a time; returns how many, 0 when none is left. A session that calls again goes on with the companies where its last call ended (the setting evergreen.staling_place), and begins anew after a call that marked less than asked. Rows locked by others are passed over, so several callers share the work. Source: seed 004_cba5aaa9e1a5292b.txt.';
