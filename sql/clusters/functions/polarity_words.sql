CREATE OR REPLACE FUNCTION evergreen.polarity_words(p_text text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  -- Words that turn what is asked around; two inputs must have the same ones.
  SELECT COALESCE(array_agg(COALESCE(m[1], m[2]) ORDER BY COALESCE(m[1], m[2])), '{}')
    FROM regexp_matches(replace(lower(p_text), '’', ''''), E'(n''t)\\M|\\m(' ||
      'no|non|not|un|anti|never|none|nothing|nobody|nowhere|neither|nor|without|with|cannot|except|excluding|including|exclude|include|lack|lacks|lacking|' ||
      'nicht|nichts|kein|keine|keinen|nie|ohne|ne|pas|jamais|sans|nunca|sin|' ||
      'before|after|above|below|over|under|more|less|most|least|max|min|maximum|minimum|highest|lowest|all|any|only|always|first|last|' ||
      'increase|decrease|increasing|decreasing|raise|lower|enable|disable|allow|deny|accept|reject|add|remove|buy|sell|open|close|start|stop|' ||
      'pass|fail|win|lose|love|hate|like|dislike|cheap|expensive|hot|cold|left|right|up|down|true|false|import|export|encrypt|decrypt|legal|illegal' ||
      E')\\M', 'g') AS m
$$;
COMMENT ON FUNCTION evergreen.polarity_words(text) IS 'Internal: negations of a text and words that have an opposite, sorted.';
