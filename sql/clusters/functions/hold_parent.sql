CREATE OR REPLACE FUNCTION evergreen.hold_parent(p_parent_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Whoever deletes an answer locks it before those that follow it. A save does so too, or each would wait for the other.
BEGIN
  PERFORM FROM evergreen.ai_answers AS a WHERE a.id = p_parent_id FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the answer % was deleted meanwhile', p_parent_id USING ERRCODE = 'VG002', HINT = 'There is nothing left to follow. Look it up again.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.hold_parent(uuid) IS 'Internal: keeps an answer from being deleted until the transaction of a save that follows it ends; VG002 when it is gone.';
