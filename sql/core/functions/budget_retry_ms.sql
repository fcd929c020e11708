CREATE OR REPLACE FUNCTION evergreen.budget_retry_ms(p_now timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT LEAST(evergreen.milliseconds((date_trunc('month', p_now AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC' - p_now), 3600000)
$$;
COMMENT ON FUNCTION evergreen.budget_retry_ms(timestamptz) IS 'Internal: after how many milliseconds to ask again when a budget is spent: when the month (UTC) ends, or in an hour, for budgets are raised.';
