CREATE OR REPLACE FUNCTION evergreen.hold_host(p_company_id uuid, p_domain_id uuid, p_step_ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Whoever deletes a company or a step locks it before our rows of it. A save does so too, or each would wait for the other.
-- SELECT FOR KEY SHARE would need a right to update the application's tables; a foreign key takes the same lock without.
BEGIN
  IF NOT EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.host_table IN ('companies', 'journey_domains', 'journey_steps')) THEN
    RETURN;
  END IF;
  WITH held AS (
    SELECT p_company_id AS company_id, p_domain_id AS domain_id, NULL::uuid AS step_id
    UNION ALL
    SELECT NULL, NULL, s.id FROM (SELECT DISTINCT i.id FROM unnest(p_step_ids) AS i (id) WHERE i.id IS NOT NULL ORDER BY i.id) AS s
  )
  INSERT INTO evergreen.host_holds (company_id, domain_id, step_id) SELECT h.company_id, h.domain_id, h.step_id FROM held AS h;
  -- What others insert meanwhile is not visible here.
  DELETE FROM evergreen.host_holds;
EXCEPTION WHEN foreign_key_violation THEN
  RAISE EXCEPTION 'the company, domain or step was deleted meanwhile' USING ERRCODE = 'VG002', HINT = 'Look up again.', DETAIL = SQLERRM;
END;
$$;
COMMENT ON FUNCTION evergreen.hold_host(uuid, uuid, uuid[]) IS 'Internal: keeps a company, a domain and steps of the attached application from being deleted until the transaction ends; first of the locks of a save. VG002 for one that is gone.';
