CREATE OR REPLACE FUNCTION evergreen.policy(p_content_type text) RETURNS evergreen.content_policies
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The policy of a content type, or VG001.
DECLARE
  v_policy evergreen.content_policies;
BEGIN
  SELECT * INTO v_policy FROM evergreen.content_policies AS c WHERE c.content_type = p_content_type;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unknown content type %', COALESCE(quote_literal(p_content_type), 'NULL')
      USING ERRCODE = 'VG001',
            HINT = format('Known are %s. A new one is made with evergreen.set_content_policy().',
                          (SELECT string_agg(c.content_type, ', ' ORDER BY c.content_type) FROM evergreen.content_policies AS c));
  END IF;
  RETURN v_policy;
END;
$$;
COMMENT ON FUNCTION evergreen.policy(text) IS 'The policy of a content type. VG001 (with the known ones in the hint) when there is none.';
