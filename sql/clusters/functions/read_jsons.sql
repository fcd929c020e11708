CREATE OR REPLACE FUNCTION evergreen.read_jsons(p_name text, p_texts text[], p_max_bytes integer) RETURNS jsonb[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
-- All at once when nothing is wrong; else one by one, so that what is wrong is said.
DECLARE
  v_values jsonb[];
BEGIN
  IF NOT EXISTS (SELECT FROM unnest(p_texts) AS t (text) WHERE (octet_length(t.text) <= p_max_bytes AND NOT evergreen.has_huge_number(t.text)) IS NOT TRUE) THEN
    BEGIN
      v_values := p_texts::jsonb[];
      IF NOT EXISTS (SELECT FROM unnest(v_values) AS v (value) WHERE jsonb_path_exists(v.value, '$.**{65}')) THEN
        RETURN v_values;
      END IF;
    EXCEPTION WHEN data_exception OR statement_too_complex THEN
      NULL;
    END;
  END IF;
  RETURN ARRAY(SELECT evergreen.read_json(p_name, t.text, p_max_bytes) FROM unnest(p_texts) WITH ORDINALITY AS t (text, ordinality) ORDER BY t.ordinality);
END;
$$;
COMMENT ON FUNCTION evergreen.read_jsons(text, text[], integer) IS 'Internal: read_json() of each of some texts.';
