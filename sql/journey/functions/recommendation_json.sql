CREATE OR REPLACE FUNCTION evergreen.recommendation_json(p_recommendation evergreen.ai_generated_recommendations, p_match text) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT jsonb_build_object('id', p_recommendation.id, 'step_id', p_recommendation.step_id, 'status', p_recommendation.status, 'match', p_match,
                            'revision', p_recommendation.revision, 'generated_at', evergreen.json_time(p_recommendation.generated_at), 'content', p_recommendation.content)
$$;
COMMENT ON FUNCTION evergreen.recommendation_json IS 'Internal: one recommendation as callers get it: {id, step_id, status, match, revision, generated_at, content}.';
