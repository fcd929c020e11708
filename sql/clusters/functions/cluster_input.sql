CREATE OR REPLACE FUNCTION evergreen.cluster_input(p_input jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
-- The same items in another order and spacing are the same input.
DECLARE
  v_input jsonb := CASE jsonb_typeof(p_input) WHEN 'array' THEN jsonb_build_object('items', p_input) ELSE p_input END;
  v_items jsonb;
  v_wrong bigint;
BEGIN
  IF jsonb_typeof(v_input) <> 'object' OR jsonb_typeof(v_input -> 'items') IS DISTINCT FROM 'array' OR jsonb_array_length(v_input -> 'items') = 0 THEN
    RAISE EXCEPTION 'there are no items to cluster' USING ERRCODE = 'VG007', HINT = 'Give an array that is not empty, or {"items": [...], ...}.';
  END IF;
  IF jsonb_array_length(v_input -> 'items') > 1000 THEN
    RAISE EXCEPTION 'there are % items', jsonb_array_length(v_input -> 'items') USING ERRCODE = 'VG006', HINT = 'At most 1000 in one input.';
  END IF;
  SELECT min(i.ordinality) FILTER (WHERE i.type = 'null' OR i.words = ''),
         jsonb_agg(CASE i.type WHEN 'string' THEN to_jsonb(i.words) ELSE i.value END
                   ORDER BY CASE WHEN i.words IS NULL OR octet_length(i.words) = char_length(i.words) THEN i.words ELSE normalize(i.words, NFC) END COLLATE "C",
                            CASE WHEN i.words IS NULL THEN evergreen.canonical_json(i.value) END COLLATE "C")
    INTO v_wrong, v_items
    FROM (SELECT e.value, e.ordinality, jsonb_typeof(e.value) AS type,
                 CASE jsonb_typeof(e.value) WHEN 'string' THEN btrim(regexp_replace(e.value #>> '{}', E'\\s+', ' ', 'g')) END AS words
            FROM jsonb_array_elements(v_input -> 'items') WITH ORDINALITY AS e) AS i;
  IF v_wrong IS NOT NULL THEN
    RAISE EXCEPTION 'item % is blank', v_wrong USING ERRCODE = 'VG007', HINT = 'Leave out what is empty.';
  END IF;
  RETURN v_input || jsonb_build_object('items', v_items);
END;
$$;
COMMENT ON FUNCTION evergreen.cluster_input(jsonb) IS 'Internal: the items of a cluster in their one form: as {"items": [...]}, strings without outer and doubled white space, sorted. VG007 without items or with a blank one, VG006 over 1000.';
