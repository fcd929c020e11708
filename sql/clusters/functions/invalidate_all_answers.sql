CREATE OR REPLACE PROCEDURE evergreen.invalidate_all_answers(
  p_content_type text,
  p_input text DEFAULT NULL,
  p_model text DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_older_than interval DEFAULT NULL,
  p_id uuid DEFAULT NULL,
  p_all boolean DEFAULT false,
  p_batch_size integer DEFAULT 1000,
  INOUT p_invalidated bigint DEFAULT 0
)
LANGUAGE plpgsql AS $$
-- Every batch is a transaction of its own. No SET clause and no SECURITY DEFINER: PostgreSQL forbids COMMIT in a procedure that has one.
DECLARE
  v_batch record;
  v_before timestamptz;
BEGIN
  p_invalidated := 0;
  LOOP
    SELECT i.invalidated, i.before INTO v_batch
      FROM evergreen.invalidate_answers(p_content_type, p_input, p_model, p_prompt_id, p_older_than, p_id, p_all, p_batch_size, v_before) AS i;
    COMMIT;
    EXIT WHEN v_batch.invalidated = 0;
    v_before := v_batch.before;
    p_invalidated := p_invalidated + v_batch.invalidated;
  END LOOP;
END;
$$;
COMMENT ON PROCEDURE evergreen.invalidate_all_answers IS 'Operator: invalidate_answers() until nothing is left, each batch in a transaction of its own; p_invalidated says how many. Call it outside of a transaction block. It can be stopped at any point and run again.';
