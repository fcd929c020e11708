CREATE OR REPLACE FUNCTION evergreen.trigram_similarity(p_trigrams text[], p_text text) RETURNS real
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN c.total = 0 THEN 0 ELSE c.common::real / c.total END::real
    FROM (SELECT n.common, cardinality(p_trigrams) + cardinality(n.others) - n.common AS total
            FROM (SELECT t.others, (SELECT count(*) FROM unnest(t.others) AS o JOIN unnest(p_trigrams) AS p ON p = o) AS common
                    FROM (SELECT evergreen.trigrams(p_text) AS others OFFSET 0) AS t OFFSET 0) AS n) AS c
$$;
COMMENT ON FUNCTION evergreen.trigram_similarity(text[], text) IS 'Internal: similarity() of pg_trgm, for servers without it: trigrams in common as a share of all.';
