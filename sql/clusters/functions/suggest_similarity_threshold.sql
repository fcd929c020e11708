CREATE OR REPLACE FUNCTION evergreen.suggest_similarity_threshold(
  p_max_error_rate numeric, p_content_type text DEFAULT 'cluster', p_method text DEFAULT 'trigram',
  OUT threshold real, OUT verdicts bigint, OUT error_rate numeric
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM evergreen.policy(p_content_type);
  IF p_max_error_rate IS NULL OR p_max_error_rate NOT BETWEEN 0 AND 1 OR p_method IS NULL OR p_method NOT IN ('embedding', 'trigram') THEN
    RAISE EXCEPTION 'no threshold can be suggested for an error rate of % by %', COALESCE(p_max_error_rate::text, 'NULL'), COALESCE(p_method, 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Give a share from 0 to 1, e.g. 0.01, and embedding or trigram.';
  END IF;
  SELECT r.threshold, r.verdicts, r.error_rate INTO threshold, verdicts, error_rate
    FROM (SELECT v.similarity AS threshold, sum(v.n) OVER w AS verdicts, round(sum(v.wrong) OVER w / sum(v.n) OVER w, 4) AS error_rate,
                 sum(v.wrong) OVER w <= p_max_error_rate * sum(v.n) OVER w AS good
            FROM (SELECT s.similarity, count(*)::numeric AS n, (count(*) FILTER (WHERE NOT s.agreed))::numeric AS wrong
                    FROM evergreen.similarity_verdicts AS s WHERE s.content_type = p_content_type AND s.method = p_method GROUP BY s.similarity) AS v
          WINDOW w AS (ORDER BY v.similarity DESC)) AS r
   WHERE r.good ORDER BY r.threshold LIMIT 1;
END;
$$;
COMMENT ON FUNCTION evergreen.suggest_similarity_threshold(numeric, text, text) IS 'Report: the lowest similarity from which on the verdicts were wrong at most so often (a share from 0 to 1), with the number of verdicts at or above it and the rate they had. NULL: no threshold has been that good, or there are no verdicts.';
