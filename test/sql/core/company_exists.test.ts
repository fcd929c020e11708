import { randomUUID } from 'node:crypto';
import { useDatabase } from '../../support/database.js';
import { expectRefusal, look, one } from './calls.js';

describe('of a host with companies', () => {
  const database = useDatabase({ host: true });

  test('only those that it has are known', async () => {
    const company = await one<string>(database.pool, `INSERT INTO public.companies (name) VALUES ('ACME') RETURNING id`);
    expect(await look(database.pool, company)).toMatchObject({ freshness: 'missing' });
    const stranger = randomUUID();
    await expectRefusal(database.pool, 'lookup_health_summary', { company_id: stranger }, 'VG002', stranger);
  });

  test('none is known as long as it has none', async () => {
    await database.query('DELETE FROM public.companies');
    const stranger = randomUUID();
    await expectRefusal(database.pool, 'lookup_health_summary', { company_id: stranger }, 'VG002', stranger);
  });

  test('NULL is none', () => expectRefusal(database.pool, 'lookup_health_summary', { company_id: null }, 'VG007', 'NULL'));
});

describe('without a host', () => {
  const database = useDatabase();

  test('any id is taken as it comes', async () => {
    expect(await look(database.pool, randomUUID())).toMatchObject({ freshness: 'missing' });
  });

  test('but those of a view that the application made itself are the only ones', async () => {
    const company = randomUUID();
    await database.query(`CREATE OR REPLACE VIEW evergreen.host_companies AS SELECT '${company}'::uuid AS id, 'ACME' AS name`);
    expect(await look(database.pool, company)).toMatchObject({ freshness: 'missing' });
    const stranger = randomUUID();
    await expectRefusal(database.pool, 'lookup_health_summary', { company_id: stranger }, 'VG002', stranger);
  });
});
