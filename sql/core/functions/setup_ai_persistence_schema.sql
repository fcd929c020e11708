CREATE OR REPLACE FUNCTION evergreen.setup_ai_persistence_schema() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The first rows of every module that is installed: what is there already stays as it is.
DECLARE
  v_module text;
BEGIN
  FOREACH v_module IN ARRAY ARRAY['core', 'journey', 'clusters', 'personality', 'dreams', 'memories'] LOOP
    IF to_regprocedure(format('evergreen.setup_%s()', v_module)) IS NOT NULL THEN
      EXECUTE format('SELECT evergreen.setup_%s()', v_module);
    END IF;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.setup_ai_persistence_schema() IS 'Operator: makes the first policies, prompts, models, retention and maintenance steps of the modules that are installed; run by each migration, run again it changes nothing. Source: seed 004_cba5aaa9e1a5292b.txt.';
