CREATE OR REPLACE FUNCTION evergreen.saved_since(p_saved_xid xid8, p_seen text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Snapshots, not clocks: exact under any order of commits, and for a lookup on a lagging replica.
BEGIN
  -- A transaction id of the future was written by another server, before a restore.
  RETURN COALESCE(p_saved_xid < pg_snapshot_xmax(pg_current_snapshot())
                  AND NOT pg_visible_in_snapshot(p_saved_xid, p_seen::pg_snapshot), false);
EXCEPTION WHEN invalid_text_representation THEN
  RAISE EXCEPTION 'p_seen % is not the snapshot of a lookup', quote_literal(left(p_seen, 80))
    USING ERRCODE = 'VG007', HINT = 'Pass the seen column of the lookup unchanged, or NULL.';
END;
$$;
COMMENT ON FUNCTION evergreen.saved_since(xid8, text) IS 'Internal: whether the save of that transaction was not yet visible in the snapshot p_seen.';
