CREATE OR REPLACE FUNCTION evergreen.payer_of_lost(p_lease_token uuid, INOUT p_company_id uuid, INOUT p_user_id text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_lost evergreen.lost_leases;
BEGIN
  SELECT * INTO v_lost FROM evergreen.lost_leases AS l WHERE l.lease_token = p_lease_token;
  IF FOUND THEN
    p_company_id := CASE WHEN NOT v_lost.company_forgotten THEN COALESCE(p_company_id, v_lost.company_id) END;
    p_user_id := CASE WHEN NOT v_lost.user_forgotten THEN COALESCE(p_user_id, v_lost.user_id) END;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.payer_of_lost(uuid, uuid, text) IS 'Internal: whom a generation is logged and billed to whose lease was lost: whoever reserved, but nobody who was forgotten meanwhile.';
