CREATE OR REPLACE FUNCTION evergreen.refresh_changed_companies(p_batch_size integer, p_cursor text DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_everybody CONSTANT uuid := uuid '00000000-0000-0000-0000-000000000000';
  v_companies uuid[];
BEGIN
  done := 0;
  IF NOT evergreen.contexts_are_tracked() THEN
    -- A view of your own, a trigger that is disabled: what is at hand may be wrong without a row that says so.
    IF EXISTS (SELECT FROM evergreen.company_context_hashes) AND NOT EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = v_everybody) THEN
      PERFORM evergreen.reset_company_contexts();
    END IF;
    next_cursor := CASE evergreen.empty_company_contexts() WHEN 10000 THEN v_everybody::text END;
    RETURN NEXT;
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = v_everybody) AND evergreen.empty_company_contexts() = 10000 THEN
    next_cursor := v_everybody::text;
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT array_agg(n.company_id ORDER BY n.company_id) INTO v_companies FROM (
    SELECT DISTINCT c.company_id FROM evergreen.company_changes AS c
     WHERE c.company_id > COALESCE(p_cursor::uuid, v_everybody) ORDER BY c.company_id LIMIT p_batch_size) AS n;
  done := COALESCE(evergreen.fold_company_contexts(v_companies), 0);
  next_cursor := CASE WHEN cardinality(v_companies) = p_batch_size THEN v_companies[p_batch_size]::text END;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.refresh_changed_companies(integer, text) IS 'Operator: puts the hashes of the next companies that have changed at hand; where changes are not tracked, takes away what is left of those at hand. A step of ai_daily_maintenance().';
