CREATE OR REPLACE FUNCTION evergreen.record_context_snapshot(p_company_id uuid, p_context_hash text, p_context jsonb, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT evergreen.hold_host(p_company_id, NULL, NULL);
  INSERT INTO evergreen.ai_context_snapshots AS s (company_id, context_hash, context_data, created_at, last_seen_at)
  VALUES (p_company_id, p_context_hash,
          evergreen.bounded_context(p_context, (SELECT p.context_max_items FROM evergreen.content_policies AS p WHERE p.content_type = 'recommendation')),
          p_now, p_now)
  ON CONFLICT (company_id, context_hash) DO UPDATE SET last_seen_at = GREATEST(s.last_seen_at, excluded.last_seen_at);
$$;
COMMENT ON FUNCTION evergreen.record_context_snapshot(uuid, text, jsonb, timestamptz) IS 'Internal: keeps a state of a company once, and moves forward when it was last seen. VG002 for a company that was deleted meanwhile.';
