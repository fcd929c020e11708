CREATE OR REPLACE PROCEDURE evergreen.invalidate_all_personality_caches(p_version integer DEFAULT NULL, p_batch_size integer DEFAULT 10000, INOUT p_invalidated bigint DEFAULT 0)
LANGUAGE plpgsql AS $$
-- Every batch is a transaction of its own. No SET clause and no SECURITY DEFINER: PostgreSQL forbids COMMIT in a procedure that has one.
DECLARE
  v_batch record;
  v_before timestamptz;
BEGIN
  p_invalidated := 0;
  LOOP
    SELECT i.invalidated, i.before INTO v_batch FROM evergreen.invalidate_personality_caches(p_version, p_batch_size, v_before) AS i;
    COMMIT;
    EXIT WHEN v_batch.invalidated = 0;
    v_before := v_batch.before;
    p_invalidated := p_invalidated + v_batch.invalidated;
  END LOOP;
END;
$$;
COMMENT ON PROCEDURE evergreen.invalidate_all_personality_caches IS 'Operator: invalidate_personality_caches() until nothing is left, each batch in a transaction of its own; p_invalidated says how many. Call it outside of a transaction block. It can be stopped at any point and run again.';
