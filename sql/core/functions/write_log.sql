CREATE OR REPLACE FUNCTION evergreen.write_log(
  p_generation_type text, p_provider text, p_model text, p_success boolean, p_outcome text, p_company_id uuid, p_user_id text,
  p_prompt_id text, p_prompt_tokens integer, p_completion_tokens integer, p_cached_tokens integer,
  p_generation_time_ms integer, p_error_code text, p_error_message text, p_request_id text, p_at timestamptz, p_reserved numeric
) RETURNS numeric
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The log line, the hour it counts in and the months that pay for it: one transaction, so they never differ.
DECLARE
  v_slot smallint := pg_backend_pid() % 8;
  v_model text := left(p_model, 200);
  v_cost numeric;
BEGIN
  IF p_at < '2000-01-01 00:00:00+00' OR p_at >= '2200-01-01 00:00:00+00' THEN
    PERFORM evergreen.require_time(p_at);
  END IF;
  -- What a provider reports must not make a paid answer impossible to save.
  IF LEAST(p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms) < 0 OR p_cached_tokens > COALESCE(p_prompt_tokens, -1) THEN
    p_prompt_tokens := CASE WHEN p_prompt_tokens < 0 THEN 0 ELSE p_prompt_tokens END;
    p_completion_tokens := CASE WHEN p_completion_tokens < 0 THEN 0 ELSE p_completion_tokens END;
    p_cached_tokens := CASE WHEN p_prompt_tokens IS NOT NULL AND p_cached_tokens IS NOT NULL THEN LEAST(GREATEST(p_cached_tokens, 0), p_prompt_tokens) END;
    p_generation_time_ms := CASE WHEN p_generation_time_ms < 0 THEN 0 ELSE p_generation_time_ms END;
  END IF;
  v_cost := evergreen.generation_cost(p_provider, v_model, p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_at);
  IF v_cost IS NULL AND p_prompt_tokens > 0 THEN
    PERFORM evergreen.warn_unpriced(p_provider, v_model);
  END IF;

  INSERT INTO evergreen.ai_generation_logs
    (company_id, user_id, generation_type, prompt_id, provider, model_used, prompt_tokens, completion_tokens, cached_tokens,
     cost, generation_time_ms, success, outcome, error_code, error_message, request_id, created_at)
  VALUES
    (p_company_id, p_user_id, p_generation_type, p_prompt_id, p_provider, v_model, p_prompt_tokens, p_completion_tokens, p_cached_tokens,
     v_cost, p_generation_time_ms, p_success, CASE p_outcome WHEN 'saved' THEN 'generated' ELSE p_outcome END, p_error_code, left(p_error_message, 2000), left(p_request_id, 200), p_at);

  INSERT INTO evergreen.ai_usage_hourly AS u
    (hour, generation_type, provider, model_used, slot, generations, successes, prompt_tokens, completion_tokens, cached_tokens,
     cost, unpriced, timed, total_time_ms)
  VALUES
    (date_trunc('hour', p_at, 'UTC'), p_generation_type, p_provider, v_model, v_slot, 1, p_success::integer,
     COALESCE(p_prompt_tokens, 0), COALESCE(p_completion_tokens, 0), COALESCE(p_cached_tokens, 0),
     COALESCE(v_cost, 0), (v_cost IS NULL)::integer, (p_generation_time_ms IS NOT NULL)::integer, COALESCE(p_generation_time_ms, 0))
  ON CONFLICT (hour, generation_type, provider, model_used, slot) DO UPDATE SET
    generations = u.generations + 1,
    successes = u.successes + excluded.successes,
    prompt_tokens = u.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = u.completion_tokens + excluded.completion_tokens,
    cached_tokens = u.cached_tokens + excluded.cached_tokens,
    cost = u.cost + excluded.cost,
    unpriced = u.unpriced + excluded.unpriced,
    timed = u.timed + excluded.timed,
    total_time_ms = u.total_time_ms + excluded.total_time_ms;
  -- A day that is over may have been added up: it is to be added up anew. After the lock on the hours, so that fold_usage() has seen this line or is told of it.
  IF p_at < date_trunc('day', clock_timestamp(), 'UTC') THEN
    INSERT INTO evergreen.ai_usage_late (day) VALUES ((p_at AT TIME ZONE 'UTC')::date);
  END IF;

  -- A budget is charged what was reserved when nobody knows what it cost.
  PERFORM evergreen.add_spend(p_at, p_company_id, p_user_id, v_slot, COALESCE(v_cost, p_reserved), 1);
  RETURN v_cost;
END;
$$;
COMMENT ON FUNCTION evergreen.write_log IS 'Internal: one line of ai_generation_logs, counted in ai_usage_hourly and ai_spend_monthly; returns its cost in USD (NULL: unknown price, with a warning in system_logs; p_reserved is charged to the budgets then). p_outcome may be the state of a save: what was saved is logged as generated.';
