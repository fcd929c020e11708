CREATE OR REPLACE FUNCTION evergreen.audit(p_action text, p_subject text, p_before jsonb, p_after jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO evergreen.audit_log (action, subject, before, after) VALUES (p_action, p_subject, p_before, p_after);
$$;
COMMENT ON FUNCTION evergreen.audit(text, text, jsonb, jsonb) IS 'Internal: writes one line of audit_log.';
