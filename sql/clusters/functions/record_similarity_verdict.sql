CREATE OR REPLACE FUNCTION evergreen.record_similarity_verdict(
  p_content_type text, p_input text, p_answer_id uuid, p_similarity real, p_method text, p_agreed boolean,
  p_company_id uuid DEFAULT NULL, p_user_id text DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_input jsonb := evergreen.read_input(v_policy, p_input);
  v_answer evergreen.ai_answers;
  v_id uuid;
BEGIN
  -- LOCK: the answer, which cannot go meanwhile, and before its verdict, as whoever deletes it does.
  SELECT * INTO v_answer FROM evergreen.ai_answers AS a WHERE a.id = p_answer_id AND a.content_type = p_content_type FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no % %', p_content_type, COALESCE(p_answer_id::text, 'NULL') USING ERRCODE = 'VG002', HINT = 'Pass the id of the answer that was given as similar.';
  END IF;
  PERFORM evergreen.require_owner(v_answer, p_company_id, p_user_id);
  IF p_agreed IS NULL OR p_similarity IS NULL OR p_similarity NOT BETWEEN 0 AND 1 OR p_method IS NULL OR p_method NOT IN ('embedding', 'trigram') THEN
    RAISE EXCEPTION 'a verdict of similarity %, method %, agreed % is none', COALESCE(p_similarity::text, 'NULL'), COALESCE(p_method, 'NULL'), COALESCE(p_agreed::text, 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Pass the similarity (0 to 1) of the lookup, its method (embedding or trigram), and whether the answer was right.';
  END IF;
  INSERT INTO evergreen.similarity_verdicts AS s (content_type, answer_id, asked_hash, asked, similarity, method, agreed, company_id, user_id)
  VALUES (p_content_type, p_answer_id, evergreen.content_hash(v_input), left(evergreen.input_words(v_input), 8192), p_similarity, p_method, p_agreed,
          p_company_id, p_user_id)
  ON CONFLICT (answer_id, asked_hash, method) DO UPDATE
    SET similarity = excluded.similarity, agreed = excluded.agreed, created_at = clock_timestamp()
  RETURNING s.id INTO v_id;
  RETURN v_id;
END;
$$;
COMMENT ON FUNCTION evergreen.record_similarity_verdict(text, text, uuid, real, text, boolean, uuid, text) IS 'Says whether an answer that was given to a similar input was right for it. The same again replaces what was said. VG002 unknown answer, VG007 malformed, VG009 an answer of another owner.';
