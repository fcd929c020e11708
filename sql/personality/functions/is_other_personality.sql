CREATE OR REPLACE FUNCTION evergreen.is_other_personality(p_revision integer, p_id uuid, p_present_revision integer, p_present_id uuid) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT p_revision IS NOT NULL AND p_revision <> COALESCE(p_present_revision, 0) OR p_id IS NOT NULL AND p_id IS DISTINCT FROM p_present_id
$$;
COMMENT ON FUNCTION evergreen.is_other_personality(integer, uuid, integer, uuid) IS 'Internal: whether what is there is not what a caller expects: another revision (0: nothing must be there) or another row, deleted and made anew since. NULL: whatever is there. Inlined by the planner.';
