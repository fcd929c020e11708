/** When something is said to be generated is believed by all saves alike, within the times that a generation can have. */
import { useDatabase } from '../../support/database.js';
import { generate as generateAnswer } from '../clusters/asking.js';
import { claim as claimPersonality, keep, save as savePersonality, someone, tune } from '../personality/people.js';
import { at, generating, meter, refusal, save as saveHealth } from './calls.js';

const database = useDatabase();
beforeAll(() => meter(database.pool));

const saves: Record<string, (now: string) => Promise<unknown>> = {
  async save_health_summary(now) {
    const { company, lookup, token } = await generating(database.pool);
    return saveHealth(database.pool, company, lookup, token, 'dated', { now });
  },
  save_answer: (now) => generateAnswer(database.pool, ['an item', someone()], {}, {}, { now }),
  async save_personality(now) {
    const user = someone();
    return savePersonality(database.pool, user, (await claimPersonality(database.pool, user)).lease_token, undefined, { now });
  },
  save_personality_cache: (now) => keep(database.pool, someone(), undefined, { now }),
  async save_personality_tuning(now) {
    const user = someone();
    await keep(database.pool, user);
    return tune(database.pool, user, { '/summary': 'Bold' }, { now });
  },
};

describe.each(Object.entries(saves))('%s', (_, save) => {
  test.each(['infinity', '-infinity', '1999-12-31T23:59:59Z', '2200-01-01T00:00:00Z'])('refuses %s', async (now) => {
    expect(await refusal(save(now))).toEqual({
      code: 'VG007',
      message: expect.stringContaining('nothing is generated at'),
      hint: expect.stringContaining('from 2000 to 2199'),
    });
  });

  test.each([at(), '2000-01-01T00:00:00Z', '2199-12-31T00:00:00Z'])('believes %s', async (now) => {
    expect(await save(now)).toMatchObject({ state: 'saved' });
  });
});
