CREATE OR REPLACE FUNCTION evergreen.price_of(p_price evergreen.ai_models, p_prompt_tokens integer, p_completion_tokens integer, p_cached_tokens integer)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT trim_scale(((p_prompt_tokens - COALESCE(p_cached_tokens, 0)) * p_price.prompt_price
                     + COALESCE(p_cached_tokens, 0) * p_price.cached_price
                     + COALESCE(p_completion_tokens, 0) * p_price.completion_price) / 1000000)
$$;
COMMENT ON FUNCTION evergreen.price_of(evergreen.ai_models, integer, integer, integer) IS 'Internal: USD of some tokens at a price; NULL when those of the prompt are unknown. Inlined by the planner.';
