CREATE OR REPLACE FUNCTION evergreen.content_hash(p_value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_value IS NULL THEN
    RAISE EXCEPTION 'there is nothing to hash: p_value is NULL'
      USING ERRCODE = 'VG007', HINT = 'Give a JSON value; JSON null is one: ''null''::jsonb.';
  END IF;
  RETURN encode(sha256(convert_to(evergreen.canonical_json(p_value), 'UTF8')), 'hex');
END;
$$;
COMMENT ON FUNCTION evergreen.content_hash(jsonb) IS 'SHA-256 (64 hex digits) of the canonical form of a JSON value: key order, white space, number spelling and Unicode form do not matter, everything else does. The one hash of the project. VG007 for NULL.';
