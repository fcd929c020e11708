CREATE OR REPLACE FUNCTION evergreen.fold_usage(p_batch_size integer DEFAULT 1, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
-- One day a call: one that was logged late, else the earliest that is over and not added up.
DECLARE
  v_today date := (COALESCE(p_now, clock_timestamp()) AT TIME ZONE 'UTC')::date;
  v_day date;
BEGIN
  done := 0;
  -- LOCK: whoever logs waits while a day is added up (some milliseconds), and what they log of it afterwards is late.
  LOCK TABLE evergreen.ai_usage_hourly IN SHARE ROW EXCLUSIVE MODE;
  SELECT l.day INTO v_day FROM evergreen.ai_usage_late AS l WHERE l.day < v_today ORDER BY l.day LIMIT 1;
  IF NOT FOUND THEN
    SELECT (u.hour AT TIME ZONE 'UTC')::date INTO v_day FROM evergreen.ai_usage_hourly AS u
     WHERE u.hour >= COALESCE((SELECT max(d.day) + 1 FROM evergreen.ai_usage_days AS d)::timestamp AT TIME ZONE 'UTC', '-infinity')
       AND u.hour < v_today::timestamp AT TIME ZONE 'UTC'
     ORDER BY u.hour LIMIT 1;
  END IF;
  IF v_day IS NOT NULL THEN
    DELETE FROM evergreen.ai_usage_daily AS u WHERE u.day = v_day;
    DELETE FROM evergreen.ai_usage_late AS l WHERE l.day = v_day;
    INSERT INTO evergreen.ai_usage_days (day) VALUES (v_day) ON CONFLICT (day) DO NOTHING;
    INSERT INTO evergreen.ai_usage_daily
      (day, generation_type, provider, model_used, generations, successes, prompt_tokens, completion_tokens, cached_tokens, cost, unpriced, timed, total_time_ms)
    SELECT v_day, u.generation_type, u.provider, u.model_used, sum(u.generations), sum(u.successes), sum(u.prompt_tokens), sum(u.completion_tokens),
           sum(u.cached_tokens), sum(u.cost), sum(u.unpriced), sum(u.timed), sum(u.total_time_ms)
      FROM evergreen.ai_usage_hourly AS u
     WHERE u.hour >= v_day::timestamp AT TIME ZONE 'UTC' AND u.hour < (v_day + 1)::timestamp AT TIME ZONE 'UTC'
     GROUP BY u.generation_type, u.provider, u.model_used;
    done := 1;
    next_cursor := 'more';
  END IF;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.fold_usage(integer, text, timestamptz) IS 'Operator: adds up one day (UTC) that is over into ai_usage_daily, so that statistics of long ranges read days instead of hours; they are the same before and after. A step of ai_daily_maintenance().';
