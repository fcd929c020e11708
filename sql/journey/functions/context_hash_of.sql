CREATE OR REPLACE FUNCTION evergreen.context_hash_of(p_context jsonb, p_content_type text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_seconds numeric;
  v_significant jsonb := p_context - 'last_activity';
BEGIN
  SELECT extract(epoch FROM p.activity_granularity) INTO v_seconds FROM evergreen.content_policies AS p WHERE p.content_type = p_content_type;
  IF NOT FOUND THEN
    PERFORM evergreen.policy(p_content_type);
  END IF;
  IF v_seconds IS NOT NULL THEN
    v_significant := v_significant || jsonb_build_object('activity_period',
      floor(extract(epoch FROM (p_context ->> 'last_activity')::timestamptz) / v_seconds));
  END IF;
  -- company_context() writes one text for one state: hashing that as a string spares walking through 10,000 ids.
  RETURN evergreen.content_hash(to_jsonb(v_significant::text));
END;
$$;
COMMENT ON FUNCTION evergreen.context_hash_of(jsonb, text) IS 'Internal: hash of the significant part of a company''s context: without its last activity, unless the policy''s activity_granularity turns it on, cut to that interval.';
