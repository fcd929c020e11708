CREATE OR REPLACE FUNCTION evergreen.present_contexts(p_company_ids uuid[]) RETURNS TABLE (company_id uuid, context_hash text, is_computed boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off ROWS 100 AS $$
DECLARE
  v_everybody CONSTANT uuid := uuid '00000000-0000-0000-0000-000000000000';
  v_at_hand boolean;
  v_count integer;
BEGIN
  IF EXISTS (SELECT FROM evergreen.content_policies AS p WHERE p.content_type = 'recommendation' AND p.activity_granularity IS NOT NULL) THEN
    RETURN QUERY
    SELECT i.id, evergreen.company_context_hash(i.id, 'recommendation'), false FROM unnest(p_company_ids) AS i (id) WHERE evergreen.company_exists(i.id);
    RETURN;
  END IF;
  v_at_hand := NOT EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = v_everybody);
  RETURN QUERY
  SELECT h.company_id, h.context_hash, false
    FROM evergreen.company_context_hashes AS h
   WHERE v_at_hand AND h.company_id = ANY (p_company_ids)
     AND NOT EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = h.company_id);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count < cardinality(p_company_ids) THEN
    RETURN QUERY
    SELECT f.company_id, f.context_hash, true
      FROM evergreen.context_hashes(ARRAY(
             SELECT i.id FROM unnest(p_company_ids) AS i (id)
              WHERE NOT v_at_hand
                 OR NOT EXISTS (SELECT FROM evergreen.company_context_hashes AS h WHERE h.company_id = i.id)
                 OR EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = i.id))) AS f;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.present_contexts(uuid[]) IS 'Internal: company_context_hash() of each of these companies for recommendations, as the caller''s snapshot sees them: at hand where it holds, the rest computed together (is_computed: fold_company_contexts() may put it at hand). Ids once each; no row for a company that is gone.';
