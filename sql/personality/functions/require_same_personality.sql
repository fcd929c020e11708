CREATE OR REPLACE FUNCTION evergreen.require_same_personality(
  p_user_id text, p_revision integer, p_id uuid, p_present_revision integer, p_present_id uuid
) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF evergreen.is_other_personality(p_revision, p_id, p_present_revision, p_present_id) THEN
    RAISE EXCEPTION 'the personality of user % %', quote_literal(left(p_user_id, 80)),
                    CASE WHEN p_present_id IS NULL THEN 'is not there any more'
                         WHEN p_revision = p_present_revision THEN 'was deleted, and is another one now'
                         WHEN p_revision IS NULL THEN 'is another one now'
                         ELSE format('is revision %s, not %s', p_present_revision, p_revision) END
      USING ERRCODE = 'VG011', HINT = 'Somebody changed it meanwhile, and nothing was done: read it again, then decide anew.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_same_personality(text, integer, uuid, integer, uuid) IS 'Internal: VG011 when what is there is not what the caller expects, see is_other_personality().';
