import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { useDatabase } from '../../support/database.js';
import {
  at,
  call,
  claim,
  claimFor,
  expectRefusal,
  fail,
  generating,
  look,
  meter,
  save,
  spent,
  stampede,
  states,
  withConnections,
} from './calls.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

/** What the server warned of during the work. */
async function warnings(client: ClientBase, work: () => Promise<unknown>) {
  const heard: { severity: unknown; code: unknown; message: unknown; hint: unknown }[] = [];
  const listen = ({ severity, code, message, hint }: (typeof heard)[number]) => heard.push({ severity, code, message, hint });
  client.on('notice', listen as never);
  await work();
  client.off('notice', listen as never);
  return heard;
}

/** Outcomes that were logged for a company, oldest first. */
async function outcomes(company: string): Promise<unknown[]> {
  const rows = await database.query(`SELECT outcome FROM evergreen.ai_generation_logs WHERE company_id = $1 ORDER BY created_at`, [
    company,
  ]);
  return rows.map(({ outcome }) => outcome);
}

describe('a holder whose lease has passed to another', () => {
  test('does not overwrite the newer content, is warned with VG004, and its tokens are logged and billed', () =>
    withConnections(database, 1, async ([slow]) => {
      if (!slow) throw new Error('a connection');
      const { company, lookup, token } = await generating(slow);
      const heir = (await claimFor(database.pool, company, lookup, { now: at(60) })).lease_token as string;
      await save(database.pool, company, lookup, heir, 'newer', { now: at(61) });

      const heard = await warnings(slow, async () => {
        expect(await save(slow, company, lookup, token, 'older', { now: at(62) })).toEqual({
          state: 'lease_lost',
          content: null,
          generated_at: null,
          cost: '0.00015',
        });
      });
      expect(heard).toEqual([
        { severity: 'WARNING', code: 'VG004', message: expect.stringContaining(lookup.cache_key), hint: expect.stringMatching(/\S/) },
      ]);
      expect((await look(database.pool, company, at(63))).content?.content).toEqual({ headline: 'newer' });
      expect(await outcomes(company)).toEqual(['generated', 'lease_lost']);
      expect(await spent(database.pool, 'company', company)).toBeCloseTo(0.0003, 9);
    }));

  test('does not end the generation of the new holder', async () => {
    const { company, lookup, token } = await generating(database.pool);
    const heir = (await claimFor(database.pool, company, lookup, { holder: 'heir', now: at(60) })).lease_token as string;
    expect(await save(database.pool, company, lookup, token, 'older', { now: at(61) })).toMatchObject({ state: 'lease_lost' });
    expect(await look(database.pool, company, at(61))).toMatchObject({ freshness: 'missing' });
    expect(await claimFor(database.pool, company, lookup, { now: at(62) })).toMatchObject({ state: 'busy', reason: 'held by heir' });
    expect(await save(database.pool, company, lookup, heir, 'newer', { now: at(63) })).toMatchObject({ state: 'saved' });
  });

  test.each(['save', 'fail'])('is billed to the user who reserved, not to the one who took over: %s', async (end) => {
    const { company, lookup, token } = await generating(database.pool, { user_id: `${end} first` });
    const second = await claimFor(database.pool, company, lookup, { user_id: `${end} second`, now: at(60) });
    await claimFor(database.pool, company, lookup, { user_id: `${end} third`, now: at(120) });
    for (const lost of [token, second.lease_token as string]) {
      const answer =
        end === 'save'
          ? await save(database.pool, company, lookup, lost, 'late', { now: at(121) })
          : await fail(database.pool, lost, {
              cache_key: lookup.cache_key,
              provider: 'test',
              model: 'metered',
              prompt_tokens: 150,
              completion_tokens: 0,
              now: at(121),
            });
      expect(answer).toMatchObject({ state: 'lease_lost' });
    }
    expect(await Promise.all(['first', 'second', 'third'].map((user) => spent(database.pool, 'user', `${end} ${user}`)))).toEqual([
      expect.closeTo(0.00015, 9),
      expect.closeTo(0.00015, 9),
      0,
    ]);
  });

  test('may still save when nobody has taken over, however late', async () => {
    const { company, lookup, token } = await generating(database.pool);
    expect(await save(database.pool, company, lookup, token, 'late', { now: at(86_400) })).toMatchObject({ state: 'saved' });
  });
});

