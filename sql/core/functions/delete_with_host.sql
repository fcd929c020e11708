CREATE OR REPLACE FUNCTION evergreen.delete_with_host() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('DELETE FROM evergreen.%I WHERE %I = $1', TG_ARGV[0], TG_ARGV[1]) USING OLD.id::text;
  RETURN NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.delete_with_host() IS 'Internal: trigger that attach_host() puts on a table of the application whose ids are not text, where a foreign key of ours cannot refer to it: what we keep of a row goes when it goes.';
