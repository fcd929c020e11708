CREATE OR REPLACE FUNCTION evergreen.track_changed_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Of a whole statement, from its transition tables: a row a company, none for what is written as it was.
BEGIN
  -- With a column that has another name since, the application writes on, and all may have changed.
  IF evergreen.has_lost_columns(TG_ARGV[0], TG_RELID) THEN
    PERFORM evergreen.reset_company_contexts();
    RETURN NULL;
  END IF;
  IF TG_ARGV[0] = 'companies' THEN
    CASE TG_OP
      WHEN 'DELETE' THEN
        INSERT INTO evergreen.company_changes (company_id) SELECT o.id FROM old_rows AS o WHERE o.id IS NOT NULL;
      ELSE
        INSERT INTO evergreen.company_changes (company_id)
        SELECT d.id FROM ((SELECT o.id FROM old_rows AS o EXCEPT SELECT n.id FROM new_rows AS n)
                          UNION ALL (SELECT n.id FROM new_rows AS n EXCEPT SELECT o.id FROM old_rows AS o)) AS d WHERE d.id IS NOT NULL;
    END CASE;
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO evergreen.company_changes (company_id) SELECT DISTINCT n.company_id FROM new_rows AS n WHERE n.company_id IS NOT NULL;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO evergreen.company_changes (company_id) SELECT DISTINCT o.company_id FROM old_rows AS o WHERE o.company_id IS NOT NULL;
  ELSIF TG_ARGV[0] = 'company_journey_steps' THEN
    INSERT INTO evergreen.company_changes (company_id)
    SELECT DISTINCT d.company_id
      FROM ((SELECT o.company_id, o.step_id, o.status::text COLLATE "C" FROM old_rows AS o EXCEPT ALL SELECT n.company_id, n.step_id, n.status::text COLLATE "C" FROM new_rows AS n)
            UNION ALL
            (SELECT n.company_id, n.step_id, n.status::text COLLATE "C" FROM new_rows AS n EXCEPT ALL SELECT o.company_id, o.step_id, o.status::text COLLATE "C" FROM old_rows AS o)) AS d
     WHERE d.company_id IS NOT NULL;
  ELSE
    INSERT INTO evergreen.company_changes (company_id)
    SELECT DISTINCT d.company_id
      FROM ((SELECT o.company_id, o.domain_id, o.maturity_level::text COLLATE "C" FROM old_rows AS o EXCEPT ALL SELECT n.company_id, n.domain_id, n.maturity_level::text COLLATE "C" FROM new_rows AS n)
            UNION ALL
            (SELECT n.company_id, n.domain_id, n.maturity_level::text COLLATE "C" FROM new_rows AS n EXCEPT ALL SELECT o.company_id, o.domain_id, o.maturity_level::text COLLATE "C" FROM old_rows AS o)) AS d
     WHERE d.company_id IS NOT NULL;
  END IF;
  RETURN NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.track_changed_rows() IS 'Internal: trigger on the application''s tables, once a statement; notes in company_changes whose state changed. Its argument is the name of the table in the seeds.';
