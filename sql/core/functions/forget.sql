CREATE OR REPLACE FUNCTION evergreen.forget(p_scope text, p_column name, p_id text) RETURNS TABLE (object text, action text, rows_changed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The catalogue says which tables hold the id, so that a new shelf is never forgotten to be forgotten.
DECLARE
  v_table record;
  v_commands text[] := ARRAY[]::text[];
  v_command text;
BEGIN
  -- LOCK: one who forgets after the other; then leases and content in the order in which everybody locks several of them.
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.forget', 0));
  -- First the leases: a save that is in the middle ends before its content is deleted; one that comes late is billed to nobody.
  -- The key of some tells who it was.
  WITH held AS (
    SELECT h.content_type, h.cache_key FROM evergreen.generation_leases AS h
     WHERE h.cache_key = p_id OR starts_with(h.cache_key, p_id || ':') OR p_id = CASE p_scope WHEN 'company' THEN h.company_id::text ELSE h.user_id END
     ORDER BY h.content_type, h.cache_key FOR UPDATE
  ), gone AS (
    DELETE FROM evergreen.generation_leases AS l USING held AS h
     WHERE l.content_type = h.content_type AND l.cache_key = h.cache_key
    RETURNING l.*
  ), noted AS (
    INSERT INTO evergreen.lost_leases (lease_token, company_id, user_id, company_forgotten, user_forgotten, lost_at)
    SELECT g.lease_token, CASE WHEN p_scope <> 'company' THEN g.company_id END, CASE WHEN p_scope <> 'user' THEN g.user_id END,
           p_scope = 'company', p_scope = 'user', clock_timestamp()
      FROM gone AS g WHERE g.lease_token IS NOT NULL
    ON CONFLICT DO NOTHING
  )
  SELECT 'generation_leases', 'deleted', count(*) INTO object, action, rows_changed FROM gone;
  RETURN NEXT;
  object := 'lost_leases';
  action := 'anonymised';
  UPDATE evergreen.lost_leases AS l
     SET company_id = CASE WHEN p_scope <> 'company' THEN l.company_id END, company_forgotten = l.company_forgotten OR p_scope = 'company',
         user_id = CASE WHEN p_scope <> 'user' THEN l.user_id END, user_forgotten = l.user_forgotten OR p_scope = 'user'
   WHERE p_id = CASE p_scope WHEN 'company' THEN l.company_id::text ELSE l.user_id END;
  GET DIAGNOSTICS rows_changed = ROW_COUNT;
  RETURN NEXT;
  FOR v_table IN
    SELECT c.relname, c.relname = 'ai_generation_logs' AS is_log, a.atttypid::regtype AS id_type,
           -- Answers are locked as they are asked for, all else by its primary key.
           CASE c.relname WHEN 'ai_answers' THEN 'content_type, input_hash'
                          ELSE (SELECT string_agg(quote_ident(k.attname), ', ' ORDER BY array_position(i.indkey::smallint[], k.attnum))
                                  FROM pg_index AS i JOIN pg_attribute AS k ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey)
                                 WHERE i.indrelid = c.oid AND i.indisprimary) END AS key
      FROM pg_class AS c
      JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = p_column AND NOT a.attisdropped
     WHERE c.relnamespace = 'evergreen'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT IN ('generation_leases', 'lost_leases')
     ORDER BY c.relname
  LOOP
    -- Counted before anything is deleted: the rows of some tables go with those of others.
    EXECUTE format('SELECT count(*) FROM evergreen.%1$I WHERE %2$I = $1::%3$s', v_table.relname, p_column, v_table.id_type) INTO rows_changed USING p_id;
    object := v_table.relname;
    IF v_table.is_log THEN
      action := 'anonymised';
      v_commands := v_commands || format('UPDATE evergreen.%1$I SET %2$I = NULL WHERE %2$I = $1::%3$s', v_table.relname, p_column, v_table.id_type);
    ELSE
      action := 'deleted';
      v_commands := v_commands
        || format('SELECT FROM evergreen.%1$I WHERE %2$I = $1::%3$s ORDER BY %4$s FOR UPDATE', v_table.relname, p_column, v_table.id_type, v_table.key)
        || format('DELETE FROM evergreen.%1$I WHERE %2$I = $1::%3$s', v_table.relname, p_column, v_table.id_type);
    END IF;
    RETURN NEXT;
  END LOOP;
  FOREACH v_command IN ARRAY v_commands LOOP
    EXECUTE v_command USING p_id;
  END LOOP;

  IF p_scope = 'company' THEN
    object := 'sessions';
    action := 'anonymised';
    PERFORM FROM evergreen.sessions AS s WHERE p_id::uuid = ANY (s.company_ids) ORDER BY s.id FOR NO KEY UPDATE;
    UPDATE evergreen.sessions AS s SET company_ids = array_remove(s.company_ids, p_id::uuid) WHERE p_id::uuid = ANY (s.company_ids);
    GET DIAGNOSTICS rows_changed = ROW_COUNT;
    RETURN NEXT;
  END IF;
  object := 'ai_spend_monthly';
  action := 'anonymised';
  UPDATE evergreen.ai_spend_monthly AS s SET scope_id = 'forgotten ' || gen_random_uuid()
   WHERE s.scope = p_scope AND s.scope_id = p_id;
  GET DIAGNOSTICS rows_changed = ROW_COUNT;
  RETURN NEXT;
  object := 'budgets';
  action := 'deleted';
  DELETE FROM evergreen.budgets AS b WHERE b.scope = p_scope AND b.scope_id = p_id;
  GET DIAGNOSTICS rows_changed = ROW_COUNT;
  RETURN NEXT;

  object := 'system_logs';
  action := 'anonymised';
  UPDATE evergreen.system_logs AS l
     SET message = replace(l.message, evergreen.budget_name(p_scope, p_id), p_scope), detail = l.detail - 'scope_id'
   WHERE l.detail ->> 'scope' = p_scope AND l.detail ->> 'scope_id' = p_id;
  GET DIAGNOSTICS rows_changed = ROW_COUNT;
  RETURN NEXT;

  -- That it was done is kept; who it was is not.
  DELETE FROM evergreen.audit_log AS l WHERE l.subject IN (p_id, evergreen.budget_name(p_scope, p_id));
  PERFORM evergreen.audit('forget_' || p_scope, p_scope, NULL, NULL);
END;
$$;
COMMENT ON FUNCTION evergreen.forget(text, name, text) IS 'Internal: deletes the rows of a tenant in every table of the schema and anonymises what was spent.';
