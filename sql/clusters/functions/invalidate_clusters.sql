CREATE OR REPLACE FUNCTION evergreen.invalidate_clusters(
  p_input text DEFAULT NULL,
  p_model text DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_older_than interval DEFAULT NULL,
  p_id uuid DEFAULT NULL,
  p_all boolean DEFAULT false,
  p_batch_size integer DEFAULT 1000,
  p_before timestamptz DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT invalidated integer, OUT generating integer, OUT before timestamptz
)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.invalidated, i.generating, i.before
    FROM evergreen.invalidate_answers('cluster', p_input, p_model, p_prompt_id, p_older_than, p_id, p_all, p_batch_size, p_before, p_now) AS i
$$;
COMMENT ON FUNCTION evergreen.invalidate_clusters IS 'invalidate_answers() for clusters. Goals follow: once the cluster has another result they are asked for anew; by themselves they are invalidated with invalidate_answers(''cluster_goal'', p_id => <id of the cluster>). Source: seed 000_88d03718946c83a1.txt.';
