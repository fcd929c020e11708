import type { Client } from 'pg';
import { useDatabase } from '../../support/database.js';
import { call, expectRefusal, one, pidOf, refusal, row, stampede, untilBlocked, value, withConnections } from './calls.js';

const database = useDatabase();
beforeAll(() => call(database.pool, 'set_content_policy', { content_type: 'poem' }));

const publish = (template: string, more = {}) => value<string>(database.pool, 'publish_prompt', { prompt_type: 'poem', template, ...more });
const active = () => one<string>(database.pool, `SELECT id FROM evergreen.ai_generation_prompts WHERE prompt_type = 'poem' AND active`);
const render = (variables: Record<string, unknown>) => row(database.pool, 'render_prompt', { prompt_type: 'poem', variables });

test('the first prompt of a type is active at once, a later one when it is activated, and one can go back', async () => {
  expect(await publish('On {{subject}}.')).toBe('poem_v1');
  expect(await render({ subject: 'rain' })).toEqual({ prompt_id: 'poem_v1', prompt: 'On rain.' });
  expect(await publish('About {{subject}}.')).toBe('poem_v2');
  expect(await render({ subject: 'rain' })).toMatchObject({ prompt_id: 'poem_v1' });
  await call(database.pool, 'activate_prompt', { id: 'poem_v2' });
  expect(await render({ subject: 'rain' })).toEqual({ prompt_id: 'poem_v2', prompt: 'About rain.' });
  await call(database.pool, 'activate_prompt', { id: 'poem_v1' });
  expect(await render({ subject: 'rain' })).toMatchObject({ prompt_id: 'poem_v1' });
  expect(await publish('Of {{subject}}.', { activate: true })).toBe('poem_v3');
  expect(await active()).toBe('poem_v3');
});

test('who published and activated what is audited', async () => {
  await publish('Audited {{subject}}.', { activate: true });
  const id = await active();
  const audit = await database.query(`SELECT action, subject, before, after FROM evergreen.audit_log ORDER BY id DESC LIMIT 2`);
  expect(audit.reverse()).toEqual([
    { action: 'publish_prompt', subject: id, before: null, after: { prompt_template: 'Audited {{subject}}.' } },
    { action: 'activate_prompt', subject: 'poem', before: expect.stringMatching(/^poem_v/), after: id },
  ]);
});

test('20 who publish at once get 20 versions, of which one is active', () =>
  withConnections(database, 20, async (clients) => {
    const lock = `SELECT pg_advisory_xact_lock(hashtextextended('evergreen.publish_prompt:poem', 0))`;
    const ids = await stampede(database, clients, lock, (client, index) =>
      value<string>(client, 'publish_prompt', { prompt_type: 'poem', template: `Number ${index}.`, activate: true }),
    );
    expect(new Set(ids).size).toBe(20);
    expect(ids).toContain(await active());
  }));

test('a second publisher waits for the first to commit, and takes the next number', () =>
  withConnections(database, 2, async ([first, second]) => {
    await first?.query('BEGIN');
    const one = await value<string>(first as Client, 'publish_prompt', { prompt_type: 'poem', template: 'first' });
    const other = value<string>(second as Client, 'publish_prompt', { prompt_type: 'poem', template: 'second' });
    await untilBlocked(database, 1, [pidOf(second as Client)]);
    await first?.query('COMMIT');
    expect(Number((await other).replace('poem_v', ''))).toBe(Number(one.replace('poem_v', '')) + 1);
  }));

test('R33: the table itself refuses a second active prompt of a type', async () => {
  await publish('first', { activate: true });
  await publish('second');
  const refused = await refusal(database.query(`UPDATE evergreen.ai_generation_prompts SET active = true WHERE prompt_type = 'poem'`));
  expect(refused).toMatchObject({ code: '23505', message: expect.stringContaining('one_active') });
});

test('activating the active prompt changes nothing', async () => {
  const id = await active();
  const before = await one(database.pool, 'SELECT count(*) FROM evergreen.audit_log');
  await call(database.pool, 'activate_prompt', { id });
  expect(await active()).toBe(id);
  expect(await one(database.pool, 'SELECT count(*) FROM evergreen.audit_log')).toBe(before);
});

describe('bad input is refused', () => {
  test.each([
    ['R33: a type that no content has', { prompt_type: 'no_such_type' }, 'VG001', `'no_such_type'`],
    ['a type that is no name', { prompt_type: 'no such type' }, 'VG007', `'no such type'`],
    ['a type of NULL', { prompt_type: null }, 'VG007', 'NULL'],
    ['a template of NULL', { template: null }, 'VG007', 'blank'],
    ['a blank template', { template: ' \n\t' }, 'VG007', 'blank'],
    ['a place without a name', { template: 'Hello {{}}' }, 'VG007', 'braces'],
    ['a place with capitals', { template: 'Hello {{Name}}' }, 'VG007', 'braces'],
    ['a place with two words', { template: 'Hello {{first name}}' }, 'VG007', 'braces'],
    ['a place that does not end', { template: 'Hello {{name} }' }, 'VG007', 'braces'],
    ['a place that does not begin', { template: 'Hello name}}' }, 'VG007', 'braces'],
    ['a template of more than 256 kB', { template: 'x'.repeat(262_145) }, 'VG006', '262145'],
  ])('%s', (_, wrong, code, message) =>
    expectRefusal(database.pool, 'publish_prompt', { prompt_type: 'poem', template: 'Fine.', ...wrong }, code, message),
  );

  test.each([
    ['an unknown prompt', 'poem_v999', `'poem_v999'`],
    ['a prompt of NULL', null, 'NULL'],
  ])('activating %s', (_, id, message) => expectRefusal(database.pool, 'activate_prompt', { id }, 'VG002', message));
});

