CREATE OR REPLACE FUNCTION evergreen.take_rate_limit(
  p_key text,
  p_limit integer DEFAULT 100,
  p_window interval DEFAULT '1 minute',
  p_now timestamptz DEFAULT NULL,
  OUT allowed boolean,
  OUT request_limit integer,
  OUT remaining integer,
  OUT reset_after_ms integer,
  OUT retry_after_ms integer
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The last p_limit times of a key are kept. The one of p_limit requests ago must lie before the window: whatever the order in which
-- processes with slightly different clocks come, no window then holds more than p_limit of what was allowed (of those p_limit
-- places apart, each is a window later than the one before).
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_window interval := make_interval(secs => extract(epoch FROM p_window)::double precision);
  v_window_ms bigint := ceil(extract(epoch FROM p_window) * 1000);
  v_hash bytea;
  v_start timestamptz;
  v_taken timestamptz[];
BEGIN
  PERFORM evergreen.require_limit('the rate limit', p_limit, 1000);
  PERFORM evergreen.require_time(p_now);
  IF p_key IS NULL OR octet_length(p_key) NOT BETWEEN 1 AND 512 THEN
    RAISE EXCEPTION 'key % must have 1 to 512 bytes', COALESCE(quote_literal(left(p_key, 80)), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Name who is limited, e.g. the id of a user.';
  END IF;
  IF p_window IS NULL OR p_window < interval '1 millisecond' OR p_window > interval '31 days' THEN
    RAISE EXCEPTION 'window % is not an interval of time', COALESCE(quote_literal(p_window), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Give an interval from 1 millisecond to 31 days, e.g. interval ''1 minute''.';
  END IF;

  v_hash := sha256(convert_to(p_key, 'UTF8'));
  v_start := v_now - v_window;
  request_limit := p_limit;
  INSERT INTO evergreen.rate_limits AS r (key_hash, window_ms, taken) VALUES (v_hash, v_window_ms, ARRAY[v_now])
  ON CONFLICT (key_hash, window_ms) DO UPDATE
    SET taken = (r.taken || GREATEST(v_now, r.taken[cardinality(r.taken)]))[GREATEST(cardinality(r.taken) + 2 - p_limit, 1):]
  WHERE COALESCE(r.taken[cardinality(r.taken) + 1 - p_limit] <= v_start, true)
  RETURNING r.taken INTO v_taken;
  allowed := FOUND;
  IF NOT allowed THEN
    SELECT r.taken INTO v_taken FROM evergreen.rate_limits AS r WHERE r.key_hash = v_hash AND r.window_ms = v_window_ms;
    IF v_taken[cardinality(v_taken)] > v_now + v_window THEN
      -- The clock was set back: what was taken then counts as taken now, or nobody would be let through until it has caught up.
      UPDATE evergreen.rate_limits AS r
         SET taken = ARRAY(SELECT LEAST(t.at, v_now) FROM unnest(r.taken) WITH ORDINALITY AS t (at, place) ORDER BY t.place)
       WHERE r.key_hash = v_hash AND r.window_ms = v_window_ms
      RETURNING r.taken INTO v_taken;
    END IF;
  END IF;

  remaining := CASE WHEN allowed THEN GREATEST(p_limit - (SELECT count(*)::integer FROM unnest(v_taken) AS t (at) WHERE t.at > v_start), 0) ELSE 0 END;
  reset_after_ms := COALESCE(evergreen.milliseconds(v_taken[cardinality(v_taken)] - v_start), 0);
  retry_after_ms := CASE WHEN allowed THEN 0 ELSE GREATEST(COALESCE(evergreen.milliseconds(v_taken[cardinality(v_taken) + 1 - p_limit] - v_start), 0), 1) END;
END;
$$;
COMMENT ON FUNCTION evergreen.take_rate_limit(text, integer, interval, timestamptz) IS 'Takes one of the p_limit requests (at most 1000) that a key may make in any p_window (at most 31 days), whatever the number of processes that ask. allowed says whether it was one; remaining how many more are free now, reset_after_ms when all are free again, retry_after_ms when the next one is (0 when allowed). A refused request takes nothing. Of a key, each length of window counts for itself. VG007 for a wrong value, VG006 for a limit above 1000.';
