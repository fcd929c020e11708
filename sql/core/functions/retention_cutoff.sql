CREATE OR REPLACE FUNCTION evergreen.retention_cutoff(p_subject text, p_now timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT date_trunc('day', p_now AT TIME ZONE 'UTC' - r.retain_for) AT TIME ZONE 'UTC'
    FROM evergreen.retention_policies AS r WHERE r.subject = p_subject
$$;
COMMENT ON FUNCTION evergreen.retention_cutoff(text, timestamptz) IS 'Internal: the start of the first day (UTC) that is kept of a subject of retention_policies.';
