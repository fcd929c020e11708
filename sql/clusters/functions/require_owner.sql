CREATE OR REPLACE FUNCTION evergreen.require_owner(p_parent evergreen.ai_answers, p_company_id uuid, p_user_id text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_parent.company_id IS NOT NULL AND p_parent.company_id IS DISTINCT FROM p_company_id
     OR p_parent.user_id IS NOT NULL AND p_parent.user_id IS DISTINCT FROM p_user_id THEN
    RAISE EXCEPTION 'answer % belongs to another', p_parent.id
      USING ERRCODE = 'VG009', HINT = 'Ask with the company and the user it was asked with.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_owner(evergreen.ai_answers, uuid, text) IS 'Internal: VG009 for an answer that another company or user owns; an answer without owner is shared by all.';
