CREATE OR REPLACE FUNCTION evergreen.find_in_document(p_document jsonb, p_path text, OUT path text, OUT place text[], OUT value jsonb, OUT beside text[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_node jsonb := p_document;
  v_step text;
  v_part record;
BEGIN
  IF p_path !~ '^(/([^~/]|~[01])*)+$' THEN
    RETURN;
  END IF;
  path := '';
  place := '{}';
  FOREACH v_step IN ARRAY (string_to_array(p_path, '/'))[2:] LOOP
    IF jsonb_typeof(v_node) NOT IN ('object', 'array') THEN
      path := NULL;
      RETURN;
    END IF;
    v_step := replace(replace(v_step, '~1', '/'), '~0', '~');
    SELECT d.* INTO v_part FROM evergreen.document_parts(v_node, evergreen.element_naming(CASE jsonb_typeof(v_node) WHEN 'array' THEN v_node ELSE '[]' END)) AS d
     WHERE d.segment = CASE jsonb_typeof(v_node) WHEN 'array' THEN evergreen.plain_text(v_step) ELSE v_step END;
    IF NOT FOUND THEN
      path := NULL;
      beside := ARRAY(SELECT left(d.segment, 40) FROM evergreen.document_parts(v_node, evergreen.element_naming(CASE jsonb_typeof(v_node) WHEN 'array' THEN v_node ELSE '[]' END)) AS d
                       ORDER BY d.segment COLLATE "C" LIMIT 20);
      RETURN;
    END IF;
    path := path || evergreen.pointer_segment(v_part.segment);
    place := place || v_part.place;
    v_node := v_part.value;
  END LOOP;
  value := v_node;
END;
$$;
COMMENT ON FUNCTION evergreen.find_in_document(jsonb, text) IS 'Internal: where a JSON Pointer leads in a document, lists as in explain_changes(): path as explain_changes() would write it (NULL: nowhere), place as jsonb_set() takes it, value; beside is what there would have been.';
