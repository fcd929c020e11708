CREATE OR REPLACE FUNCTION evergreen.record_cache_lookups(p_lookups jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- A batch of lookups, counted. One statement; rows of a batch are written in key order, so batches never deadlock.
DECLARE
  v_wrong text;
  v_count integer;
  v_unknown text;
BEGIN
  IF p_lookups IS NULL OR jsonb_typeof(p_lookups) <> 'array' THEN
    RAISE EXCEPTION 'the lookups are not a JSON array'
      USING ERRCODE = 'VG007', HINT = 'Give [{"content_type": ..., "outcome": ..., "duration_ms": ..., "at": ...}, ...].';
  END IF;
  IF jsonb_array_length(p_lookups) > 10000 THEN
    RAISE EXCEPTION 'a batch of % lookups is too large', jsonb_array_length(p_lookups) USING ERRCODE = 'VG006', HINT = 'At most 10000 a call.';
  END IF;
  SELECT e.value::text INTO v_wrong FROM jsonb_array_elements(p_lookups) AS e
   WHERE COALESCE(e.value ->> 'outcome', '') NOT IN ('fresh', 'stale', 'similar', 'generated', 'fallback', 'uncached', 'failed')
      OR NOT COALESCE(jsonb_typeof(e.value -> 'duration_ms') = 'number', false)
      OR (e.value ->> 'duration_ms')::numeric < 0
      OR NOT COALESCE(COALESCE(e.value -> 'lookups', '1') @@ '$ >= 1 && $ <= 1000000000 && $ == $.floor()', false)
      OR NOT COALESCE(isfinite((e.value ->> 'at')::timestamptz), true)
      OR NOT COALESCE(jsonb_typeof(e.value -> 'content_type') = 'string', false)
   LIMIT 1;
  IF v_wrong IS NOT NULL THEN
    RAISE EXCEPTION 'a lookup cannot be counted: %', left(v_wrong, 200)
      USING ERRCODE = 'VG007', HINT = 'It needs a content_type, an outcome (fresh, stale, similar, generated, fallback, uncached, failed) and duration_ms of 0 or more; lookups, when it stands for several, is a whole number from 1 to 1,000,000,000.';
  END IF;

  INSERT INTO evergreen.cache_lookups_hourly AS s (hour, content_type, outcome, latency_bucket, slot, lookups, total_ms)
  SELECT date_trunc('hour', COALESCE((e.value ->> 'at')::timestamptz, clock_timestamp()), 'UTC'), e.value ->> 'content_type', e.value ->> 'outcome',
         evergreen.latency_bucket((e.value ->> 'duration_ms')::double precision), pg_backend_pid() % 8,
         sum(COALESCE((e.value ->> 'lookups')::numeric, 1)),
         sum((e.value ->> 'duration_ms')::double precision * COALESCE((e.value ->> 'lookups')::numeric, 1)::double precision)
    FROM jsonb_array_elements(p_lookups) AS e
    JOIN evergreen.content_policies AS c ON c.content_type = e.value ->> 'content_type'
   GROUP BY 1, 2, 3, 4, 5
   ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (hour, content_type, outcome, latency_bucket, slot) DO UPDATE
    SET lookups = s.lookups + excluded.lookups, total_ms = s.total_ms + excluded.total_ms;

  -- One caller's misspelt content type is no reason to lose the counts of all others.
  SELECT count(c.content_type), string_agg(DISTINCT quote_literal(left(e.value ->> 'content_type', 80)), ', ') FILTER (WHERE c.content_type IS NULL)
    INTO v_count, v_unknown
    FROM jsonb_array_elements(p_lookups) AS e
    LEFT JOIN evergreen.content_policies AS c ON c.content_type = e.value ->> 'content_type';
  IF v_unknown IS NOT NULL THEN
    RAISE WARNING 'lookups of content types that there are not are passed over: %', left(v_unknown, 200) USING HINT = 'Add a content type with set_content_policy().';
  END IF;
  RETURN v_count;
EXCEPTION WHEN invalid_datetime_format OR datetime_field_overflow OR invalid_parameter_value OR numeric_value_out_of_range THEN
  RAISE EXCEPTION 'a lookup cannot be counted: %', left(SQLERRM, 200)
    USING ERRCODE = 'VG007', HINT = 'at is a time with its zone, e.g. "2026-11-21T08:30:00.000Z", duration_ms a number of milliseconds.';
END;
$$;
COMMENT ON FUNCTION evergreen.record_cache_lookups(jsonb) IS 'Counts how callers were answered, a batch at a time: [{content_type, outcome, duration_ms, at, lookups}, ...], at most 10,000; at defaults to now. lookups (default 1) is how many one entry stands for, of one hour and of about the same time, duration_ms being their mean. Returns how many entries were counted: those of a content type that there is not are passed over with a WARNING. VG007 (and nothing counted) when one of them is wrong otherwise.';
