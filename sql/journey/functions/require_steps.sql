CREATE OR REPLACE FUNCTION evergreen.require_steps(p_items jsonb) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- OFFSET 0: each step by its key. Otherwise all steps of the application are read and hashed.
DECLARE
  v_step text;
  v_is_uuid boolean;
BEGIN
  SELECT i.step, i.is_uuid INTO v_step, v_is_uuid
    FROM (SELECT s.step, s.step LIKE '________-____-____-____-____________' AND translate(lower(s.step), '0123456789abcdef', '') = '----' AS is_uuid
            FROM jsonb_array_elements(p_items) AS e
           CROSS JOIN LATERAL (SELECT e.value ->> 'step_id' AS step) AS s
           WHERE s.step IS NOT NULL) AS i
   WHERE CASE WHEN NOT i.is_uuid THEN true
              WHEN (SELECT EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.host_table = 'journey_steps'))
              THEN NOT EXISTS (SELECT FROM evergreen.host_journey_steps AS s WHERE s.id = i.step::uuid OFFSET 0) END
   ORDER BY i.is_uuid LIMIT 1;
  IF NOT v_is_uuid THEN
    RAISE EXCEPTION 'step_id % is not a uuid', quote_literal(left(v_step, 80))
      USING ERRCODE = 'VG007', HINT = 'Give the id of a step, or null for a general recommendation.';
  ELSIF v_step IS NOT NULL THEN
    RAISE EXCEPTION 'there is no step %', v_step USING ERRCODE = 'VG002', HINT = 'It is not in evergreen.host_journey_steps, the application''s steps.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_steps(jsonb) IS 'Internal: VG007 for a step_id that is no uuid, VG002 for one that the attached application does not have.';
