CREATE OR REPLACE FUNCTION evergreen.register_model(
  p_provider text, p_model text, p_prompt_price numeric, p_completion_price numeric DEFAULT 0,
  p_cached_price numeric DEFAULT NULL, p_valid_from timestamptz DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_valid_from timestamptz := p_valid_from;
  v_before evergreen.ai_models;
  v_after evergreen.ai_models;
BEGIN
  IF p_provider IS NULL OR p_provider !~ E'\\S' OR p_model IS NULL OR p_model !~ E'\\S' THEN
    RAISE EXCEPTION 'provider and model must be named' USING ERRCODE = 'VG007', HINT = 'E.g. ''openai'', ''gpt-4.1-mini''.';
  END IF;
  PERFORM evergreen.require_provider(p_provider);
  IF length(p_model) > 200 THEN
    RAISE EXCEPTION 'the name of model % is too long', quote_literal(left(p_model, 80)) USING ERRCODE = 'VG007', HINT = 'At most 200 characters, as in the log.';
  END IF;
  IF p_prompt_price IS NULL OR p_completion_price IS NULL
     OR NOT (p_prompt_price >= 0 AND p_prompt_price < 'Infinity')
     OR NOT (p_completion_price >= 0 AND p_completion_price < 'Infinity')
     OR NOT COALESCE(p_cached_price >= 0 AND p_cached_price < 'Infinity', true) THEN
    RAISE EXCEPTION 'prices of %/% must be numbers of 0 or more', p_provider, p_model
      USING ERRCODE = 'VG007', HINT = 'USD for 1,000,000 tokens.';
  END IF;
  -- The first price of a model also covers what was logged before it was known.
  IF v_valid_from IS NULL THEN
    v_valid_from := CASE WHEN EXISTS (SELECT FROM evergreen.ai_models AS m WHERE m.provider = p_provider AND m.model = p_model)
                         THEN clock_timestamp() ELSE '-infinity' END;
  END IF;
  SELECT * INTO v_before FROM evergreen.model_price(p_provider, p_model, v_valid_from);
  IF v_before.model = p_model
     AND (v_before.prompt_price, v_before.completion_price, v_before.cached_price)
         = (p_prompt_price, p_completion_price, COALESCE(p_cached_price, p_prompt_price)) THEN
    RETURN;
  END IF;
  INSERT INTO evergreen.ai_models AS m (provider, model, valid_from, prompt_price, completion_price, cached_price)
  VALUES (p_provider, p_model, v_valid_from, p_prompt_price, p_completion_price, COALESCE(p_cached_price, p_prompt_price))
  ON CONFLICT (provider, model, valid_from) DO UPDATE
    SET prompt_price = excluded.prompt_price, completion_price = excluded.completion_price, cached_price = excluded.cached_price
  RETURNING * INTO v_after;
  PERFORM evergreen.audit('register_model', p_provider || '/' || p_model, CASE WHEN v_before.model IS NOT NULL THEN to_jsonb(v_before) END, to_jsonb(v_after));
END;
$$;
COMMENT ON FUNCTION evergreen.register_model(text, text, numeric, numeric, numeric, timestamptz) IS 'Operator: what a model costs, in USD for 1,000,000 tokens, from p_valid_from (default: now; for a model without a price, from the beginning). Cached tokens cost as prompt tokens unless p_cached_price says otherwise. What was logged keeps its cost. The price in force again changes nothing.';
