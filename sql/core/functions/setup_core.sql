CREATE OR REPLACE FUNCTION evergreen.setup_core() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- List prices in USD for 1,000,000 tokens; a DBA keeps them true with register_model().
  INSERT INTO evergreen.ai_models (provider, model, prompt_price, cached_price, completion_price) VALUES
    ('openai', 'gpt-4.1', 2.00, 0.50, 8.00),
    ('openai', 'gpt-4.1-mini', 0.40, 0.10, 1.60),
    ('openai', 'gpt-4.1-nano', 0.10, 0.025, 0.40),
    ('openai', 'gpt-4o', 2.50, 1.25, 10.00),
    ('openai', 'gpt-4o-mini', 0.15, 0.075, 0.60),
    ('openai', 'gpt-5', 1.25, 0.125, 10.00),
    ('openai', 'gpt-5-mini', 0.25, 0.025, 2.00),
    ('openai', 'gpt-5-nano', 0.05, 0.005, 0.40),
    ('openai', 'gpt-4-0613', 30.00, 30.00, 60.00),
    ('openai', 'text-embedding-3-small', 0.02, 0.02, 0),
    ('openai', 'text-embedding-3-large', 0.13, 0.13, 0)
  ON CONFLICT (provider, model, valid_from) DO NOTHING;

  INSERT INTO evergreen.retention_policies (subject, retain_for) VALUES
    ('ai_generation_logs', interval '90 days'),
    ('generation_leases', interval '7 days'),
    ('sessions', interval '30 days'),
    ('system_logs', interval '365 days')
  ON CONFLICT (subject) DO NOTHING;

  INSERT INTO evergreen.maintenance_steps (step, ordinal, batch_size, report) VALUES
    ('ensure_log_partitions', 10, 1, 'Made %s partitions of the generation log'),
    ('fold_usage', 15, 1, 'Added up %s days of usage'),
    ('prune_generation_logs', 20, 5000, 'Deleted %s lines of the generation log'),
    ('prune_leases', 30, 5000, 'Deleted %s idle leases'),
    ('prune_system_logs', 40, 5000, 'Deleted %s lines of the system log'),
    ('prune_sessions', 50, 5000, 'Deleted %s sessions that had ended'),
    ('prune_rate_limits', 60, 5000, 'Deleted %s rate limits nobody is near')
  ON CONFLICT (step) DO NOTHING;

  WHILE (SELECT p.next_cursor FROM evergreen.ensure_log_partitions() AS p) IS NOT NULL LOOP
    NULL;
  END LOOP;
  PERFORM evergreen.copy_column_comments(c.origin, c.copy)
     FROM (VALUES ('ai_generation_logs', 'ai_generation_logs_default'), ('content_policies', 'policies'), ('generation_leases', 'leases'),
                  ('ai_spend_monthly', 'spend_this_month'), ('budgets', 'spend_this_month'), ('ai_spend_monthly', 'spend_monthly'),
                  ('ai_usage_hourly', 'usage_hourly'), ('cache_lookups_hourly', 'cache_hourly'), ('ai_generation_logs', 'generation_failures'),
                  ('ai_generation_logs', 'generation_log'), ('system_logs', 'system_log'), ('maintenance_runs', 'maintenance_history'), ('maintenance_history', 'last_maintenance'))
       AS c (origin, copy);
END;
$$;
COMMENT ON FUNCTION evergreen.setup_core() IS 'Internal: first prices, retention, maintenance steps and partitions of the core. Run again it changes nothing.';
