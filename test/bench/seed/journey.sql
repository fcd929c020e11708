-- Recommendations with fallback as seed 004_cba5aaa9e1a5292b.txt has them, in a schema of their own. Its logic, and only what is needed to make it run:
-- gen_random_uuid() for the extension's function, ORDER BY inside of the aggregates (outside of them it is an error), names with their schema.
CREATE SCHEMA IF NOT EXISTS seed;

CREATE TABLE seed.ai_generated_recommendations (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES public.companies(id) ON DELETE CASCADE,
  step_id UUID REFERENCES public.journey_steps(id) ON DELETE SET NULL,
  content JSONB NOT NULL,
  context_hash TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('fresh', 'active', 'completed', 'stale')),
  generation_model TEXT NOT NULL,
  generation_prompt_id TEXT,
  generated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  expires_at TIMESTAMPTZ,
  last_presented_at TIMESTAMPTZ,
  times_presented INTEGER NOT NULL DEFAULT 0,
  user_feedback JSONB,
  UNIQUE(company_id, step_id, context_hash)
);
CREATE INDEX ON seed.ai_generated_recommendations(company_id, status);
CREATE INDEX ON seed.ai_generated_recommendations(context_hash);

CREATE TABLE seed.ai_context_snapshots (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES public.companies(id) ON DELETE CASCADE,
  context_hash TEXT NOT NULL,
  context_data JSONB NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  UNIQUE(company_id, context_hash)
);
CREATE INDEX ON seed.ai_context_snapshots(company_id, context_hash);

CREATE FUNCTION seed.generate_company_context_hash(p_company_id UUID) RETURNS TEXT AS $$
DECLARE
  v_completed_steps TEXT;
  v_in_progress_steps TEXT;
  v_domain_levels TEXT;
  v_last_activity TIMESTAMPTZ;
  v_context_data JSONB;
  v_hash TEXT;
BEGIN
  SELECT string_agg(step_id::text, ',' ORDER BY step_id) INTO v_completed_steps
  FROM public.company_journey_steps
  WHERE company_id = p_company_id AND status = 'completed';

  SELECT string_agg(step_id::text, ',' ORDER BY step_id) INTO v_in_progress_steps
  FROM public.company_journey_steps
  WHERE company_id = p_company_id AND status = 'in_progress';

  SELECT string_agg(domain_id::text || ':' || maturity_level, ',' ORDER BY domain_id) INTO v_domain_levels
  FROM public.company_domain_progress
  WHERE company_id = p_company_id;

  SELECT MAX(last_activity_timestamp) INTO v_last_activity
  FROM public.step_activity
  WHERE company_id = p_company_id;

  v_context_data := jsonb_build_object(
    'completed_steps', v_completed_steps,
    'in_progress_steps', v_in_progress_steps,
    'domain_levels', v_domain_levels,
    'last_activity', v_last_activity
  );

  v_hash := encode(sha256(v_context_data::text::bytea), 'hex');

  INSERT INTO seed.ai_context_snapshots (company_id, context_hash, context_data)
  VALUES (p_company_id, v_hash, v_context_data)
  ON CONFLICT (company_id, context_hash) DO NOTHING;

  RETURN v_hash;
END;
$$ LANGUAGE plpgsql;

CREATE FUNCTION seed.get_recommendations_with_fallback(p_company_id UUID, p_limit INTEGER DEFAULT 3)
RETURNS SETOF seed.ai_generated_recommendations AS $$
DECLARE
  v_context_hash TEXT;
  v_found_count INTEGER;
BEGIN
  v_context_hash := seed.generate_company_context_hash(p_company_id);

  RETURN QUERY
  SELECT * FROM seed.ai_generated_recommendations
  WHERE company_id = p_company_id
    AND context_hash = v_context_hash
    AND status IN ('fresh', 'active')
  ORDER BY generated_at DESC
  LIMIT p_limit;

  GET DIAGNOSTICS v_found_count = ROW_COUNT;

  IF v_found_count < p_limit THEN
    RETURN QUERY
    SELECT * FROM seed.ai_generated_recommendations
    WHERE company_id = p_company_id
      AND status IN ('fresh', 'active')
      AND id NOT IN (
        SELECT id FROM seed.ai_generated_recommendations
        WHERE company_id = p_company_id
          AND context_hash = v_context_hash
          AND status IN ('fresh', 'active')
      )
    ORDER BY generated_at DESC
    LIMIT (p_limit - v_found_count);
  END IF;
END;
$$ LANGUAGE plpgsql;
