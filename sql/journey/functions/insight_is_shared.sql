CREATE OR REPLACE FUNCTION evergreen.insight_is_shared(
  p_insight evergreen.ai_generated_insights, p_place text, p_context_hash text, p_policy evergreen.content_policies, p_now timestamptz
) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT p_insight.asked_for <> ARRAY[p_place] AND p_insight.context_hash = p_context_hash AND p_insight.invalidated_at IS NULL
     AND p_insight.schema_version = p_policy.schema_version
     AND evergreen.freshness(p_insight.generated_at, p_insight.expires_at, true, p_policy.max_age, p_policy.stale_while_revalidate, p_now) = 'fresh'
$$;
COMMENT ON FUNCTION evergreen.insight_is_shared IS 'Internal: whether an insight answers for another place than p_place too, now and in this state.';
