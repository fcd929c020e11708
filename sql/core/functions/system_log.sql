CREATE OR REPLACE FUNCTION evergreen.system_log(p_level text, p_component text, p_message text, p_detail jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO evergreen.system_logs (level, component, message, detail) VALUES (p_level, p_component, p_message, p_detail);
$$;
COMMENT ON FUNCTION evergreen.system_log(text, text, text, jsonb) IS 'Internal: writes one line of system_logs.';
