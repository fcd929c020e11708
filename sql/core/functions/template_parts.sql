CREATE OR REPLACE FUNCTION evergreen.template_parts(p_template text) RETURNS TABLE (ordinal bigint, literal text, place text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- In one pass over the template: braces inside of a value are not places, and a single brace beside a place is text.
  SELECT t.ordinality, t.m[1], t.m[2]
    FROM regexp_matches(p_template, E'((?:(?!\\{\\{\\s*[a-z][a-z0-9_]*\\s*\\}\\}).)+)|\\{\\{\\s*([a-z][a-z0-9_]*)\\s*\\}\\}', 'gs') WITH ORDINALITY AS t (m, ordinality)
$$;
COMMENT ON FUNCTION evergreen.template_parts(text) IS 'Internal: a template as texts and names of {{places}}, in their order. Inlined by the planner.';
