import { migrate } from '../../src/migrate.js';
import { type Pooler, pgbouncer, startPooler } from '../support/pooler.js';
import { emptyDatabase, objectsOf, removeAll } from './empty-database.js';

const running: Pooler[] = [];

afterAll(async () => {
  for (const pooler of running) pooler.stop();
  await removeAll();
});

/** Puts pgbouncer in front of a database and answers the URL that leads through it. */
async function throughPooler(databaseUrl: string, settings: Record<string, string>): Promise<string> {
  const pooler = await startPooler(databaseUrl, settings);
  running.push(pooler);
  return pooler.url;
}

(pgbouncer ? describe : describe.skip)('through pgbouncer', () => {
  test.each(['transaction', 'statement'])('pooling by %s is refused, since it loses locks and settings', async (mode) => {
    const database = await emptyDatabase();
    const databaseUrl = await throughPooler(database.url, { pool_mode: mode, server_round_robin: '0' });
    await expect(migrate({ databaseUrl })).rejects.toMatchObject({ code: 'MIGRATION_REFUSED', reason: 'transaction_pooling' });
    expect(await objectsOf(database)).not.toContainEqual(expect.stringContaining('evergreen'));
  });

  test('pooling by transaction is refused when backends are handed out in turn, too', async () => {
    const database = await emptyDatabase();
    const databaseUrl = await throughPooler(database.url, { pool_mode: 'transaction', server_round_robin: '1' });
    await expect(migrate({ databaseUrl })).rejects.toMatchObject({ reason: 'transaction_pooling' });
  });

  test('pooling by session is fine', async () => {
    const database = await emptyDatabase();
    const databaseUrl = await throughPooler(database.url, { pool_mode: 'session' });
    expect((await migrate({ databaseUrl })).applied.length).toBeGreaterThan(0);
  });
});
