CREATE OR REPLACE FUNCTION evergreen.has_huge_number(p_json text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- A short spelling of a long number would be written out in full later; strings are taken out before it is looked for.
  SELECT p_json ~ E'\\d[eE][+-]?\\d{3}' AND regexp_replace(p_json, E'"([^"\\\\]|\\\\.)*"', '""', 'g') ~ E'[eE][+-]?0*([1-9]\\d{3,}|[4-9]\\d\\d|3[1-9]\\d|309)'
$$;
COMMENT ON FUNCTION evergreen.has_huge_number(text) IS 'Internal: whether JSON has a number beyond double precision. Inlined.';
