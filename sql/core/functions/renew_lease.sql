CREATE OR REPLACE FUNCTION evergreen.renew_lease(p_content_type text, p_cache_key text, p_lease_token uuid, p_now timestamptz DEFAULT NULL) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_lease evergreen.generation_leases;
  v_budget evergreen.budgets;
  v_now timestamptz;
BEGIN
  -- LOCK: the row, before the clock is read: the time that is waited for it is not taken from the lease.
  SELECT * INTO v_lease FROM evergreen.generation_leases AS l
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key AND (l.lease_token = p_lease_token) IS TRUE FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the lease of % % is no longer held by this token', p_content_type, quote_literal(p_cache_key)
      USING ERRCODE = 'VG004', HINT = 'It ran out and another took over, or the server restarted. Look up again.';
  END IF;
  v_now := COALESCE(p_now, clock_timestamp());

  -- What it had reserved was free since it ran out: others may have taken it. Budgets are locked in the order of reserve_budget().
  IF v_lease.expires_at <= v_now AND v_lease.reserved > 0 THEN
    FOR v_budget IN
      SELECT b.* FROM evergreen.budgets AS b
       WHERE (b.scope, b.scope_id) IN (('overall', ''), ('company', v_lease.company_id::text), ('user', v_lease.user_id))
       ORDER BY b.scope, b.scope_id
         FOR NO KEY UPDATE
    LOOP
      IF v_budget.hard AND evergreen.budget_use(v_budget.scope, v_budget.scope_id, v_now) + v_lease.reserved > v_budget.monthly_limit THEN
        RAISE EXCEPTION 'the lease of % % ran out, and the % budget has not left what it had reserved', p_content_type, quote_literal(p_cache_key),
            evergreen.budget_name(v_budget.scope, v_budget.scope_id)
          USING ERRCODE = 'VG005', HINT = 'Save what comes of it while nobody takes it over; renew before the lease runs out.';
      END IF;
    END LOOP;
  END IF;

  UPDATE evergreen.generation_leases AS l SET expires_at = v_now + v_policy.lease_duration
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key;
  RETURN v_now + v_policy.lease_duration;
END;
$$;
COMMENT ON FUNCTION evergreen.renew_lease(text, text, uuid, timestamptz) IS 'Keeps a lease for another lease_duration and returns when it expires. A lease that ran out can be renewed while nobody has taken it over and its budgets still have what it reserved (else VG005). VG004 when it has passed to another.';
