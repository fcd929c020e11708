-- Usage statistics as seed 004_cba5aaa9e1a5292b.txt has them, in a schema of their own. Its logic, and only what is needed to make it run: column
-- names with their table (without, they are ambiguous), and bigint where count() and sum() give bigint. The table is without the seed's foreign keys
-- and indexes, none of which the query reads.
CREATE SCHEMA IF NOT EXISTS seed;

CREATE TABLE seed.ai_generation_logs (
  id UUID NOT NULL DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL,
  generation_type TEXT NOT NULL,
  prompt_id TEXT,
  model_used TEXT NOT NULL,
  tokens_used INTEGER,
  generation_time_ms INTEGER,
  success BOOLEAN NOT NULL,
  error_message TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

CREATE FUNCTION seed.get_ai_usage_stats(p_start_date TIMESTAMPTZ, p_end_date TIMESTAMPTZ) RETURNS TABLE(
  day DATE,
  generation_type TEXT,
  generations_count BIGINT,
  tokens_used BIGINT,
  avg_generation_time_ms NUMERIC,
  success_rate NUMERIC
) AS $$
BEGIN
  RETURN QUERY
  SELECT
    DATE(l.created_at) AS day,
    l.generation_type,
    COUNT(*) AS generations_count,
    SUM(l.tokens_used) AS tokens_used,
    AVG(l.generation_time_ms)::NUMERIC AS avg_generation_time_ms,
    (SUM(CASE WHEN l.success THEN 1 ELSE 0 END)::NUMERIC / COUNT(*)::NUMERIC * 100)::NUMERIC AS success_rate
  FROM seed.ai_generation_logs AS l
  WHERE l.created_at BETWEEN p_start_date AND p_end_date
  GROUP BY DATE(l.created_at), l.generation_type
  ORDER BY DATE(l.created_at), l.generation_type;
END;
$$ LANGUAGE plpgsql;
