import { useDatabase } from '../../support/database.js';
import { at, call, claim, expectRefusal, generating, look, meter, one, row, save } from './calls.js';

const database = useDatabase();

const policy = (type: string) => row(database.pool, 'policy', { content_type: type });
const set = (content_type: string, args: Record<string, unknown> = {}) =>
  row(database.pool, 'set_content_policy', { content_type, ...args });

test('what is named changes, all else stays', async () => {
  const all = {
    prompt_type: 'own_prompt',
    max_age: '9 days',
    stale_while_revalidate: '2 days',
    stale_if_error: '8 days',
    lease_duration: '7 minutes',
    failure_backoff: '6 seconds',
    failure_backoff_max: '5 minutes',
    max_bytes: 4444,
    retain_for: '33 days',
    schema_version: 2,
    similarity_threshold: 0.5,
    activity_granularity: '3 hours',
    context_max_items: 111,
    max_prompt_tokens: 2222,
    max_completion_tokens: 3333,
    change_tolerance: 0.25,
  };
  const { updated_at: _, ...before } = await set('whole', all);
  expect(await one(database.pool, `SELECT count(*)::integer FROM jsonb_each_text(to_jsonb(evergreen.policy('whole')))`)).toBe(
    Object.keys(all).length + 4,
  );
  for (const name of Object.keys(all)) {
    const { updated_at: __, ...same } = await set('whole', { [name]: (all as Record<string, unknown>)[name] });
    expect(same).toEqual(before);
  }
  const { updated_at, ...after } = await set('whole', { max_age: '3 days', max_bytes: 1000 });
  expect(after).toEqual({ ...before, max_age: expect.objectContaining({ days: 3 }), max_bytes: 1000 });
  expect(await policy('whole')).toEqual({ ...after, updated_at });
});

test('a change holds at once, for content that is there too', async () => {
  await meter(database.pool);
  await set('health', { max_age: '7 days', stale_while_revalidate: '1 day' });
  const { company, lookup, token } = await generating(database.pool);
  await save(database.pool, company, lookup, token, 'saved');
  const inTwoDays = at(2 * 86_400);
  expect(await look(database.pool, company, inTwoDays)).toMatchObject({ freshness: 'fresh' });
  await set('health', { max_age: '36 hours' });
  expect(await look(database.pool, company, inTwoDays)).toMatchObject({ freshness: 'stale' });
  await set('health', { stale_while_revalidate: '1 hour' });
  expect(await look(database.pool, company, inTwoDays)).toMatchObject({ freshness: 'expired' });
  await set('health', { max_age: '7 days', schema_version: 2 });
  expect(await look(database.pool, company, inTwoDays)).toMatchObject({ freshness: 'expired', reason: 'schema_version' });
});

test('what is being generated while the schema version changes is saved as stale', async () => {
  const begin = async () => (await claim(database.pool, { content_type: 'health', cache_key: 'shape' })).lease_token;
  const isInvalidated = () => one(database.pool, `SELECT invalidated FROM evergreen.generation_leases WHERE cache_key = 'shape'`);
  const { schema_version } = await policy('health');
  await begin();
  await set('health', { schema_version, max_age: '7 days' });
  expect(await isInvalidated()).toBe(false);
  await set('health', { schema_version: (schema_version as number) + 1 });
  expect(await isInvalidated()).toBe(true);
});

test('what may be empty is emptied by p_reset, and by nothing else', async () => {
  await set('insight', { retain_for: '10 days', similarity_threshold: 0.9, activity_granularity: '1 hour', max_age: '1 day' });
  await set('insight', { retain_for: null, similarity_threshold: null, activity_granularity: null, max_age: null });
  expect(await policy('insight')).toMatchObject({
    similarity_threshold: expect.closeTo(0.9, 3),
    max_age: expect.objectContaining({ days: 1 }),
  });
  expect(await set('insight', { reset: ['retain_for', 'similarity_threshold', 'activity_granularity', 'max_age'] })).toMatchObject({
    retain_for: null,
    similarity_threshold: null,
    activity_granularity: null,
    max_age: null,
  });
  expect(await set('insight', { max_age: '30 days', reset: [] })).toMatchObject({ max_age: expect.objectContaining({ days: 30 }) });
});

