/** The example page in a real Chromium, against the real server, a real database and the simulated provider. */
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { buildExample } from '../../src/build/example.js';
import { createExample } from '../../src/http/example.js';
import { type Listening, listen } from '../../src/http/server.js';
import { createEvergreen, type Evergreen } from '../../src/index.js';
import { useDatabase } from '../support/database.js';
import { useSimulation } from '../support/provider.js';
import { startProxy, type TcpProxy } from '../support/proxy.js';
import { waitUntil } from '../support/wait-until.js';
import { browserFile, startChromium } from './chromium.js';

jest.setTimeout(60_000);

const database = useDatabase({ host: true });
const simulation = useSimulation();

let browser: Browser;
let proxy: TcpProxy;
let pool: Pool;
let evergreen: Evergreen;
let server: Listening;
let context: BrowserContext;
let page: Page;
let analysis: Locator;
let tuning: Locator;
/** What the page complained of, and what its policy kept it from. */
let complaints: string[];
const directory = mkdtempSync(join(tmpdir(), 'evergreen-example-'));

beforeAll(async () => {
  buildExample(directory);
  browser = await startChromium();
  const url = new URL(database.url);
  proxy = await startProxy(Number(url.port));
  url.port = String(proxy.port);
  pool = new Pool({ connectionString: url.href, max: 5, connectionTimeoutMillis: 1_000 });
  pool.on('error', () => undefined);
  evergreen = createEvergreen({ pool, openai: simulation.openai });
  const app = createExample({ evergreen, pool, directory, rateLimit: 1_000 });
  server = await listen(app.fetch, { port: 0, graceMs: 0 });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await evergreen?.close();
  await proxy?.close();
  await pool?.end();
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(async () => {
  await database.query('DELETE FROM evergreen.personality_cache');
  await database.query('DELETE FROM evergreen.generation_leases');
  context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1200, height: 900 } });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  await page.clock.install();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // That a request was answered by 404 or 500 is what the tests make happen.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  analysis = page.getByRole('region', { name: 'Analysis' });
  tuning = page.getByRole('region', { name: 'Tuning' });
});

afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

/** Opens the page, signs in, and waits until the analysis is there. */
async function signIn(): Promise<void> {
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Sign in as demo' }).click();
  await says(analysis, 'Fresh');
}

const status = (panel: Locator) => panel.getByRole('status');
const says = (panel: Locator, words: string) => status(panel).getByText(words, { exact: true }).waitFor();
const slider = (n = 0) => tuning.getByRole('slider').nth(n);
const shown = () => slider().inputValue().then(Number);

interface Row {
  tuning: Record<string, unknown>;
  revision: number;
}

async function row(): Promise<Row> {
  const rows = await database.query<Row>('SELECT tuning, revision FROM evergreen.personality_cache');
  expect(rows).toHaveLength(1);
  return rows[0] as Row;
}

/** Another score than the analysed one, at the end of the scale. */
async function push(): Promise<{ before: number; after: number }> {
  const before = await shown();
  await slider().press(before === 100 ? 'Home' : 'End');
  return { before, after: before === 100 ? 0 : 100 };
}

/** Holds the writes of the page until they are let go. */
async function hold(): Promise<{ arrived: Promise<unknown>; release: () => void }> {
  const gate = new EventEmitter();
  const [arrived, released] = [once(gate, 'arrived'), once(gate, 'released')];
  await page.route('**/cache', async (route) => {
    if (route.request().method() === 'POST') {
      gate.emit('arrived');
      await released;
    }
    await route.continue();
  });
  return { arrived, release: () => void gate.emit('released') };
}

