CREATE OR REPLACE FUNCTION evergreen.fresh_answers(p_content_type text, p_now timestamptz) RETURNS TABLE (
  asked bytea, max_bytes integer, id uuid, input_hash text, variant_hash text, parent_id uuid, result jsonb, generated_at timestamptz,
  fresh_until timestamptz, generation_model text, generation_prompt_id text, revision integer, uses bigint
)
LANGUAGE sql STABLE AS $$
  -- freshness() = 'fresh', written so that the planner has one half of it to set up.
  SELECT a.asked, p.max_bytes, a.id, a.input_hash, a.variant_hash, a.parent_id, a.result, a.generated_at,
         evergreen.fresh_until(a.generated_at, a.expires_at, p.max_age), a.generation_model, a.generation_prompt_id, a.revision, a.uses
    FROM evergreen.content_policies AS p
    JOIN evergreen.ai_answers AS a ON a.invalidated_at IS NULL AND a.schema_version = p.schema_version
   WHERE p.content_type = p_content_type AND evergreen.seconds_past_fresh(a.generated_at, a.expires_at, p.max_age, p_now) < 0
$$;
COMMENT ON FUNCTION evergreen.fresh_answers(text, timestamptz) IS 'Internal: all that may be answered as fresh by the policy of a content type, to be joined by asked, which holds the content type too. Inlined by the planner.';
