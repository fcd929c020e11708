CREATE OR REPLACE FUNCTION evergreen.describe_posts(p_posts text[], p_max_items integer, p_max_bytes integer) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(l.line, E'\n' ORDER BY l.ordinality)
    FROM (SELECT '- ' || left(t.text, 2000) AS line, p.ordinality,
                 sum(octet_length(left(t.text, 2000)) + 3) OVER (ORDER BY p.ordinality) AS so_far,
                 row_number() OVER (ORDER BY p.ordinality) AS number
            FROM unnest(p_posts) WITH ORDINALITY AS p (post, ordinality)
           CROSS JOIN LATERAL (SELECT evergreen.plain_text(p.post) AS text) AS t
           WHERE t.text <> '') AS l
   WHERE l.number = 1 OR l.number <= p_max_items AND l.so_far <= p_max_bytes
$$;
COMMENT ON FUNCTION evergreen.describe_posts(text[], integer, integer) IS 'Internal: posts as lines of a prompt, each at most 2,000 characters: the first p_max_items of them, as far as p_max_bytes reach. NULL: there are none.';
