CREATE OR REPLACE FUNCTION evergreen.track_changed_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_before uuid;
  v_after uuid;
  v_same boolean := false;
BEGIN
  -- As track_changed_rows().
  IF evergreen.has_lost_columns(TG_ARGV[0], TG_RELID) THEN
    PERFORM evergreen.reset_company_contexts();
    RETURN NULL;
  END IF;
  IF TG_ARGV[0] = 'companies' THEN
    v_before := CASE WHEN TG_OP <> 'INSERT' THEN OLD.id END;
    v_after := CASE WHEN TG_OP <> 'DELETE' THEN NEW.id END;
    v_same := v_before = v_after;
  ELSE
    v_before := CASE WHEN TG_OP <> 'INSERT' THEN OLD.company_id END;
    v_after := CASE WHEN TG_OP <> 'DELETE' THEN NEW.company_id END;
    IF TG_OP = 'UPDATE' THEN
      IF TG_ARGV[0] = 'company_journey_steps' THEN
        v_same := (v_before, OLD.step_id, OLD.status::text COLLATE "C") IS NOT DISTINCT FROM (v_after, NEW.step_id, NEW.status::text COLLATE "C");
      ELSE
        v_same := (v_before, OLD.domain_id, OLD.maturity_level::text COLLATE "C") IS NOT DISTINCT FROM (v_after, NEW.domain_id, NEW.maturity_level::text COLLATE "C");
      END IF;
    END IF;
  END IF;
  IF v_same IS NOT TRUE THEN
    INSERT INTO evergreen.company_changes (company_id)
    SELECT c.id FROM (SELECT v_before UNION SELECT v_after) AS c (id) WHERE c.id IS NOT NULL;
  END IF;
  RETURN NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.track_changed_row() IS 'Internal: as track_changed_rows(), once a row: on partitioned tables, and for what replication applies, which fires no trigger a statement.';
