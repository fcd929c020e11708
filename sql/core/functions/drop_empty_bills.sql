CREATE OR REPLACE FUNCTION evergreen.drop_empty_bills(p_company_id uuid, p_user_ids text[], p_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Who was forgotten meanwhile is billed nothing, and is not to be named by an empty row.
BEGIN
  DELETE FROM evergreen.ai_spend_monthly AS s
   WHERE s.generations = 0 AND s.month = date_trunc('month', p_at AT TIME ZONE 'UTC')::date
     AND ((s.scope = 'company' AND s.scope_id = p_company_id::text) OR (s.scope = 'user' AND s.scope_id = ANY (p_user_ids)));
END;
$$;
COMMENT ON FUNCTION evergreen.drop_empty_bills(uuid, text[], timestamptz) IS 'Internal: deletes the rows of ai_spend_monthly that hold_bills() made in this transaction and nothing was added to.';
