CREATE OR REPLACE FUNCTION evergreen.warn_unpriced(p_provider text, p_model text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_detail jsonb := jsonb_build_object('provider', p_provider, 'model', p_model);
BEGIN
  -- LOCK: whoever does not get it leaves the warning to the one who has it.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('evergreen.unpriced:' || p_provider || '/' || p_model, 0)) THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM evergreen.system_logs AS l
                  WHERE l.component = 'generation_cost' AND l.created_at > clock_timestamp() - interval '1 hour' AND l.detail = v_detail) THEN
    PERFORM evergreen.system_log('warning', 'generation_cost',
                                 format('no price is known for %s/%s: its cost is logged as unknown', p_provider, p_model), v_detail);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.warn_unpriced(text, text) IS 'Internal: says in system_logs, at most once an hour, that a model has no price.';