describe('a token', () => {
  test('that nobody was given neither saves nor ends the lease', async () => {
    const { company, lookup } = await generating(database.pool, { holder: 'holder' });
    expect(await save(database.pool, company, lookup, randomUUID(), 'forged')).toMatchObject({ state: 'lease_lost', content: null });
    expect(await look(database.pool, company)).toMatchObject({ freshness: 'missing' });
    expect(await claim(database.pool, { cache_key: lookup.cache_key })).toMatchObject({ state: 'busy', reason: 'held by holder' });
  });

  test('of another key does not save this one', async () => {
    const one = await generating(database.pool);
    const other = await generating(database.pool);
    expect(await save(database.pool, one.company, one.lookup, other.token, 'mixed up')).toMatchObject({ state: 'lease_lost' });
    expect(await save(database.pool, other.company, other.lookup, other.token, 'right')).toMatchObject({ state: 'saved' });
  });

  test('saves once, even when it is used by 20 connections at once', async () => {
    const { company, lookup, token } = await generating(database.pool);
    const row = `SELECT FROM evergreen.generation_leases WHERE cache_key = '${lookup.cache_key}' FOR UPDATE`;
    await withConnections(database, 20, async (clients) => {
      const saves = await stampede(database, clients, row, (client, index) => save(client, company, lookup, token, `number ${index}`));
      expect(states(saves)).toEqual({ saved: 1, lease_lost: 19 });
      const kept = saves.findIndex(({ state }) => state === 'saved');
      expect((await look(database.pool, company)).content?.content).toEqual({ headline: `number ${kept}` });
      expect(await spent(database.pool, 'company', company)).toBeCloseTo(20 * 0.00015, 9);
    });
  });

  test('of NULL saves nothing', async () => {
    const { company, lookup } = await generating(database.pool);
    await expectRefusal(
      database.pool,
      'save_health_summary',
      {
        company_id: company,
        context_hash: lookup.context_hash,
        content: { headline: 'x' },
        lease_token: null,
        provider: 'test',
        model: 'metered',
      },
      'VG007',
      'lease',
    );
  });
});

describe('an invalidation that comes while it is generated', () => {
  test('has it saved as stale: kept and billed, but not fresh, so that the next caller generates', async () => {
    const { company, lookup, token } = await generating(database.pool);
    await call(database.pool, 'invalidate_content', { company_id: company });
    expect(await save(database.pool, company, lookup, token, 'outdated', { now: at(1) })).toMatchObject({
      state: 'saved_stale',
      content: { content: { headline: 'outdated' } },
      cost: '0.00015',
    });
    expect(await outcomes(company)).toEqual(['saved_stale']);
    const next = await look(database.pool, company, at(2));
    expect(next).toMatchObject({ freshness: 'expired', content: null });

    const token2 = (await claimFor(database.pool, company, next, { now: at(2) })).lease_token as string;
    expect(await save(database.pool, company, next, token2, 'up to date', { now: at(3) })).toMatchObject({ state: 'saved' });
    expect(await look(database.pool, company, at(4))).toMatchObject({
      freshness: 'fresh',
      content: { content: { headline: 'up to date' } },
    });
  });

  test('does not concern who claims after it, even by taking over', async () => {
    const { company, lookup } = await generating(database.pool);
    await call(database.pool, 'invalidate_content', { company_id: company });
    const heir = (await claimFor(database.pool, company, lookup, { now: at(60) })).lease_token as string;
    expect(await save(database.pool, company, lookup, heir, 'after it', { now: at(61) })).toMatchObject({ state: 'saved' });
  });

  test('does not concern another company', async () => {
    const { company, lookup, token } = await generating(database.pool);
    await call(database.pool, 'invalidate_content', { company_id: randomUUID() });
    expect(await save(database.pool, company, lookup, token, 'untouched')).toMatchObject({ state: 'saved' });
  });
});
