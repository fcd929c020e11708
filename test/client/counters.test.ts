import { Counters } from '../../src/counters.js';
import type { Database } from '../../src/database.js';
import { DatabaseUnavailable } from '../../src/errors.js';

beforeEach(() => jest.useFakeTimers({ now: new Date('2026-03-01T10:30:00Z') }));
afterEach(() => jest.useRealTimers());

interface Sent {
  what: 'lookups' | 'uses' | 'other';
  values: unknown[];
}

function open(usesEveryMs = 60_000) {
  const sent: Sent[] = [];
  const warnings: object[] = [];
  const state = { attempts: 0, away: false, answer: undefined as Promise<void> | undefined };
  const db = {
    async query(text: string, values: unknown[]) {
      state.attempts += 1;
      if (state.away) throw new DatabaseUnavailable('away');
      sent.push({ what: /record_cache_lookups/.test(text) ? 'lookups' : /record_answer_uses/.test(text) ? 'uses' : 'other', values });
      await state.answer;
      return { rows: [], rowCount: 0 };
    },
  } as unknown as Database;
  const logger = { warn: (facts: object) => warnings.push(facts), error: () => {} };
  return { counters: new Counters(db, usesEveryMs, logger), sent, warnings, state };
}

const uses = (sent: readonly Sent[]) =>
  sent
    .filter(({ what }) => what === 'uses')
    .flatMap(({ values }) => {
      const [ids, times] = values.filter(Array.isArray) as [string[], number[]];
      return ids.map((id, index) => [id, times[index]]);
    });
const lookups = (sent: readonly Sent[]) =>
  sent.filter(({ what }) => what === 'lookups').flatMap(({ values }) => JSON.parse(values[0] as string) as Record<string, unknown>[]);

test('how callers were answered is sent every 5 seconds, how often answers were used every minute, each use once', async () => {
  const { counters, sent } = open();
  for (let second = 0; second < 59; second += 1) {
    counters.lookup('cluster', 'fresh', 1);
    counters.answered('a');
    if (second % 2) counters.answered('b');
    await jest.advanceTimersByTimeAsync(1_000);
  }
  expect(uses(sent)).toEqual([]);
  expect(sent).toHaveLength(11);
  await jest.advanceTimersByTimeAsync(6_000);
  expect(uses(sent)).toEqual([
    ['a', 59],
    ['b', 29],
  ]);
  await jest.advanceTimersByTimeAsync(600_000);
  expect(uses(sent)).toHaveLength(2);
  expect(lookups(sent).reduce((sum, each) => sum + (each.lookups as number), 0)).toBe(59);
  expect(jest.getTimerCount()).toBe(0);
});

test('uses that nothing else was counted with are sent after a minute too', async () => {
  const { counters, sent } = open();
  await jest.advanceTimersByTimeAsync(20_000);
  counters.answered('a');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(uses(sent)).toEqual([['a', 1]]);
  expect(jest.getTimerCount()).toBe(0);
});

test('uses are sent as often as is asked for', async () => {
  const { counters, sent } = open(1_000);
  counters.answered('a');
  await jest.advanceTimersByTimeAsync(1_000);
  expect(uses(sent)).toEqual([['a', 1]]);
});

test('who was answered alike is one entry: of one type, outcome, hour, and about the same time', async () => {
  const { counters, sent } = open();
  for (const ms of [10, 10.5, 11, 100]) counters.lookup('cluster', 'fresh', ms);
  counters.lookup('cluster', 'stale', 10);
  counters.lookup('answer', 'fresh', 10);
  jest.setSystemTime(new Date('2026-03-01T11:00:00Z'));
  counters.lookup('cluster', 'fresh', 10);
  await counters.flush();
  const at = '2026-03-01T10:30:00.000Z';
  expect(lookups(sent)).toEqual([
    { content_type: 'cluster', outcome: 'fresh', duration_ms: 10.5, at, lookups: 3 },
    { content_type: 'cluster', outcome: 'fresh', duration_ms: 100, at, lookups: 1 },
    { content_type: 'cluster', outcome: 'fresh', duration_ms: 10, at: '2026-03-01T11:00:00.000Z', lookups: 1 },
    { content_type: 'cluster', outcome: 'stale', duration_ms: 10, at, lookups: 1 },
    { content_type: 'answer', outcome: 'fresh', duration_ms: 10, at, lookups: 1 },
  ]);
});

test('a flush sends all that was counted before it, also while others are being sent', async () => {
  const { counters, sent, state } = open();
  let answered = () => {};
  state.answer = new Promise((resolve) => {
    answered = resolve;
  });
  counters.lookup('cluster', 'fresh', 1);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(sent).toHaveLength(1);
  counters.lookup('cluster', 'fresh', 1);
  counters.answered('a');
  const flushed = counters.flush();
  answered();
  await flushed;
  expect(uses(sent)).toEqual([['a', 1]]);
  expect(lookups(sent)).toHaveLength(2);
});

test('uses of 20,000 answers are sent early', async () => {
  const { counters, sent } = open();
  for (let n = 0; n < 19_999; n += 1) counters.answered(`${n}`);
  await jest.advanceTimersByTimeAsync(0);
  expect(sent).toEqual([]);
  counters.answered('last');
  await jest.advanceTimersByTimeAsync(0);
  expect(uses(sent)).toHaveLength(20_000);
});

test('while the database is away the uses of 40,000 answers are kept, and what is dropped is told in the end', async () => {
  const { counters, sent, state, warnings } = open();
  state.away = true;
  for (let n = 0; n < 40_010; n += 1) {
    counters.answered(`${n}`);
    if (n % 1_000 === 0) await jest.advanceTimersByTimeAsync(0);
  }
  counters.lookup('cluster', 'fresh', 1);
  await jest.advanceTimersByTimeAsync(120_000);
  // Once early, then with the others every 5 seconds.
  expect(state.attempts).toBeLessThan(30);
  state.away = false;
  await jest.advanceTimersByTimeAsync(65_000);
  expect(uses(sent)).toHaveLength(40_000);
  expect(lookups(sent)).toMatchObject([{ lookups: 1 }]);
  expect(warnings).toEqual([{ entries: 10 }]);
});

test('what is left is sent at the end, exactly once', async () => {
  const { counters, sent } = open();
  counters.lookup('cluster', 'fresh', 1);
  counters.answered('a');
  counters.answered('a');
  await counters.close();
  expect(uses(sent)).toEqual([['a', 2]]);
  expect(lookups(sent)).toMatchObject([{ lookups: 1 }]);
  expect(jest.getTimerCount()).toBe(0);
});
