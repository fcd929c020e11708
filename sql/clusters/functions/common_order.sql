CREATE OR REPLACE FUNCTION evergreen.common_order(p_words text[], p_others text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT COALESCE(array_agg(u.w ORDER BY u.n), '{}')
    FROM (SELECT w, min(n) AS n, count(*) AS times FROM unnest(p_words) WITH ORDINALITY AS t (w, n) WHERE length(w) > 2 GROUP BY w) AS u
   WHERE u.times = 1 AND (SELECT count(*) FROM unnest(p_others) AS o WHERE o = u.w) = 1
$$;
COMMENT ON FUNCTION evergreen.common_order(text[], text[]) IS 'Internal: the words that stand once in each of two texts, in the order of the first.';
