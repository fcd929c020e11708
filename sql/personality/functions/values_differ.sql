CREATE OR REPLACE FUNCTION evergreen.values_differ(p_before jsonb, p_after jsonb, p_tolerance numeric, p_whole boolean) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_type text := jsonb_typeof(p_before);
  v_before numeric;
  v_after numeric;
BEGIN
  IF v_type IS DISTINCT FROM jsonb_typeof(p_after) THEN
    RETURN true;
  END IF;
  CASE v_type
    WHEN 'number' THEN
      v_before := (p_before #>> '{}')::numeric;
      v_after := (p_after #>> '{}')::numeric;
      RETURN abs(v_before - v_after) > p_tolerance * GREATEST(abs(v_before), abs(v_after));
    WHEN 'string' THEN
      RETURN evergreen.plain_text(p_before #>> '{}') <> evergreen.plain_text(p_after #>> '{}');
    WHEN 'boolean' THEN
      RETURN p_before <> p_after;
    WHEN 'object', 'array' THEN
      -- Their parts are compared one by one, unless they lie too deep.
      RETURN p_whole AND p_before <> p_after;
    ELSE
      RETURN false;
  END CASE;
END;
$$;
COMMENT ON FUNCTION evergreen.values_differ(jsonb, jsonb, numeric, boolean) IS 'Internal: whether two JSON values mean something else: of another type, numbers further apart than p_tolerance of the larger, other words. Objects and lists differ by their parts, or with p_whole as a whole.';
