import { useDatabase } from '../../support/database.js';
import { at, call, contents, expectRefusal } from '../core/calls.js';
import { bring, DAY, HOUR, item, makeCompany, saveRecommendations } from './world.js';

const database = useDatabase({ host: true });
afterEach(() => database.query('DELETE FROM evergreen.ai_generated_recommendations'));

const report = (start: string | null = null, end: string | null = null) =>
  call(database.pool, 'get_recommendation_effectiveness', { start, end });

/** Saves that many recommendations of a company of its own, and answers their ids. */
async function make(count: number, args: Record<string, unknown> = {}): Promise<string[]> {
  const items = Array.from({ length: count }, (_, n) => item(null, `Title ${n}`));
  return (
    await saveRecommendations(database.pool, await makeCompany(database.pool), items, { prompt_id: 'recommendation_v1', ...args })
  ).content.map(({ id }) => id);
}

test('tells by prompt version and model what became of them', async () => {
  const [seen, started, completed, dismissed] = (await make(5)) as [string, string, string, string];
  await bring(database.pool, seen, 'active');
  await call(database.pool, 'track_recommendation_start', { recommendation_id: started, now: at(HOUR) });
  await call(database.pool, 'track_recommendation_start', { recommendation_id: completed, now: at(3 * HOUR) });
  await call(database.pool, 'track_recommendation_completion', { recommendation_id: completed, now: at(10 * HOUR) });
  await call(database.pool, 'record_recommendation_feedback', {
    recommendation_id: dismissed,
    feedback: { quality: 2, relevance: 'low' },
    dismiss: true,
  });
  await call(database.pool, 'record_recommendation_feedback', { recommendation_id: completed, feedback: { quality: 5, relevance: 4 } });
  expect(await report()).toEqual([
    {
      prompt_id: 'recommendation_v1',
      model: 'gpt-4o-mini',
      generated: '5',
      presented: '1',
      started: '2',
      completed: '1',
      dismissed: '1',
      start_rate: '66.67',
      completion_rate: '50.00',
      median_time_to_start: expect.objectContaining({ hours: 2 }),
      median_time_to_complete: expect.objectContaining({ hours: 10 }),
      with_feedback: '2',
      average_quality: '3.50',
      average_relevance: '4.00',
    },
  ]);
});

test('one row for each prompt version and model, what has neither start nor completion too', async () => {
  await make(1);
  await make(2, { model: 'gpt-4.1' });
  await make(1, { prompt_id: null });
  expect(await report()).toMatchObject([
    {
      prompt_id: 'recommendation_v1',
      model: 'gpt-4.1',
      generated: '2',
      start_rate: null,
      completion_rate: null,
      median_time_to_start: null,
    },
    { prompt_id: 'recommendation_v1', model: 'gpt-4o-mini', generated: '1' },
    { prompt_id: null, model: 'gpt-4o-mini', generated: '1' },
  ]);
});

test('of what was generated from the start on and before the end; NULL is no bound', async () => {
  await make(1, { now: at() });
  await make(1, { now: at(DAY) });
  const counted = async (start: string | null, end: string | null) => (await report(start, end)).map(({ generated }) => generated);
  expect(await counted(at(), at(DAY))).toEqual(['1']);
  expect(await counted(at(), at(DAY + 1))).toEqual(['2']);
  expect(await counted(at(1), null)).toEqual(['1']);
  expect(await counted(null, at())).toEqual([]);
});

test('writes nothing', async () => {
  await make(1);
  const before = await contents(database.pool);
  await report();
  expect(await contents(database.pool)).toEqual(before);
});

test('bad input: a range that ends before it starts', () =>
  expectRefusal(database.pool, 'get_recommendation_effectiveness', { start: at(1), end: at() }, 'VG007', 'range'));

test('an empty database has an empty report', async () => {
  expect(await report()).toEqual([]);
});