test('a new content type is made, fresh for 30 days, and can be generated at once', async () => {
  expect(await set('answer')).toMatchObject({
    content_type: 'answer',
    prompt_type: 'answer',
    max_age: expect.objectContaining({ days: 30 }),
  });
  expect(await claim(database.pool, { content_type: 'answer' })).toMatchObject({ state: 'claimed' });
  expect(await set('reply', { prompt_type: 'answer', max_age: '1 hour' })).toMatchObject({ prompt_type: 'answer' });
});

test('who changed what is audited, with the row before and after', async () => {
  await set('audited', { max_bytes: 10 });
  await set('audited', { max_bytes: 20 });
  const actor = await one(database.pool, 'SELECT session_user::text');
  const is = (max_bytes: number) => expect.objectContaining({ content_type: 'audited', max_bytes });
  expect(
    await database.query(`SELECT actor, action, before, after FROM evergreen.audit_log WHERE subject = 'audited' ORDER BY id`),
  ).toEqual([
    { actor, action: 'set_content_policy', before: null, after: is(10) },
    { actor, action: 'set_content_policy', before: is(10), after: is(20) },
  ]);
});

describe('bad input is refused', () => {
  test.each([
    ['a type of NULL', { content_type: null }, 'NULL'],
    ['a type that is no name', { content_type: 'My Type' }, `'My Type'`],
    ['a type that is too long', { content_type: 'a'.repeat(64) }, 'aaa'],
    ['a prompt type that is no name', { prompt_type: 'My Prompt' }, 'health'],
    ['max_age of nothing', { max_age: '0' }, 'health'],
    ['a negative max_age', { max_age: '-1 day' }, 'health'],
    ['a negative stale_while_revalidate', { stale_while_revalidate: '-1 second' }, 'health'],
    ['a negative stale_if_error', { stale_if_error: '-1 second' }, 'health'],
    ['a lease of nothing', { lease_duration: '0' }, 'health'],
    ['a pause of nothing', { failure_backoff: '0' }, 'health'],
    ['a longest pause below the first', { failure_backoff_max: '1 second' }, 'health'],
    ['no bytes', { max_bytes: 0 }, 'health'],
    ['more than 5 MB', { max_bytes: 5_242_881 }, 'health'],
    ['retention of nothing', { retain_for: '0' }, 'health'],
    ['schema version 0', { schema_version: 0 }, 'health'],
    ['a similarity above 1', { similarity_threshold: 1.1 }, 'health'],
    ['a similarity below 0', { similarity_threshold: -0.1 }, 'health'],
    ['a granularity of nothing', { activity_granularity: '0' }, 'health'],
    ['no items', { context_max_items: 0 }, 'health'],
    ['too many items', { context_max_items: 10_001 }, 'health'],
    ['no prompt tokens', { max_prompt_tokens: 0 }, 'health'],
    ['no completion tokens', { max_completion_tokens: 0 }, 'health'],
    ['resetting what must not be empty', { reset: ['max_bytes'] }, 'max_bytes'],
    ['resetting what is not there', { reset: ['max_age', 'nonsense'] }, 'nonsense'],
    ['a wrong value for a type that would be new', { content_type: 'brand_new', max_bytes: -1 }, 'brand_new'],
  ])('%s', (_, wrong, message) =>
    expectRefusal(database.pool, 'set_content_policy', { content_type: 'health', ...wrong }, 'VG007', message),
  );

  test('an unknown type, by whoever asks for its policy', () =>
    expectRefusal(database.pool, 'policy', { content_type: 'horoscope' }, 'VG001', `'horoscope'`));
});

test('5 MB is allowed', async () => {
  expect(await call(database.pool, 'set_content_policy', { content_type: 'health', max_bytes: 5_242_880 })).toHaveLength(1);
});
