CREATE OR REPLACE FUNCTION evergreen.require_place(p_domain_id uuid, p_step_id uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_domain_id IS NOT NULL AND EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.host_table = 'journey_domains')
     AND NOT EXISTS (SELECT FROM evergreen.host_journey_domains AS d WHERE d.id = p_domain_id) THEN
    RAISE EXCEPTION 'there is no domain %', p_domain_id
      USING ERRCODE = 'VG002', HINT = 'It is not in evergreen.host_journey_domains, the application''s domains.';
  END IF;
  IF p_step_id IS NOT NULL AND EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.host_table = 'journey_steps')
     AND NOT EXISTS (SELECT FROM evergreen.host_journey_steps AS s WHERE s.id = p_step_id) THEN
    RAISE EXCEPTION 'there is no step %', p_step_id
      USING ERRCODE = 'VG002', HINT = 'It is not in evergreen.host_journey_steps, the application''s steps.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_place(uuid, uuid) IS 'Internal: VG002 for a domain or a step that the attached application does not have.';
