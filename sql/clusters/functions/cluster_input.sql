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
  SELECT min(e.ordinality) INTO v_wrong FROM jsonb_array_elements(v_input -> 'items') WITH ORDINALITY AS e
   WHERE jsonb_typeof(e.value) = 'null' OR (jsonb_typeof(e.value) = 'string' AND e.value #>> '{}' !~ '\S');
  IF v_wrong IS NOT NULL THEN
    RAISE EXCEPTION 'item % is blank', v_wrong USING ERRCODE = 'VG007', HINT = 'Leave out what is empty.';
  END IF;

  SELECT jsonb_agg(i.item ORDER BY CASE jsonb_typeof(i.item) WHEN 'string' THEN normalize(i.item #>> '{}', NFC) END COLLATE "C", CASE WHEN jsonb_typeof(i.item) <> 'string' THEN evergreen.canonical_json(i.item) END COLLATE "C") INTO v_items
    FROM (SELECT CASE jsonb_typeof(e.value)
                   WHEN 'string' THEN to_jsonb(btrim(regexp_replace(e.value #>> '{}', '\s+', ' ', 'g'))) ELSE e.value END AS item
            FROM jsonb_array_elements(v_input -> 'items') AS e) AS i;
  RETURN v_input || jsonb_build_object('items', v_items);
END;
$$;
COMMENT ON FUNCTION evergreen.cluster_input(jsonb) IS 'Internal: the items of a cluster in their one form: as {"items": [...]}, strings without outer and doubled white space, sorted. VG007 without items or with a blank one, VG006 over 1000.';
