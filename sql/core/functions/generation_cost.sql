CREATE OR REPLACE FUNCTION evergreen.generation_cost(
  p_provider text, p_model text, p_prompt_tokens integer, p_completion_tokens integer,
  p_cached_tokens integer DEFAULT 0, p_at timestamptz DEFAULT NULL
) RETURNS numeric
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_at timestamptz := COALESCE(p_at, clock_timestamp());
  v_cost numeric;
BEGIN
  IF p_prompt_tokens < 0 OR p_completion_tokens < 0 OR p_cached_tokens < 0 OR p_cached_tokens > p_prompt_tokens THEN
    RAISE EXCEPTION 'tokens make no sense: prompt %, completion %, cached %', p_prompt_tokens, p_completion_tokens, p_cached_tokens
      USING ERRCODE = 'VG007', HINT = 'Counts are 0 or more; cached tokens are a part of the prompt tokens.';
  END IF;
  -- What model_price() finds first, without a call of it: every save asks.
  SELECT evergreen.price_of(m, p_prompt_tokens, p_completion_tokens, p_cached_tokens) INTO v_cost
    FROM evergreen.ai_models AS m
   WHERE m.provider = p_provider AND m.model = p_model AND m.valid_from <= v_at ORDER BY m.valid_from DESC LIMIT 1;
  IF NOT FOUND THEN
    SELECT evergreen.price_of(m, p_prompt_tokens, p_completion_tokens, p_cached_tokens) INTO v_cost
      FROM evergreen.model_price(p_provider, p_model, v_at) AS m;
  END IF;
  RETURN v_cost;
END;
$$;
COMMENT ON FUNCTION evergreen.generation_cost(text, text, integer, integer, integer, timestamptz) IS 'USD that a call costs at the price of p_at (default now). Cached tokens are part of the prompt tokens and are charged once, at their own price. NULL, never 0, when the model has no price or the tokens are unknown.';
