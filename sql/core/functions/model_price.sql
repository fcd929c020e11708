CREATE OR REPLACE FUNCTION evergreen.model_price(p_provider text, p_model text, p_at timestamptz) RETURNS SETOF evergreen.ai_models
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  v_undated text := regexp_replace(p_model, E'-\\d{4}-\\d{2}-\\d{2}$', '');
BEGIN
  RETURN QUERY
  SELECT m.*
    FROM evergreen.ai_models AS m
   WHERE m.provider = p_provider
     AND m.model IN (p_model, v_undated)
     AND m.valid_from <= p_at
   ORDER BY m.model = p_model DESC, m.valid_from DESC
   LIMIT 1;
END;
$$;
COMMENT ON FUNCTION evergreen.model_price(text, text, timestamptz) IS 'The price of a model in force at a time: its own, else that of its name without a trailing date. No row when it is unknown.';
