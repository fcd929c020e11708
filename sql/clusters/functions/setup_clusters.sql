CREATE OR REPLACE FUNCTION evergreen.setup_clusters() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_prompt record;
BEGIN
  INSERT INTO evergreen.content_policies (content_type, prompt_type, max_age, stale_while_revalidate, retain_for) VALUES
    ('cluster', 'cluster', interval '30 days', interval '1 day', interval '365 days'),
    ('cluster_goal', 'cluster_goal', interval '30 days', interval '1 day', interval '365 days')
  ON CONFLICT (content_type) DO NOTHING;

  INSERT INTO evergreen.maintenance_steps (step, ordinal, batch_size, report) VALUES
    ('prune_answers', 130, 1000, 'Deleted %s answers past their retention')
  ON CONFLICT (step) DO NOTHING;

  FOR v_prompt IN
    SELECT * FROM (VALUES
      ('cluster', 'You sort items into clusters of what belongs together.

What to sort, as JSON:
{{input}}

Put every item of "items" into exactly one cluster, written as it is in the list; what stands beside "items" says what the clusters are for. Make as few clusters as keep unlike things apart. For each give a short name, a description of one sentence, and its items.'),
      ('cluster_goal', 'You set goals for clusters of items.

The clusters, as JSON:
{{parent}}

Write one to three goals for each cluster, each with a short title that names its cluster, a description of one or two sentences, and a measure: how one will see that it is reached.')
    ) AS p (prompt_type, template)
  LOOP
    IF NOT EXISTS (SELECT FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = v_prompt.prompt_type) THEN
      PERFORM evergreen.publish_prompt(v_prompt.prompt_type, v_prompt.template);
    END IF;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.setup_clusters() IS 'Internal: first policies, prompts and maintenance step of clusters and their goals. Run again it changes nothing.';