describe('policies know the active prompt of their type', () => {
  /** Of each policy the prompt it names and the one that is active, where they differ. */
  const strays = () =>
    database.query(
      `SELECT c.content_type, c.active_prompt_id, p.id FROM evergreen.content_policies AS c
         LEFT JOIN evergreen.ai_generation_prompts AS p ON p.prompt_type = c.prompt_type AND p.active
        WHERE c.active_prompt_id IS DISTINCT FROM p.id`,
    );
  const named = (type: string) =>
    one<string | null>(database.pool, 'SELECT active_prompt_id FROM evergreen.content_policies WHERE content_type = $1', [type]);

  test('from the first of all, through each activation, and when there is none', async () => {
    expect(await named('recommendation')).toBe('recommendation_v1');
    const id = await publish('Known {{subject}}.', { activate: true });
    expect(await named('poem')).toBe(id);
    await publish('Not active {{subject}}.');
    expect(await named('poem')).toBe(id);
    await call(database.pool, 'activate_prompt', { id: 'poem_v1' });
    expect(await named('poem')).toBe('poem_v1');
    await database.query(`UPDATE evergreen.ai_generation_prompts SET active = false WHERE id = 'poem_v1'`);
    expect(await named('poem')).toBeNull();
    await call(database.pool, 'activate_prompt', { id });
    expect(await strays()).toEqual([]);
  });

  test('a type that comes later, and one that turns to the prompts of another', async () => {
    await call(database.pool, 'set_content_policy', { content_type: 'verse', prompt_type: 'poem' });
    expect(await named('verse')).toBe(await active());
    await call(database.pool, 'set_content_policy', { content_type: 'verse', prompt_type: 'cluster' });
    expect(await named('verse')).toBe('cluster_v1');
    await call(database.pool, 'set_content_policy', { content_type: 'verse', prompt_type: 'hymn' });
    expect(await named('verse')).toBeNull();
    await database.query(
      `INSERT INTO evergreen.ai_generation_prompts (id, prompt_type, prompt_template, version, active) VALUES ('hymn_v1', 'hymn', 'Sing.', 1, true)`,
    );
    expect(await named('verse')).toBe('hymn_v1');
    await publish('Hum.', { prompt_type: 'hymn' });
    await database.query(`DELETE FROM evergreen.ai_generation_prompts WHERE id = 'hymn_v1'`);
    expect(await named('verse')).toBeNull();
    expect(await strays()).toEqual([]);
  });

  test.each([
    ['a prompt is activated', 'activate_prompt', { id: 'poem_v2' }, 'no prompt can be activated'],
    ['a content type is made', 'set_content_policy', { content_type: 'haiku', prompt_type: 'poem' }, 'no content type can be made'],
    ['a content type turns to other prompts', 'set_content_policy', { content_type: 'verse', prompt_type: 'poem' }, 'no content type can'],
  ])('in READ COMMITTED only: an older snapshot does not see the other, when %s', (_, name, args, message) =>
    withConnections(database, 1, async ([client]) => {
      await client?.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      expect(await refusal(call(client as Client, name, args))).toMatchObject({
        code: 'VG007',
        message: expect.stringContaining(message),
        hint: expect.stringContaining('READ COMMITTED'),
      });
    }),
  );

  test('the number of a version is given once: the last one of a type is not deleted', async () => {
    const id = await publish('Soon gone.');
    expect(await refusal(database.query(`DELETE FROM evergreen.ai_generation_prompts WHERE id = '${id}'`))).toMatchObject({
      code: 'VG003',
      hint: expect.stringContaining('publish_prompt'),
    });
    await publish('The next.');
    await database.query(`DELETE FROM evergreen.ai_generation_prompts WHERE id = '${id}'`);
    expect(await publish('Another.')).not.toBe(id);
  });

  test('also when a type turns to prompts that are being activated, whoever commits first', () =>
    withConnections(database, 2, async ([publisher, changer]) => {
      const turn = (type: string) =>
        call(changer as Client, 'set_content_policy', { content_type: type, prompt_type: 'poem' }).then(() => undefined);
      const activate = () => value<string>(publisher as Client, 'publish_prompt', { prompt_type: 'poem', template: 'x', activate: true });

      await publisher?.query('BEGIN');
      const first = await activate();
      const turning = turn('ode');
      await untilBlocked(database, 1, [pidOf(changer as Client)]);
      await publisher?.query('COMMIT');
      await turning;
      expect(await named('ode')).toBe(first);

      await changer?.query('BEGIN');
      await turn('elegy');
      const activating = activate();
      await untilBlocked(database, 1, [pidOf(publisher as Client)]);
      await changer?.query('COMMIT');
      const second = await activating;
      expect(await named('elegy')).toBe(second);
      expect(await strays()).toEqual([]);
    }));

  test('a version keeps its text and its type', async () => {
    for (const change of [`prompt_template = 'Other.'`, `prompt_type = 'other'`]) {
      const refused = await refusal(database.query(`UPDATE evergreen.ai_generation_prompts SET ${change} WHERE id = 'poem_v1'`));
      expect(refused).toMatchObject({
        code: 'VG003',
        message: 'the text of prompt poem_v1 is published',
        hint: expect.stringContaining('publish_prompt'),
      });
    }
  });
});
