CREATE OR REPLACE FUNCTION evergreen.require_steps(p_items jsonb) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_step text;
BEGIN
  SELECT e.value ->> 'step_id' INTO v_step FROM jsonb_array_elements(p_items) AS e
   WHERE e.value ->> 'step_id' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' LIMIT 1;
  IF v_step IS NOT NULL THEN
    RAISE EXCEPTION 'step_id % is not a uuid', quote_literal(left(v_step, 80))
      USING ERRCODE = 'VG007', HINT = 'Give the id of a step, or null for a general recommendation.';
  END IF;
  IF EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.host_table = 'journey_steps') THEN
    SELECT e.value ->> 'step_id' INTO v_step FROM jsonb_array_elements(p_items) AS e
     WHERE e.value ->> 'step_id' IS NOT NULL
       AND NOT EXISTS (SELECT FROM evergreen.host_journey_steps AS s WHERE s.id = (e.value ->> 'step_id')::uuid) LIMIT 1;
    IF v_step IS NOT NULL THEN
      RAISE EXCEPTION 'there is no step %', v_step USING ERRCODE = 'VG002', HINT = 'It is not in evergreen.host_journey_steps, the application''s steps.';
    END IF;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_steps(jsonb) IS 'Internal: VG007 for a step_id that is no uuid, VG002 for one that the attached application does not have.';
