CREATE OR REPLACE FUNCTION evergreen.entity_words(p_text text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  -- At the start of a sentence a capital says nothing of these words.
  SELECT COALESCE(array_agg(DISTINCT lower(m[1])), '{}')
    FROM regexp_matches(p_text, E'\\m([[:upper:]][[:alnum:]''’]*)', 'g') AS m
   WHERE lower(m[1]) <> ALL ('{a,an,the,i,we,you,he,she,it,they,my,our,your,this,that,these,those,is,are,was,were,do,does,did,can,could,should,would,will,may,must,have,has,had,how,what,when,where,which,who,why,please,give,show,tell,find,list,write,make,explain,describe,sort,group,and,or,but,if,in,on,at,of,for,to,from,by,as,there,here,some,each,every,also}'::text[])
$$;
COMMENT ON FUNCTION evergreen.entity_words(text) IS 'Internal: capitalised words of a text (names), in lower case, but for common words that start a sentence.';
