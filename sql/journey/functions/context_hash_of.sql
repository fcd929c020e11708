CREATE OR REPLACE FUNCTION evergreen.context_hash_of(p_context jsonb, p_content_type text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_seconds numeric := (SELECT extract(epoch FROM p.activity_granularity) FROM evergreen.content_policies AS p WHERE p.content_type = p_content_type);
  v_significant jsonb := p_context - 'last_activity';
BEGIN
  IF v_seconds IS NOT NULL THEN
    v_significant := v_significant || jsonb_build_object('activity_period',
      floor(extract(epoch FROM (p_context ->> 'last_activity')::timestamptz) / v_seconds));
  END IF;
  RETURN evergreen.content_hash(v_significant);
END;
$$;
COMMENT ON FUNCTION evergreen.context_hash_of(jsonb, text) IS 'Internal: hash of the significant part of a company''s context: without its last activity, unless the policy''s activity_granularity turns it on, cut to that interval.';
