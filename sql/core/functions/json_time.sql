CREATE OR REPLACE FUNCTION evergreen.json_time(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
COMMENT ON FUNCTION evergreen.json_time(timestamptz) IS 'Internal: a time as JSON has it, in UTC whatever the session''s zone, e.g. 2026-11-21T08:30:00.000Z.';
