CREATE OR REPLACE FUNCTION evergreen.insight_digest(p_content text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT md5(lower(regexp_replace(btrim(p_content, E' \t\r\n'), E'\\s+', ' ', 'g')))
$$;
COMMENT ON FUNCTION evergreen.insight_digest(text) IS 'Internal: what ai_generated_insights.content_digest is of a text.';
