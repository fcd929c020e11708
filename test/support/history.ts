/** A history of forty days, written through the functions a backend and a DBA would use: what reports are tried on. */
import type { TestDatabase } from './database.js';

/** Companies of the history. */
export const history = {
  companies: ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'],
  user: 'ada@example.com',
} as const;

/** Fills a database that has the minimal host tables. */
export async function fillHistory(database: TestDatabase): Promise<void> {
  const [first, second] = history.companies;
  const run = (text: string, values: unknown[] = []) => database.query(text, values);
  await run(`INSERT INTO public.companies (id, name) VALUES ($1, 'First'), ($2, 'Second')`, [first, second]);

  // Three calls a day for forty days: one of each type; every tenth insight fails, every health summary comes from a model without a price.
  await run(
    `SELECT evergreen.log_generation(
              p_generation_type => t.type, p_model => t.model, p_success => NOT t.fails, p_company_id => t.company, p_user_id => $3,
              p_prompt_tokens => 1000, p_completion_tokens => CASE WHEN t.fails THEN 0 ELSE 500 END, p_cached_tokens => 200, p_generation_time_ms => 900,
              p_outcome => CASE WHEN t.fails THEN 'failed' ELSE 'generated' END, p_error_code => CASE WHEN t.fails THEN 'provider_error' END,
              p_error_message => CASE WHEN t.fails THEN '500 the server' || chr(10) || 'had an error' END,
              p_created_at => now() - d.day * interval '24 hours')
       FROM generate_series(0, 39) AS d (day)
      CROSS JOIN LATERAL (VALUES ('recommendation', 'gpt-4.1-mini', false, $1::uuid), ('peer_insight', 'gpt-4.1', d.day % 10 = 9, $1),
                                 ('health_summary', 'nobody-knows-1', false, $2::uuid)) AS t (type, model, fails, company)`,
    [first, second, history.user],
  );
  await run(
    `SELECT evergreen.record_cache_lookups(jsonb_agg(jsonb_build_object(
              'content_type', t.type, 'outcome', t.outcome, 'duration_ms', t.ms, 'at', now() - d.day * interval '24 hours')))
       FROM generate_series(0, 39) AS d (day)
      CROSS JOIN (VALUES ('recommendation', 'fresh', 1.5), ('recommendation', 'fresh', 2.5), ('recommendation', 'stale', 2), ('recommendation', 'generated', 900),
                         ('insight', 'fallback', 30), ('health', 'failed', 5)) AS t (type, outcome, ms)`,
  );

  // Clusters that answered similar items, and what callers said of it.
  await run(`SELECT evergreen.record_cache_lookups('[{"content_type": "cluster", "outcome": "similar", "duration_ms": 4}]')`);
  await run(`INSERT INTO evergreen.clusters (input_hash, cluster_result) VALUES ('by hand', '[]')`);
  await run(
    `SELECT evergreen.record_similarity_verdict('cluster', '["item ' || i || '"]', c.id, (0.5 + i * 0.1)::real, 'trigram', i > 1)
       FROM evergreen.clusters AS c, generate_series(0, 4) AS i`,
  );

  const recommendations = await saveRecommendations(database, first, 'recommendation_v1');
  await run(`SELECT evergreen.publish_prompt('recommendation', 'Recommend {{limit}} steps to {{company}}.', p_activate => true)`);
  await saveRecommendations(database, second, 'recommendation_v2');
  await run(`SELECT evergreen.mark_presented($1::uuid[])`, [recommendations]);
  await run(`SELECT evergreen.track_recommendation_start($1, now() + interval '2 hours')`, [recommendations[0]]);
  await run(`SELECT evergreen.track_recommendation_completion($1, now() + interval '3 days')`, [recommendations[0]]);
  await run(`SELECT evergreen.record_recommendation_feedback($1, '{"quality": 4, "relevance": 5}')`, [recommendations[0]]);

  // One that is being generated, and one that failed a moment ago.
  await run(`SELECT evergreen.set_content_policy('health', p_failure_backoff => '1 hour', p_failure_backoff_max => '1 hour')`);
  await run(`SELECT evergreen.set_content_policy('insight', p_lease_duration => '1 hour')`);
  await run(`SELECT evergreen.claim_generation('insight', 'held', 'host:1')`);
  await run(
    `SELECT evergreen.fail_generation('health', 'failing', c.lease_token, 'timeout', 'no answer within 60000 ms', p_model => 'gpt-4.1')
       FROM evergreen.claim_generation('health', 'failing', 'host:1') AS c`,
  );
  await run(`SELECT evergreen.set_budget('company', $1, 0.02), evergreen.set_budget('overall', NULL, 100, p_hard => false)`, [first]);
  await run('CALL evergreen.ai_daily_maintenance()');
}

/** Two recommendations, as a client saves them; their ids. */
async function saveRecommendations(database: TestDatabase, company: string, prompt: string): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `SELECT e.value ->> 'id' AS id
       FROM evergreen.lookup_recommendations($1) AS l
      CROSS JOIN LATERAL evergreen.claim_generation('recommendation', l.cache_key, 'host:1', l.seen, $1, 'ada@example.com', 'openai', 'gpt-4.1-mini') AS c
      CROSS JOIN LATERAL evergreen.save_recommendations(
              $1, l.context_hash, '[{"step_id": null, "title": "One"}, {"step_id": null, "title": "Two"}]', c.lease_token, 'openai', 'gpt-4.1-mini', $2,
              1200, 300, 0, 1500) AS s
      CROSS JOIN LATERAL jsonb_array_elements(s.content) AS e`,
    [company, prompt],
  );
  return rows.map((row) => row.id);
}
