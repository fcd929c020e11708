CREATE OR REPLACE FUNCTION evergreen.require_instruction(p_instruction text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_instruction IS NULL OR p_instruction !~ E'\\S' THEN
    RAISE EXCEPTION 'the instruction is blank' USING ERRCODE = 'VG007', HINT = 'Say what to improve, e.g. ''shorter, for a team of two''.';
  END IF;
  IF octet_length(p_instruction) > 8192 THEN
    RAISE EXCEPTION 'the instruction has % bytes', octet_length(p_instruction) USING ERRCODE = 'VG006', HINT = 'At most 8192.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_instruction(text) IS 'Internal: VG007 for a blank instruction, VG006 for one over 8 kB.';
