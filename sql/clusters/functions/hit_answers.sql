CREATE OR REPLACE FUNCTION evergreen.hit_answers(
  p_content_type text,
  p_inputs text[],
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  ordinal integer, id uuid, input_hash text, revision integer, generated_at timestamptz, generation_model text, generation_prompt_id text, result jsonb
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1000 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_parent_updated_at timestamptz;
  v_common text;
BEGIN
  PERFORM evergreen.require_batch('inputs', p_inputs);
  IF p_parent_id IS NOT NULL THEN
    SELECT a.updated_at INTO v_parent_updated_at FROM evergreen.ai_answers AS a WHERE a.id = p_parent_id;
  END IF;
  v_common := evergreen.asked_text(p_content_type, '', p_model, p_provider, p_prompt,
                                   (SELECT p.active_prompt_id FROM evergreen.content_policies AS p WHERE p.content_type = p_content_type),
                                   p_parameters, p_company_id, p_user_id, p_parent_id, v_parent_updated_at);
  -- In a CASE, so that asked alone is looked for in an index, statistics or not.
  RETURN QUERY
  SELECT q.ordinal, a.id, a.input_hash, a.revision, a.generated_at, a.generation_model, a.generation_prompt_id, a.result
    FROM (SELECT i.ordinality::integer AS ordinal, octet_length(i.input) AS bytes, sha256(convert_to(v_common || i.input, 'UTF8')) AS asked
            FROM unnest(p_inputs) WITH ORDINALITY AS i (input, ordinality) OFFSET 0) AS q
    JOIN evergreen.content_policies AS p ON p.content_type = p_content_type AND q.bytes <= p.max_bytes
    JOIN evergreen.ai_answers AS a ON a.asked = q.asked AND CASE WHEN a.invalidated_at IS NULL AND a.schema_version = p.schema_version
                                                                 THEN evergreen.is_fresh(a.generated_at, a.expires_at, p.max_age, v_now) END
   WHERE p_company_id IS NULL OR evergreen.company_exists(p_company_id)
   ORDER BY q.ordinal;
END;
$$;
COMMENT ON FUNCTION evergreen.hit_answers IS 'hit_answer() for up to 1,000 inputs asked in the same way, in one statement: a row for each that is answered so, by its place in the list (ordinal, from 1). What has no row is asked of lookup_answers(). Writes nothing. VG006 and VG007 for a list that is too long or empty.';