(browserFile ? describe : describe.skip)('the example page in Chromium (runs where it is installed)', () => {
  test('the first load generates; a reload is answered from the cache, asks no model, and says so', async () => {
    const calls = simulation.calls;
    await signIn();
    await analysis.getByText('just generated').waitFor();
    await analysis.getByText('a simulation').waitFor();
    expect(simulation.calls).toBe(calls + 1);
    const summary = await analysis.locator('.summary').textContent();

    await page.reload();
    await says(analysis, 'Fresh');
    await analysis.getByText('from the cache', { exact: true }).waitFor();
    expect(await analysis.locator('.summary').textContent()).toBe(summary);
    expect(await analysis.getByText(/^Updated now$/).count()).toBe(1);
    expect(await analysis.locator('time').getAttribute('title')).toMatch(/\d{4} at \d\d:\d\d:\d\d/);
    expect(simulation.calls).toBe(calls + 1);
  });

  test('a slider shows its new score before the server has answered, and after a reload', async () => {
    await signIn();
    const { arrived, release } = await hold();
    const { after } = await push();
    expect(await shown()).toBe(after);
    await says(tuning, 'Saving…');
    await says(analysis, 'Saving…');
    await page.clock.fastForward(1_000);
    await arrived;
    expect(await row()).toEqual({ tuning: {}, revision: 1 });
    expect(await shown()).toBe(after);
    release();
    await says(tuning, 'Fresh');
    expect(Object.values((await row()).tuning)).toEqual([after]);

    await page.reload();
    await slider().waitFor();
    expect(await shown()).toBe(after);
    await tuning.getByText(/^analysed as \d+$/).waitFor();
  });

  test('dragging a slider is one request, and leaving the page at once loses nothing', async () => {
    await signIn();
    for (const key of ['Home', 'PageUp', 'PageUp', 'ArrowRight', 'ArrowRight']) await slider().press(key);
    const value = await shown();
    await page.reload();
    await slider().waitFor();
    await waitUntil('it is saved', async () => Object.values((await row()).tuning)[0] === value);
    expect((await row()).revision).toBe(2);
  });

  test('a failing server: the slider goes back, and the page says why', async () => {
    await signIn();
    await page.route('**/cache', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 500,
            json: {
              success: false,
              error: 'internal error',
              metadata: { timestamp: new Date().toISOString(), requestId: 'r', code: 'INTERNAL' },
            },
          })
        : route.continue(),
    );
    const { before, after } = await push();
    expect(await shown()).toBe(after);
    await page.clock.fastForward(1_000);
    await tuning.getByRole('alert').getByText('internal error').waitFor();
    expect(await shown()).toBe(before);
    await says(tuning, 'Fresh');

    await page.unroute('**/cache');
    await push();
    await tuning.getByRole('alert').waitFor({ state: 'detached' });
    await page.clock.fastForward(1_000);
    await waitUntil('it is saved', async () => Object.values((await row()).tuning)[0] === after);
  });

  test('a database that hangs: the slider goes back, the page says so, and works again when it is back', async () => {
    await signIn();
    proxy.freeze();
    try {
      const { before } = await push();
      await page.clock.fastForward(1_000);
      await tuning.getByRole('alert').getByText('the database is away for a moment').waitFor();
      expect(await shown()).toBe(before);
      expect(await analysis.locator('.summary').count()).toBe(1);
    } finally {
      proxy.thaw();
    }
    const { after } = await push();
    await page.clock.fastForward(1_000);
    await waitUntil('it is saved', async () => Object.values((await row()).tuning)[0] === after);
    await says(tuning, 'Fresh');
  });

  test('a server that is gone: the page keeps what it shows', async () => {
    await signIn();
    await context.setOffline(true);
    const { before } = await push();
    await page.clock.fastForward(1_000);
    await tuning.getByRole('alert').getByText('The server could not be reached.').waitFor();
    expect(await shown()).toBe(before);
  });

  test('a change made elsewhere is loaded, and said', async () => {
    await signIn();
    const name = await slider().evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent);
    await database.query(
      `SELECT evergreen.save_personality_tuning(user_id, jsonb_build_object($1::text, 7)) FROM evergreen.personality_cache`,
      [`/traits/${name}/score`],
    );
    await push();
    await page.clock.fastForward(1_000);
    await tuning.getByRole('alert').getByText('changed elsewhere').waitFor();
    await waitUntil('the other change is shown', async () => (await shown()) === 7);
  });

  test('reset takes the adjustments back, at once and for good', async () => {
    await signIn();
    const { before, after } = await push();
    await page.clock.fastForward(1_000);
    await waitUntil('it is saved', async () => Object.values((await row()).tuning)[0] === after);
    await tuning.getByRole('button', { name: 'Reset' }).click();
    await waitUntil('it is reset', async () => (await row()).revision === 3);
    expect((await row()).tuning).toEqual({});
    expect(await shown()).toBe(before);
    await page.reload();
    await slider().waitFor();
    expect(await shown()).toBe(before);
  });

  test('what has aged is shown at once and refreshed behind it; adjustments survive', async () => {
    await signIn();
    const { after } = await push();
    await page.clock.fastForward(1_000);
    await waitUntil('it is saved', async () => Object.values((await row()).tuning)[0] === after);
    await database.query(`UPDATE evergreen.personality_cache SET generated_at = generated_at - interval '7 days 1 hour'`);
    const calls = simulation.calls;
    simulation.setBehaviour('hang');

    await page.reload();
    await says(analysis, 'Stale');
    expect(await analysis.locator('.summary').count()).toBe(1);
    expect(await shown()).toBe(after);
    await simulation.arrived(calls + 1);
    simulation.release();
    await waitUntil(
      'the refresh is saved',
      async () => (await database.query(`SELECT FROM evergreen.personality_cache WHERE generated_at > now() - interval '1 hour'`)).length,
    );
    await page.clock.fastForward(6_000);
    await says(analysis, 'Fresh');
    expect(await shown()).toBe(after);
    expect(simulation.calls).toBe(calls + 1);
  });

  test('invalidating has it analysed anew; so does the refresh button; analysing again does not', async () => {
    await signIn();
    const calls = simulation.calls;
    await page.reload();
    await analysis.getByText('from the cache', { exact: true }).waitFor();
    await analysis.getByRole('button', { name: 'Invalidate' }).click();
    await analysis.getByText('just generated').waitFor();
    expect(simulation.calls).toBe(calls + 1);
    await analysis.getByRole('button', { name: 'Analyse', exact: true }).click();
    await analysis.getByText('from the cache', { exact: true }).waitFor();
    expect(simulation.calls).toBe(calls + 1);
    await analysis.getByRole('button', { name: 'Refresh' }).click();
    await analysis.getByText('just generated').waitFor();
    expect(simulation.calls).toBe(calls + 2);
  });

  test('a model that fails is said, and what there was stays', async () => {
    await signIn();
    simulation.setBehaviour('server_error');
    await analysis.getByRole('button', { name: 'Invalidate' }).click();
    await analysis.getByText('a new one could not be made').waitFor();
    await says(analysis, 'Expired');
    expect(await analysis.locator('.summary').count()).toBe(1);
  });

  test('everything can be done with the keyboard alone, and the focus stays where it was', async () => {
    const focused = () => page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.textContent}`);
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Sign in as demo' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await says(analysis, 'Fresh');
    const stops: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      await page.keyboard.press('Tab');
      stops.push(await focused());
    }
    expect(stops.map((stop) => stop.slice(0, 30).trim())).toEqual([
      'BUTTON Refresh',
      expect.stringContaining('TEXTAREA'),
      'BUTTON Analyse',
      'BUTTON Analyse anew',
      'BUTTON Invalidate',
      'BUTTON Reset',
    ]);
    await page.keyboard.press('Tab');
    const before = await shown();
    await page.keyboard.press(before === 100 ? 'ArrowLeft' : 'ArrowRight');
    expect(await shown()).toBe(before === 100 ? 99 : before + 1);
    await page.clock.fastForward(1_000);
    await says(tuning, 'Fresh');
    const calls = simulation.calls;
    for (let n = 0; n < 6; n += 1) await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('BUTTON Refresh');
    await page.keyboard.press('Enter');
    await analysis.getByText('just generated').waitFor();
    expect(simulation.calls).toBe(calls + 1);
    expect(await focused()).toBe('BUTTON Refresh');
  });

  test('every control has a name, and a narrow screen needs no sideways scrolling', async () => {
    await signIn();
    const snapshot = await page.locator('main').ariaSnapshot();
    expect(snapshot).toContain('textbox "Posts, one a line"');
    expect(snapshot).not.toMatch(/- (button|slider|textbox)\s*(:|$)/m);
    expect(await tuning.getByRole('slider').count()).toBeGreaterThan(0);
    await page.setViewportSize({ width: 340, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });

  test('signing out leaves nothing on the screen or in memory', async () => {
    await signIn();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in as demo' }).waitFor();
    expect(await page.locator('.summary').count()).toBe(0);
    expect(await context.cookies()).toEqual([]);
    await page.reload();
    await page.getByRole('button', { name: 'Sign in as demo' }).waitFor();
  });

  test('the page runs under a policy that lets nothing inline or foreign in', async () => {
    const response = await page.goto(server.url);
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    await page.getByRole('button', { name: 'Sign in as demo' }).click();
    await says(analysis, 'Fresh');
    const foreign = await page.evaluate(
      (own) => performance.getEntriesByType('resource').filter(({ name }) => !name.startsWith(own)),
      server.url,
    );
    expect(foreign).toEqual([]);
  });
});
