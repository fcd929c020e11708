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
