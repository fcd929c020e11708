CREATE OR REPLACE FUNCTION evergreen.host_has_users() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.host_table = 'users')
      OR EXISTS (SELECT FROM evergreen.host_users)
      OR evergreen.host_view_is_own('users')
$$;
COMMENT ON FUNCTION evergreen.host_has_users() IS 'Internal: whether the application''s users are known: attached, or by a view of its own. If not, any user id is taken as it comes.';
