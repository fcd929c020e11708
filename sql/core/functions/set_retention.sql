CREATE OR REPLACE FUNCTION evergreen.set_retention(p_subject text, p_retain_for interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_before evergreen.retention_policies;
  v_after evergreen.retention_policies;
BEGIN
  IF p_retain_for IS NULL OR p_retain_for < interval '0' OR p_retain_for > interval '100 years' THEN
    RAISE EXCEPTION 'retention % is not an interval of time', COALESCE(quote_literal(p_retain_for), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Give an interval from zero to 100 years, e.g. interval ''90 days''.';
  END IF;
  SELECT * INTO v_before FROM evergreen.retention_policies AS r WHERE r.subject = p_subject FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nothing is retained under the name %', COALESCE(quote_literal(p_subject), 'NULL')
      USING ERRCODE = 'VG002',
            HINT = format('Known are %s. Content itself is retained by content_policies.retain_for.',
                          (SELECT string_agg(r.subject, ', ' ORDER BY r.subject) FROM evergreen.retention_policies AS r));
  END IF;
  UPDATE evergreen.retention_policies AS r SET retain_for = p_retain_for, updated_at = clock_timestamp()
   WHERE r.subject = p_subject RETURNING * INTO v_after;
  PERFORM evergreen.audit('set_retention', p_subject, to_jsonb(v_before), to_jsonb(v_after));
END;
$$;
COMMENT ON FUNCTION evergreen.set_retention(text, interval) IS 'Operator: how long maintenance keeps logs, snapshots and idle leases; audited. VG002 for a subject that is not in retention_policies.';
