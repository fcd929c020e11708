CREATE OR REPLACE FUNCTION evergreen.fresh_answers(p_content_type text, p_now timestamptz) RETURNS TABLE (
  active_prompt_id text, max_age interval, max_bytes integer, asked bytea, company_id uuid, id uuid, input_hash text, variant_hash text,
  parent_id uuid, result jsonb, generated_at timestamptz, expires_at timestamptz, generation_model text, generation_prompt_id text, revision integer
)
LANGUAGE sql STABLE AS $$
  -- In a CASE, so that asked alone is looked for in an index, statistics or not.
  SELECT p.active_prompt_id, p.max_age, p.max_bytes, a.asked, a.company_id, a.id, a.input_hash, a.variant_hash, a.parent_id, a.result,
         a.generated_at, a.expires_at, a.generation_model, a.generation_prompt_id, a.revision
    FROM evergreen.content_policies AS p
    JOIN evergreen.ai_answers AS a ON CASE WHEN a.invalidated_at IS NULL AND a.schema_version = p.schema_version
                                           THEN evergreen.is_fresh(a.generated_at, a.expires_at, p.max_age, p_now) END
   WHERE p.content_type = p_content_type
$$;
COMMENT ON FUNCTION evergreen.fresh_answers(text, timestamptz) IS 'Internal: all that may be answered as fresh by the policy of a content type, to be joined by asked, which holds the content type too. Inlined by the planner.';
