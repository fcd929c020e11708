CREATE OR REPLACE PROCEDURE evergreen.ai_daily_maintenance()
LANGUAGE plpgsql AS $$
-- Every batch is a transaction of its own: no lock lasts longer than one, and what is done stays done when it
-- is stopped. No SET clause and no SECURITY DEFINER here: PostgreSQL forbids COMMIT in a procedure that has one,
-- so each transaction sets for itself where names are looked up and how long a lock is waited for.
DECLARE
  v_run bigint;
  v_patience text;
  v_step record;
  v_done integer;
  v_cursor text;
  v_total bigint;
  v_error text;
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  -- Nothing of it may wait for long behind a table that is being altered, nor have others wait behind it.
  v_patience := CASE current_setting('lock_timeout') WHEN '0' THEN '5s' ELSE current_setting('lock_timeout') END;
  PERFORM set_config('lock_timeout', v_patience, true);
  v_run := evergreen.start_maintenance();
  COMMIT;
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), pg_catalog.set_config('lock_timeout', v_patience, true);
  FOR v_step IN
    SELECT m.step, m.batch_size, m.report FROM evergreen.maintenance_steps AS m ORDER BY m.ordinal, m.step
  LOOP
    v_cursor := NULL;
    v_total := 0;
    v_error := NULL;
    LOOP
      BEGIN
        EXECUTE format('SELECT b.done, b.next_cursor FROM evergreen.%I($1, $2) AS b', v_step.step)
          INTO v_done, v_cursor USING v_step.batch_size, v_cursor;
      EXCEPTION WHEN lock_not_available THEN
        v_error := SQLERRM;
      END;
      EXIT WHEN v_error IS NOT NULL;
      v_total := v_total + v_done;
      COMMIT;
      PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), pg_catalog.set_config('lock_timeout', v_patience, true);
      EXIT WHEN v_cursor IS NULL;
    END LOOP;
    BEGIN
      PERFORM evergreen.report_maintenance(v_run, v_step.step, v_step.report, v_total, v_error);
    EXCEPTION WHEN lock_not_available THEN
      RAISE WARNING 'the step % could not be reported: %', v_step.step, SQLERRM;
    END;
    COMMIT;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), pg_catalog.set_config('lock_timeout', v_patience, true);
  END LOOP;
  PERFORM evergreen.finish_maintenance(v_run);
END;
$$;
COMMENT ON PROCEDURE evergreen.ai_daily_maintenance() IS 'Operator: the daily work, step by step as in maintenance_steps, each batch in a transaction of its own, reported to system_logs. A step that waits for a lock longer than the session''s lock_timeout (5 seconds where none is set) is left for the next run, with a warning. Call it outside of a transaction block. It can be stopped at any point and run again, also twice at once. Source: seed 004_cba5aaa9e1a5292b.txt.';
