CREATE OR REPLACE FUNCTION evergreen.age_in_ms(p_generated_at timestamptz, p_now timestamptz) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT GREATEST(floor(date_part('epoch', p_now - p_generated_at) * 1000), 0)::bigint
$$;
COMMENT ON FUNCTION evergreen.age_in_ms(timestamptz, timestamptz) IS 'Internal: milliseconds since content was generated, never below 0. Inlined by the planner.';
