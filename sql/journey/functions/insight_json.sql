CREATE OR REPLACE FUNCTION evergreen.insight_json(p_insight evergreen.ai_generated_insights) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT jsonb_build_object('id', p_insight.id, 'domain_id', p_insight.domain_id, 'step_id', p_insight.step_id, 'content', p_insight.content,
                            'author_profile', p_insight.author_profile, 'relevance_score', p_insight.relevance_score,
                            'generated_at', evergreen.json_time(p_insight.generated_at))
$$;
COMMENT ON FUNCTION evergreen.insight_json(evergreen.ai_generated_insights) IS 'Internal: one insight as callers get it.';
