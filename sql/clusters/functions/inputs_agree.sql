CREATE OR REPLACE FUNCTION evergreen.inputs_agree(
  p_a text, p_b text, p_checks text[] DEFAULT '{numbers,negations,entities,order}', OUT agrees boolean, OUT disagreement text
)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
-- Similar is not same: a negated or reversed text scores high by any measure of similarity. In doubt they disagree.
DECLARE
  v_numbers text := E'\\d+(?:[.,:/]\\d+)*|\\m(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|billion|half|double|twice|dozen)\\M';
  v_words_a text[] := regexp_split_to_array(lower(p_a), '[^[:alnum:]]+');
  v_words_b text[] := regexp_split_to_array(lower(p_b), '[^[:alnum:]]+');
  v_wrong text;
BEGIN
  SELECT c INTO v_wrong FROM unnest(p_checks) AS c WHERE c IS NULL OR c <> ALL ('{numbers,negations,entities,order,structure}'::text[]) LIMIT 1;
  IF p_a IS NULL OR p_b IS NULL OR p_checks IS NULL OR FOUND THEN
    RAISE EXCEPTION 'two texts are compared by known checks, not by %', COALESCE(quote_literal(v_wrong), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Checks are numbers, negations, entities, order and structure.';
  END IF;
  disagreement := CASE
    WHEN 'numbers' = ANY (p_checks)
     AND ARRAY(SELECT m[1] FROM regexp_matches(lower(p_a), '(' || v_numbers || ')', 'g') AS m ORDER BY 1)
      <> ARRAY(SELECT m[1] FROM regexp_matches(lower(p_b), '(' || v_numbers || ')', 'g') AS m ORDER BY 1) THEN 'numbers'
    WHEN 'negations' = ANY (p_checks) AND evergreen.polarity_words(p_a) <> evergreen.polarity_words(p_b) THEN 'negations'
    WHEN 'negations' = ANY (p_checks) AND EXISTS (
      SELECT FROM unnest('{un,non,dis,in,im,il,ir,anti,de,mis}'::text[]) AS prefix
       CROSS JOIN LATERAL (SELECT w FROM unnest(v_words_a) AS w WHERE length(w) > 2 AND prefix || w = ANY (v_words_b) AND prefix || w <> ALL (v_words_a)
                           UNION ALL
                           SELECT w FROM unnest(v_words_b) AS w WHERE length(w) > 2 AND prefix || w = ANY (v_words_a) AND prefix || w <> ALL (v_words_b)) AS opposite)
      THEN 'negations'
    WHEN 'entities' = ANY (p_checks) AND NOT (evergreen.entity_words(p_a) <@ v_words_b AND evergreen.entity_words(p_b) <@ v_words_a) THEN 'entities'
    WHEN 'order' = ANY (p_checks)
     AND (v_words_a || v_words_b) && '{to,from,into,than,over,versus,vs,before,after,by,of,with,for}'
     AND evergreen.common_order(v_words_a, v_words_b) <> evergreen.common_order(v_words_b, v_words_a) THEN 'order'
  END;
  agrees := disagreement IS NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.inputs_agree(text, text, text[]) IS 'Whether two similar texts ask for the same, as far as rules can tell: numbers (digits and words for numbers are the same), negations (not, never, n''t, without, un- and non-, words that have an opposite), entities (capitalised names stand in both), order (the words they share stand in the same order, where there is a to, from, than, before, ...). disagreement names the first check that says no. Made for English, with some words of German, French and Spanish. VG007 for NULL or an unknown check. Guards against https://github.com/zilliztech/GPTCache/issues/694.';
