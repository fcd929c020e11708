CREATE OR REPLACE FUNCTION evergreen.setup_journey() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_prompt record;
BEGIN
  INSERT INTO evergreen.content_policies (content_type, prompt_type, max_age, stale_while_revalidate, retain_for) VALUES
    ('recommendation', 'recommendation', interval '14 days', interval '1 day', interval '365 days'),
    ('insight', 'peer_insight', interval '30 days', interval '1 day', interval '365 days'),
    ('health', 'health_summary', interval '7 days', interval '1 day', interval '365 days'),
    ('refinement', 'refinement', NULL, interval '0', NULL)
  ON CONFLICT (content_type) DO NOTHING;

  INSERT INTO evergreen.retention_policies (subject, retain_for) VALUES ('ai_context_snapshots', interval '90 days')
  ON CONFLICT (subject) DO NOTHING;

  INSERT INTO evergreen.maintenance_steps (step, ordinal, batch_size, report) VALUES
    ('refresh_changed_companies', 90, 500, 'Computed the context of %s companies that had changed'),
    ('stale_recommendations', 100, 1000, 'Marked %s recommendations as stale'),
    ('prune_context_snapshots', 110, 1000, 'Deleted %s context snapshots'),
    ('prune_journey_content', 120, 1000, 'Deleted %s pieces of content of the journey past their retention')
  ON CONFLICT (step) DO NOTHING;

  FOR v_prompt IN
    SELECT * FROM (VALUES
      ('recommendation', 'You advise {{company}} on the next steps of its business journey.

Steps it has completed:
{{completed_steps}}

Steps in progress:
{{in_progress_steps}}

Maturity by domain:
{{domain_levels}}

Candidate steps:
{{candidate_steps}}

What it said of earlier recommendations:
{{feedback}}

Recommend {{limit}} next steps, the most valuable first. For each, set step_id to the id of a candidate step, or to null for general advice that is no step of the list; use no step twice. Give a short title, a description of two or three sentences, the rationale from the state above, two to five concrete actions, the effort (low, medium or high) and the impact (low, medium or high).'),
      ('peer_insight', 'You write what peers of {{company}} have learned, for a company in this state.

Steps it has completed:
{{completed_steps}}

Steps in progress:
{{in_progress_steps}}

Maturity by domain:
{{domain_levels}}

Insights it has already:
{{known_insights}}

Write {{limit}} insights about {{topic}}, none of which says again what it has. Each is one paragraph in the first person of a plausible peer; give the peer''s name, company and role as author_profile, and as relevance_score how relevant it is for this company, from 0.5 to 1.0.'),
      ('health_summary', 'You assess the business health of {{company}}.

Steps it has completed:
{{completed_steps}}

Steps in progress:
{{in_progress_steps}}

Maturity by domain:
{{domain_levels}}

Give a headline of one sentence, a score from 0 to 100, the strengths, the risks and the next steps, two to five of each, each one sentence that follows from the state above.'),
      ('refinement', 'You improve a recommendation that {{company}} was given.

The recommendation:
{{recommendation}}

What should be better:
{{instruction}}

Answer with the whole recommendation in the same form, improved as asked and otherwise unchanged.')
    ) AS p (prompt_type, template)
  LOOP
    IF NOT EXISTS (SELECT FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = v_prompt.prompt_type) THEN
      PERFORM evergreen.publish_prompt(v_prompt.prompt_type, v_prompt.template);
    END IF;
  END LOOP;

  PERFORM evergreen.copy_column_comments(c.origin, c.copy)
     FROM (VALUES ('ai_generated_recommendations', 'recommendation_outcomes'), ('ai_recommendation_effectiveness', 'recommendation_outcomes'))
       AS c (origin, copy);
END;
$$;
COMMENT ON FUNCTION evergreen.setup_journey() IS 'Internal: first policies, prompts, retention and maintenance steps of the journey. Run again it changes nothing.';
