CREATE OR REPLACE FUNCTION evergreen.document_parts(p_document jsonb, p_naming text) RETURNS TABLE (segment text, place text, value jsonb)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp ROWS 10 AS $$
BEGIN
  IF jsonb_typeof(p_document) = 'object' THEN
    RETURN QUERY SELECT m.key, m.key, m.value FROM jsonb_each(p_document) AS m;
  ELSIF p_naming = 'position' THEN
    RETURN QUERY SELECT (e.ordinality - 1)::text, (e.ordinality - 1)::text, e.value FROM jsonb_array_elements(p_document) WITH ORDINALITY AS e;
  ELSE
    -- A text that is there twice counts once.
    RETURN QUERY
    SELECT DISTINCT ON (s.segment) s.segment, (e.ordinality - 1)::text, e.value
      FROM jsonb_array_elements(p_document) WITH ORDINALITY AS e
     CROSS JOIN LATERAL (SELECT evergreen.plain_text(CASE p_naming WHEN 'name' THEN e.value ->> 'name' ELSE e.value #>> '{}' END) AS segment) AS s
     ORDER BY s.segment, e.ordinality;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.document_parts(jsonb, text) IS 'Internal: members of a JSON object, or elements of a list under what element_naming() says, with their place as jsonb_set() takes it.';
