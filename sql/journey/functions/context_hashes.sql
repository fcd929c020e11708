CREATE OR REPLACE FUNCTION evergreen.context_hashes(p_company_ids uuid[]) RETURNS TABLE (company_id uuid, context_hash text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off ROWS 100 AS $$
-- The text that company_context() gives without its last activity, from one look at each table, for all of them in one statement.
BEGIN
  RETURN QUERY
  SELECT t.id, encode(sha256(convert_to(evergreen.canonical_string(t.context), 'UTF8')), 'hex')
    FROM (SELECT i.id, jsonb_build_object(
                   'completed_steps', COALESCE(s.by_status -> 'completed', '[]'),
                   'in_progress_steps', COALESCE(s.by_status -> 'in_progress', '[]'),
                   'other_steps', COALESCE(s.by_status - 'completed' - 'in_progress', '{}'),
                   'domain_levels', COALESCE(d.levels, '{}'))::text AS context
            FROM unnest(p_company_ids) AS i (id)
           CROSS JOIN LATERAL (
             SELECT jsonb_object_agg(g.status, g.steps) AS by_status
               FROM (SELECT COALESCE(j.status, '') AS status, jsonb_agg(j.step_id ORDER BY j.step_id) AS steps
                       FROM evergreen.host_company_journey_steps AS j WHERE j.company_id = i.id GROUP BY 1) AS g) AS s
           CROSS JOIN LATERAL (
             SELECT jsonb_object_agg(p.domain_id, p.maturity_level ORDER BY p.domain_id, p.maturity_level COLLATE "C") AS levels
               FROM evergreen.host_company_domain_progress AS p WHERE p.company_id = i.id AND p.domain_id IS NOT NULL) AS d
           -- company_exists(), written out: what does not depend on the company is asked once for all of them.
           WHERE EXISTS (SELECT FROM evergreen.host_companies AS c WHERE c.id = i.id)
              OR NOT (EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.host_table = 'companies')
                      OR EXISTS (SELECT FROM evergreen.host_companies))
          OFFSET 0) AS t;
END;
$$;
COMMENT ON FUNCTION evergreen.context_hashes(uuid[]) IS 'Internal: the hashes of these companies'' states without their last activity, computed from the application''s tables in one statement; no row for a company that the application does not have.';
