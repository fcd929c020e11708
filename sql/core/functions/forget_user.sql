CREATE OR REPLACE FUNCTION evergreen.forget_user(p_user_id text) RETURNS TABLE (object text, action text, rows_changed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_user_id IS NULL OR p_user_id !~ E'\\S' THEN
    RAISE EXCEPTION 'the user is blank' USING ERRCODE = 'VG007', HINT = 'Pass the id of the user to forget.';
  END IF;
  RETURN QUERY SELECT * FROM evergreen.forget('user', 'user_id', p_user_id);
END;
$$;
COMMENT ON FUNCTION evergreen.forget_user(text) IS 'Operator: deletes everything generated for a user, and takes their id off what was logged and spent, which stays. Returns what it did, a row a table. Safe to repeat.';
