CREATE OR REPLACE FUNCTION evergreen.element_naming(p_list jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_naming text;
BEGIN
  SELECT CASE
           WHEN count(*) = 0 THEN NULL
           WHEN bool_and(jsonb_typeof(e.value) = 'string') THEN 'text'
           WHEN bool_and(COALESCE(jsonb_typeof(e.value -> 'name') = 'string', false))
                AND count(DISTINCT evergreen.plain_text(e.value ->> 'name')) = count(*) THEN 'name'
           ELSE 'position'
         END INTO v_naming
    FROM jsonb_array_elements(p_list) AS e;
  RETURN v_naming;
END;
$$;
COMMENT ON FUNCTION evergreen.element_naming(jsonb) IS 'Internal: what tells the elements of a JSON list apart: name (objects that each have a name of their own), text (all are strings), position (anything else), NULL (none).';
