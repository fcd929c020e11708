CREATE OR REPLACE FUNCTION evergreen.company_recommendations(p_company_id uuid, p_ids uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.id FROM evergreen.ai_generated_recommendations AS r WHERE r.company_id = p_company_id AND r.id = ANY (p_ids) ORDER BY r.id
$$;
COMMENT ON FUNCTION evergreen.company_recommendations(uuid, uuid[]) IS 'Which of these ids are recommendations of the company: to check, before doing something with an id that came from outside, that it belongs to whom it should.';
