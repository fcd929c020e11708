/** @jest-environment jsdom */
import { act, renderHook, render as renderPage } from '@testing-library/react';
import { StrictMode } from 'react';
import useSWR, { SWRConfig } from 'swr';
import {
  type PersonalityCacheError,
  type PersonalityCacheOptions,
  personalityFallback,
  prefetchPersonality,
  usePersonalityCache,
  type WriteResult,
} from '../../src/react/index.js';
import { FakeServer, personality, scoreOf, surroundings, tagOf, tuned } from './fake-server.js';

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
});

afterEach(() => {
  jest.useRealTimers();
});

function render(options: PersonalityCacheOptions = {}, username: string | null = 'ada', wrapper = surroundings()) {
  return renderHook(({ name }) => usePersonalityCache(name, { fetcher: server.fetcher, ...options }), {
    wrapper,
    initialProps: { name: username },
  });
}

/** A hook whose first answer has arrived. */
async function loaded(options: PersonalityCacheOptions = {}, data = personality()) {
  const hook = render(options);
  await (await server.request(1)).answer(data);
  return hook;
}

function start(action: () => Promise<WriteResult>): Promise<WriteResult> {
  let result: Promise<WriteResult> | undefined;
  act(() => {
    result = action();
  });
  return result as Promise<WriteResult>;
}

const score = (value: number) => ({ tuning: { '/traits/openness/score': value } });
const failed = (result: WriteResult): PersonalityCacheError => {
  if (result.ok) throw new Error('it succeeded');
  return result.error;
};

describe('reading', () => {
  test('asks once, then says what is there, how fresh and how old', async () => {
    const { result } = render();
    expect(result.current).toMatchObject({ data: undefined, freshness: undefined, isLoading: true, error: undefined });
    const request = await server.request(1);
    expect(request).toMatchObject({ url: '/api/personality/ada/cache', method: 'GET' });
    expect(request.init).toMatchObject({ credentials: 'same-origin', cache: 'no-store' });
    await request.answer(personality());
    expect(result.current).toMatchObject({ freshness: 'fresh', ageMs: 60_000, hit: true, isLoading: false, isValidating: false });
    expect(result.current.updatedAt).toEqual(new Date('2026-01-01T12:00:00Z'));
    expect(result.current.data).toEqual(personality());
    expect(server.requests).toHaveLength(1);
  });

  test('two components on a page share one request', async () => {
    const { result } = renderHook(
      () => [usePersonalityCache('ada', { fetcher: server.fetcher }), usePersonalityCache('ada', { fetcher: server.fetcher })],
      { wrapper: surroundings() },
    );
    await (await server.request(1)).answer(personality());
    expect(result.current.map(({ freshness }) => freshness)).toEqual(['fresh', 'fresh']);
    expect(server.requests).toHaveLength(1);
  });

  test('says missing, not failed, when there is none', async () => {
    const { result } = render();
    await (await server.request(1)).refuse(404, 'VG002');
    expect(result.current).toMatchObject({ freshness: 'missing', data: undefined, error: undefined, isLoading: false });
  });

  test('a 404 that is not pg-evergreen’s is an error: the address is wrong', async () => {
    const { result } = render({ baseUrl: 'https://app.example/wrong/' });
    const request = await server.request(1);
    expect(request.url).toBe('https://app.example/wrong/api/personality/ada/cache');
    await request.say(404, '<html>');
    expect(result.current.error).toMatchObject({ code: 'BAD_ANSWER', status: 404 });
  });

  test('asks nothing without a user, and its actions say so', async () => {
    const { result } = render({}, null);
    expect(result.current).toMatchObject({ isLoading: false, freshness: undefined });
    expect(failed(await act(() => result.current.refresh())).code).toBe('NO_USERNAME');
    expect(failed(await act(() => result.current.save(score(80)))).code).toBe('NO_USERNAME');
    expect(result.current.error?.code).toBe('NO_USERNAME');
    expect(server.requests).toHaveLength(0);
  });

  test('sends token and headers, and a name that is not harmless in an address', async () => {
    render({ token: 'evs_1', headers: async () => ({ 'X-Tenant': 'acme' }) }, 'ada/../bob');
    const { url, headers } = await server.request(1);
    expect(url).toBe('/api/personality/ada%2F..%2Fbob/cache');
    expect(headers).toMatchObject({ Authorization: 'Bearer evs_1', 'X-Tenant': 'acme' });
  });

  test('keeps showing what it has when a later read fails', async () => {
    const { result } = await loaded();
    const refreshed = start(() => result.current.refresh());
    await (await server.request(2)).refuse(503, 'DATABASE_UNAVAILABLE', 'the database is away', { 'Retry-After': '2' });
    expect(failed(await refreshed)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', status: 503, retryAfterMs: 2_000 });
    expect(result.current).toMatchObject({ freshness: 'fresh', error: { message: 'the database is away', hint: 'Do otherwise.' } });
    const again = start(() => result.current.refresh());
    await (await server.request(3)).answer(personality({ ageMs: 1 }));
    await act(() => again);
    expect(result.current).toMatchObject({ ageMs: 1, error: undefined });
  });

  test.each([
    [(n: FakeServer) => n.request(1).then((each) => each.lose()), 'NETWORK'],
    [(n: FakeServer) => n.request(1).then((each) => each.say(200, '"?"')), 'BAD_ANSWER'],
    [(n: FakeServer) => n.request(1).then((each) => each.refuse(401, 'UNAUTHORIZED')), 'UNAUTHORIZED'],
  ])('%# an error says what kind it is: %p → %s', async (answer, code) => {
    const { result } = render();
    await answer(server);
    expect(result.current).toMatchObject({ error: { name: 'PersonalityCacheError', code }, isLoading: false });
  });

  test('gives up on a server that does not answer', async () => {
    jest.useFakeTimers();
    const { result } = render({ timeoutMs: 9_000 });
    await server.request(1);
    await act(() => jest.advanceTimersByTimeAsync(9_000));
    expect(result.current.error).toMatchObject({ code: 'TIMEOUT', status: null });
  });

  test('tries again after what may pass, not after a refusal', async () => {
    const onErrorRetry = jest.fn();
    render({}, 'ada', surroundings(true, { onErrorRetry }));
    await (await server.request(1)).refuse(403, 'VG009');
    expect(onErrorRetry).not.toHaveBeenCalled();
    render({}, 'bob', surroundings(true, { onErrorRetry }));
    await (await server.request(2)).refuse(503, 'DATABASE_UNAVAILABLE');
    expect(onErrorRetry).toHaveBeenCalledTimes(1);
  });

  test('asks again when the content will have aged, by the server’s clock', async () => {
    jest.useFakeTimers();
    server.now = () => Date.now() + 3_600_000;
    const { result } = render();
    await (await server.request(1)).answer(personality({ freshUntil: new Date(server.now() + 50_000).toISOString() }));
    await act(() => jest.advanceTimersByTimeAsync(49_000));
    expect(server.requests).toHaveLength(1);
    await act(() => jest.advanceTimersByTimeAsync(1_000));
    await (await server.request(2)).answer(personality({ freshness: 'stale', freshUntil: new Date(server.now()).toISOString() }));
    expect(result.current.freshness).toBe('stale');
    await act(() => jest.advanceTimersByTimeAsync(3_600_000));
    expect(server.requests).toHaveLength(2);
  });

  test('does not ask in a loop while the server still calls fresh what has just aged', async () => {
    jest.useFakeTimers();
    render();
    const answer = () => personality({ freshUntil: new Date(Date.now() - 5).toISOString() });
    await (await server.request(1)).answer(answer());
    await act(() => jest.advanceTimersByTimeAsync(999));
    expect(server.requests).toHaveLength(1);
    await act(() => jest.advanceTimersByTimeAsync(1));
    expect(server.requests).toHaveLength(2);
  });

  test('leaves alone what an application keeps in swr by the same address', async () => {
    const { result } = renderHook(
      () => ({
        own: useSWR('/api/personality/ada/cache', () => 'its own'),
        ours: usePersonalityCache('ada', { fetcher: server.fetcher }),
      }),
      { wrapper: surroundings() },
    );
    await (await server.request(1)).answer(personality());
    expect(result.current.own.data).toBe('its own');
    expect(result.current.ours.data).toEqual(personality());
  });

  test('shows at once what the server of the page knew, then asks', async () => {
    const wrapper = surroundings(false, { fallback: personalityFallback('ada', personality()) });
    const { result } = render({}, 'ada', wrapper);
    expect(result.current).toMatchObject({ freshness: 'fresh', isLoading: false });
    const saved = start(() => result.current.save(score(70)));
    expect(scoreOf(result.current.data)).toBe(70);
    await server.request(1);
    const save = server.requests.find(({ method }) => method === 'POST');
    expect(save?.headers['If-Match']).toBe(tagOf(3));
    await save?.answer(tuned(70, { revision: 4 }));
    expect((await saved).ok).toBe(true);
  });
});

describe('saving', () => {
  test('shows an adjustment before the server has answered, and names by its entity tag what it saw', async () => {
    const { result } = await loaded();
    const saved = start(() => result.current.save(score(80)));
    expect(scoreOf(result.current.data)).toBe(80);
    expect(result.current).toMatchObject({ isSaving: true, data: { tuning: { '/traits/openness/score': 80 }, revision: 3 } });
    const request = await server.request(2);
    expect(request).toMatchObject({ method: 'POST', body: score(80) });
    expect(request.headers).toMatchObject({ 'If-Match': tagOf(3), 'Content-Type': 'application/json' });
    await request.answer(tuned(80, { revision: 4, updatedAt: '2026-01-02T00:00:00Z' }));
    expect(await saved).toEqual({ ok: true, data: tuned(80, { revision: 4, updatedAt: '2026-01-02T00:00:00Z' }) });
    expect(result.current).toMatchObject({ isSaving: false, data: { revision: 4 }, error: undefined });
    expect(server.requests).toHaveLength(2);
  });

  test('names the revision alone of what came without an entity tag, and that there was nothing where there was nothing', async () => {
    const { result } = await loaded({}, personality({ etag: undefined }));
    void start(() => result.current.save(score(80)));
    expect((await server.request(2)).headers['If-Match']).toBe('"3"');
    const wrapper = surroundings(false, { fallback: personalityFallback('bob', null) });
    const { result: none } = render({}, 'bob', wrapper);
    void start(() => none.current.save({ analysis: { summary: 'First.' } }));
    await server.request(4);
    const first = server.requests.find(({ url, method }) => url.includes('bob') && method === 'POST');
    expect(first?.headers).toMatchObject({ 'If-None-Match': '*' });
    expect(first?.headers['If-Match']).toBeUndefined();
  });

  test('every component that shows the user shows it', async () => {
    const wrapper = surroundings();
    const first = render({}, 'ada', wrapper);
    const second = render({}, 'ada', wrapper);
    await (await server.request(1)).answer(personality());
    void start(() => first.result.current.save(score(80)));
    expect(scoreOf(second.result.current.data)).toBe(80);
    expect(second.result.current.isSaving).toBe(true);
    await (await server.request(2)).refuse(500);
    expect(scoreOf(second.result.current.data)).toBe(60);
    expect(first.result.current.error?.code).toBe('INTERNAL');
    expect(second.result.current.error).toBeUndefined();
  });

  test('takes it back when the server fails, says why, and looks what is there', async () => {
    const { result } = await loaded();
    const saved = start(() => result.current.save(score(80)));
    await (await server.request(2)).refuse(500, 'INTERNAL', 'internal error');
    expect(failed(await saved)).toMatchObject({ code: 'INTERNAL', hint: 'Do otherwise.', requestId: 'request-2', status: 500 });
    expect(scoreOf(result.current.data)).toBe(60);
    await (await server.request(3)).answer(personality());
    expect(scoreOf(result.current.data)).toBe(60);
    expect(result.current).toMatchObject({ isSaving: false, error: { code: 'INTERNAL' } });
    act(() => result.current.clearError());
    expect(result.current.error).toBeUndefined();
  });

  test('a connection that broke may have saved it: what is there is asked', async () => {
    const { result } = await loaded();
    void start(() => result.current.save(score(80)));
    await (await server.request(2)).lose();
    expect(scoreOf(result.current.data)).toBe(60);
    await (await server.request(3)).answer(tuned(80, { revision: 4 }));
    expect(scoreOf(result.current.data)).toBe(80);
  });

  test('a change made elsewhere wins: it is loaded, and said', async () => {
    const { result } = await loaded();
    const first = start(() => result.current.save(score(80)));
    const request = await server.request(2);
    const second = start(() => result.current.save(score(85)));
    await request.refuse(412, 'PRECONDITION_FAILED');
    expect(failed(await first).code).toBe('CONFLICT');
    expect(failed(await second).code).toBe('CONFLICT');
    expect(scoreOf(result.current.data)).toBe(60);
    await (await server.request(3)).answer(tuned(20, { revision: 9 }));
    expect(scoreOf(result.current.data)).toBe(20);
    expect(result.current.error).toMatchObject({ code: 'CONFLICT', status: 412 });
    void start(() => result.current.save(score(30)));
    expect((await server.request(4)).headers['If-Match']).toBe(tagOf(9));
  });

  test('quick changes go one after another; those that wait are sent as one, and the page always shows them', async () => {
    const { result } = await loaded();
    const { save } = result.current;
    const results = [score(70), score(75), { tuning: { '/summary': 'Bold.' } }, score(80)].map((change) => start(() => save(change)));
    const shown = { summary: 'Bold.', traits: [{ name: 'openness', score: 80 }] };
    expect(result.current.data?.personality).toEqual(shown);
    const first = await server.request(2);
    expect(first.body).toEqual(score(70));
    expect(server.requests).toHaveLength(2);
    await first.answer(tuned(70, { revision: 4 }));
    expect(result.current.data?.personality).toEqual(shown);
    const second = await server.request(3);
    expect(second.body).toEqual({ tuning: { '/traits/openness/score': 80, '/summary': 'Bold.' } });
    expect(second.headers['If-Match']).toBe(tagOf(4));
    await second.answer(tuned(80, { revision: 5 }));
    const revisions = (await Promise.all(results)).map((each) => each.ok && each.data?.revision);
    expect(revisions).toEqual([4, 5, 5, 5]);
    expect(server.requests).toHaveLength(3);
  });

  test('a failed change does not take back the one after it, and is said all the same', async () => {
    const { result } = await loaded();
    const first = start(() => result.current.save({ tuning: { '/summary': 'Bold.' } }));
    const second = start(() => result.current.save(score(80)));
    expect(result.current.data?.personality).toMatchObject({ summary: 'Bold.', traits: [{ score: 80 }] });
    await (await server.request(2)).refuse(500);
    expect(failed(await first).code).toBe('INTERNAL');
    expect(result.current.data?.personality).toMatchObject({ summary: 'Curious.', traits: [{ score: 80 }] });
    const save = (await server.request(4)) && server.requests.filter(({ method }) => method === 'POST')[1];
    await save?.answer(tuned(80, { revision: 4 }));
    expect((await second).ok).toBe(true);
    expect(scoreOf(result.current.data)).toBe(80);
    expect(result.current.error?.code).toBe('INTERNAL');
  });

  test('null takes an adjustment back', async () => {
    const { result } = await loaded({}, tuned(80));
    void start(() => result.current.save({ tuning: { '/traits/openness/score': null } }));
    expect(scoreOf(result.current.data)).toBe(60);
    expect(result.current.data?.tuning).toEqual({});
    expect((await server.request(2)).body).toEqual({ tuning: { '/traits/openness/score': null } });
  });

  test('saves an analysis of the application’s own, under the adjustments', async () => {
    const { result } = await loaded({}, tuned(80));
    const analysis = { traits: [{ name: 'openness', score: 10 }] };
    void start(() => result.current.save({ analysis }));
    expect(result.current.data).toMatchObject({ analysis, personality: { traits: [{ score: 80 }] } });
    expect(await server.request(2)).toMatchObject({ body: { analysis }, headers: { 'If-Match': tagOf(3) } });
  });

  test('does not save an analysis over one that came meanwhile', async () => {
    const { result } = render();
    await (await server.request(1)).refuse(404, 'VG002');
    const saved = start(() => result.current.save({ analysis: { summary: 'Ours.' } }));
    const request = await server.request(2);
    expect(request.headers['If-None-Match']).toBe('*');
    await request.refuse(412, 'PRECONDITION_FAILED');
    await (await server.request(3)).answer(personality());
    expect(failed(await saved).code).toBe('CONFLICT');
    expect(result.current.data).toEqual(personality());
  });

  test('a reset takes the place of what waits; what comes after it does not undo it', async () => {
    const { result } = await loaded({}, tuned(80));
    for (const action of [() => result.current.save(score(1)), () => result.current.save(score(2)), () => result.current.reset()])
      void start(action);
    expect(scoreOf(result.current.data)).toBe(60);
    void start(() => result.current.save({ tuning: { '/summary': 'Bold.' } }));
    expect(result.current.data?.tuning).toEqual({ '/summary': 'Bold.' });
    await (await server.request(2)).answer(tuned(1, { revision: 4 }));
    await (await server.request(3)).answer(personality({ revision: 5 }));
    await server.request(4);
    expect(server.requests.slice(1).map(({ body }) => body)).toEqual([score(1), { reset: true }, { tuning: { '/summary': 'Bold.' } }]);
  });

  test('reset shows the analysed state at once', async () => {
    const { result } = await loaded({}, tuned(80));
    const reset = start(() => result.current.reset());
    expect(scoreOf(result.current.data)).toBe(60);
    const request = await server.request(2);
    expect(request.body).toEqual({ reset: true });
    await request.answer(personality({ revision: 4 }));
    expect(await reset).toMatchObject({ ok: true, data: { revision: 4, tuning: {} } });
  });

  test('waits for a slider to come to rest, shown all the while', async () => {
    jest.useFakeTimers();
    const { result } = await loaded({ saveDelayMs: 300 });
    for (const value of [61, 62, 63]) {
      void start(() => result.current.save(score(value)));
      await act(() => jest.advanceTimersByTimeAsync(200));
      expect(scoreOf(result.current.data)).toBe(value);
    }
    expect(server.requests).toHaveLength(1);
    await act(() => jest.advanceTimersByTimeAsync(100));
    expect((await server.request(2)).body).toEqual(score(63));
  });

  test('a change that still waits is sent when the page is left, and outlives it', async () => {
    jest.useFakeTimers();
    const { result } = await loaded({ saveDelayMs: 300 });
    void start(() => result.current.save(score(80)));
    expect(server.requests).toHaveLength(1);
    await act(async () => void window.dispatchEvent(new Event('pagehide')));
    expect(await server.request(2)).toMatchObject({ body: score(80), init: { keepalive: true } });
    await act(() => jest.advanceTimersByTimeAsync(1_000));
    expect(server.requests).toHaveLength(2);
  });
});

describe('what happens meanwhile', () => {
  test('a read that a save has overtaken is not shown', async () => {
    const { result } = await loaded();
    void start(() => result.current.refresh());
    const read = await server.request(2);
    const saved = start(() => result.current.save(score(80)));
    await (await server.request(3)).answer(tuned(80, { revision: 4 }));
    await read.answer(personality());
    expect((await saved).ok).toBe(true);
    expect(result.current.data).toMatchObject({ revision: 4, tuning: { '/traits/openness/score': 80 } });
  });

  test('a read that a save has overtaken is not what the next one is taken back to', async () => {
    const { result } = await loaded();
    void start(() => result.current.refresh());
    const read = await server.request(2);
    void start(() => result.current.save(score(70)));
    const first = await server.request(3);
    void start(() => result.current.save(score(80)));
    await first.answer(tuned(70, { revision: 4 }));
    const second = await server.request(4);
    await read.answer(personality());
    expect(scoreOf(result.current.data)).toBe(80);
    await second.refuse(500);
    expect(result.current.data).toMatchObject({ revision: 4, tuning: { '/traits/openness/score': 70 } });
  });

  test('a read that comes back during a save does not hide it', async () => {
    const { result } = await loaded();
    void start(() => result.current.save(score(80)));
    const save = await server.request(2);
    void start(() => result.current.refresh());
    await (await server.request(3)).answer(personality({ ageMs: 61_000 }));
    expect(scoreOf(result.current.data)).toBe(80);
    await save.refuse(500);
    expect(result.current.data).toMatchObject({ ageMs: 61_000, tuning: {} });
  });

  test('a save before the first answer does not lose that answer', async () => {
    const { result } = render();
    const read = await server.request(1);
    void start(() => result.current.save(score(80)));
    const save = await server.request(2);
    expect(save.headers['If-Match']).toBeUndefined();
    await read.answer(personality());
    expect(scoreOf(result.current.data)).toBe(80);
    await save.refuse(422, 'VG007');
    expect(scoreOf(result.current.data)).toBe(60);
  });

  test('another user’s data is never shown under this name, whichever answer comes first', async () => {
    const { result, rerender } = render();
    const ada = await server.request(1);
    rerender({ name: 'bob' });
    expect(result.current).toMatchObject({ data: undefined, isLoading: true });
    const bob = await server.request(2);
    await bob.answer(personality({ username: 'bob', revision: 1 }));
    await ada.answer(personality());
    expect(result.current.data).toMatchObject({ username: 'bob', revision: 1 });
    rerender({ name: 'eve' });
    expect(result.current).toMatchObject({ data: undefined, freshness: undefined });
    await (await server.request(3)).refuse(403, 'VG009');
    expect(result.current).toMatchObject({ data: undefined, error: { code: 'VG009' } });
  });

  test('what fails for the user before is not said of this one', async () => {
    const { result, rerender } = await loaded();
    const saved = start(() => result.current.save(score(80)));
    const save = await server.request(2);
    rerender({ name: 'bob' });
    await (await server.request(3)).answer(personality({ username: 'bob' }));
    await save.refuse(500);
    expect(failed(await saved).code).toBe('INTERNAL');
    expect(result.current).toMatchObject({ data: { username: 'bob', tuning: {} }, error: undefined });
  });

  test('a save goes on when its component is gone, and the next one shows it', async () => {
    const complaints = jest.spyOn(console, 'error');
    let cache: ReturnType<typeof usePersonalityCache> | undefined;
    function Panel() {
      cache = usePersonalityCache('ada', { fetcher: server.fetcher });
      return null;
    }
    const Surroundings = surroundings();
    const page = renderPage(<Surroundings>{<Panel key="first" />}</Surroundings>);
    await (await server.request(1)).answer(personality());
    const saved = start(() => (cache as NonNullable<typeof cache>).save(score(80)));
    page.rerender(<Surroundings>{null}</Surroundings>);
    await (await server.request(2)).answer(tuned(80, { revision: 4 }));
    expect((await saved).ok).toBe(true);
    page.rerender(<Surroundings>{<Panel key="second" />}</Surroundings>);
    expect(scoreOf(cache?.data)).toBe(80);
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  });

  test('a save goes on when the whole page is gone, its cache with it', async () => {
    const hook = await loaded();
    const saved = start(() => hook.result.current.save(score(80)));
    hook.unmount();
    await (await server.request(2)).refuse(500);
    expect(failed(await saved).code).toBe('INTERNAL');
  });
});

describe('keeping it fresh', () => {
  const posts = ['I like maps.', 'And trains.'];

  test('analyses what is missing, once, however many components ask and however often they are mounted', async () => {
    const Surroundings = surroundings();
    const { result } = renderHook(
      () =>
        [1, 2].map(() => usePersonalityCache('ada', { fetcher: server.fetcher, posts })).at(0) as ReturnType<typeof usePersonalityCache>,
      {
        wrapper: ({ children }) => (
          <StrictMode>
            <Surroundings>{children}</Surroundings>
          </StrictMode>
        ),
      },
    );
    await (await server.request(1)).refuse(404, 'VG002');
    const analysis = await server.request(2);
    expect(analysis).toMatchObject({ method: 'POST', body: { posts } });
    expect(analysis.headers['If-Match']).toBeUndefined();
    expect(result.current).toMatchObject({ isLoading: true, isAnalyzing: true, freshness: 'missing' });
    await analysis.answer(personality({ outcome: 'generated' }));
    expect(result.current).toMatchObject({ isLoading: false, freshness: 'fresh', hit: false });
    expect(server.requests).toHaveLength(2);
  });

  test('shows the stale at once, has it refreshed, and looks until it is', async () => {
    jest.useFakeTimers();
    const { result } = await loaded({ posts, pollInterval: 4_000 }, personality({ freshness: 'stale' }));
    expect(result.current).toMatchObject({ freshness: 'stale', isLoading: false, data: { revision: 3 } });
    const refresh = await server.request(2);
    expect(refresh.body).toEqual({ posts });
    await refresh.answer(personality({ freshness: 'stale', outcome: 'stale' }));
    await act(() => jest.advanceTimersByTimeAsync(4_000));
    await (await server.request(3)).answer(personality({ freshness: 'stale' }));
    await act(() => jest.advanceTimersByTimeAsync(4_000));
    await (await server.request(4)).answer(personality({ revision: 4 }));
    expect(result.current).toMatchObject({ freshness: 'fresh', data: { revision: 4 } });
    await act(() => jest.advanceTimersByTimeAsync(60_000));
    expect(server.requests).toHaveLength(4);
  });

  test('does not ask the model again and again when that fails, and keeps what there is', async () => {
    const { result, rerender } = await loaded({ posts }, personality({ freshness: 'expired' }));
    await (await server.request(2)).refuse(503, 'GENERATION_FAILED');
    await (await server.request(3)).answer(personality({ freshness: 'expired' }));
    rerender({ name: 'ada' });
    expect(server.requests).toHaveLength(3);
    expect(result.current).toMatchObject({
      freshness: 'expired',
      data: { revision: 3 },
      error: { code: 'GENERATION_FAILED' },
      isValidating: false,
    });
  });

  test('asks the model again when the page is opened anew after a failure', async () => {
    function Panel() {
      usePersonalityCache('ada', { fetcher: server.fetcher, posts });
      return null;
    }
    const Surroundings = surroundings();
    const page = renderPage(<Surroundings>{<Panel key="first" />}</Surroundings>);
    await (await server.request(1)).answer(personality({ freshness: 'expired' }));
    await (await server.request(2)).refuse(503, 'GENERATION_FAILED');
    await (await server.request(3)).answer(personality({ freshness: 'expired' }));
    page.rerender(<Surroundings>{null}</Surroundings>);
    page.rerender(<Surroundings>{<Panel key="second" />}</Surroundings>);
    await server.request(4);
    expect(server.requests[3]).toMatchObject({ method: 'POST', body: { posts } });
  });

  test('says when an earlier analysis is shown because a new one failed', async () => {
    const { result } = await loaded({ posts, pollInterval: 0 }, personality({ freshness: 'expired' }));
    await (await server.request(2)).answer(personality({ freshness: 'expired', outcome: 'fallback', reason: 'backing_off' }));
    expect(result.current).toMatchObject({ fallback: 'backing_off', hit: true, freshness: 'expired', error: undefined });
    expect(server.requests).toHaveLength(2);
    void start(() => result.current.refresh());
    await (await server.request(3)).answer(personality({ outcome: 'generated' }));
    expect(result.current).toMatchObject({ fallback: undefined, hit: false });
  });

  test('leaves the stale alone where that is wanted', async () => {
    const { result } = await loaded({ posts, refreshWhenStale: false, pollInterval: 0 }, personality({ freshness: 'stale' }));
    expect(result.current.freshness).toBe('stale');
    expect(server.requests).toHaveLength(1);
  });

  test('without posts nothing is analysed and nothing polled', async () => {
    jest.useFakeTimers();
    const { result } = await loaded({}, personality({ freshness: 'stale' }));
    await act(() => jest.advanceTimersByTimeAsync(120_000));
    expect(result.current.freshness).toBe('stale');
    expect(server.requests).toHaveLength(1);
  });

  test('analyze asks the server, and says whether the model was asked', async () => {
    const { result } = await loaded();
    const hit = start(() => result.current.analyze(posts));
    await (await server.request(2)).answer(personality({ outcome: 'fresh' }));
    expect(await hit).toMatchObject({ ok: true, data: { outcome: 'fresh' } });
    expect(result.current.hit).toBe(true);
    void start(() => result.current.analyze(posts, { refresh: true }));
    expect(result.current).toMatchObject({ isAnalyzing: true, isLoading: false, freshness: 'fresh' });
    const request = await server.request(3);
    expect(request.body).toEqual({ posts, refresh: true });
    await request.answer(personality({ outcome: 'generated', revision: 4 }));
    expect(result.current).toMatchObject({ isAnalyzing: false, hit: false, data: { revision: 4 } });
  });

  test('an adjustment made during an analysis is kept, and saved onto its outcome', async () => {
    const { result } = await loaded();
    void start(() => result.current.analyze(posts, { refresh: true }));
    const analysis = await server.request(2);
    void start(() => result.current.save(score(80)));
    expect(scoreOf(result.current.data)).toBe(80);
    await analysis.answer(personality({ outcome: 'generated', revision: 7 }));
    expect(scoreOf(result.current.data)).toBe(80);
    expect((await server.request(3)).headers['If-Match']).toBe(tagOf(7));
  });

  test('refresh analyses the posts anew where there are some', async () => {
    const { result } = await loaded({ posts });
    void start(() => result.current.refresh());
    expect((await server.request(2)).body).toEqual({ posts, refresh: true });
  });

  test('invalidate marks it and looks what is there; purge deletes it', async () => {
    const { result } = await loaded();
    const invalidated = start(() => result.current.invalidate());
    const request = await server.request(2);
    expect(request).toMatchObject({ method: 'DELETE', url: '/api/personality/ada/cache' });
    await request.answer({ invalidated: true });
    await (await server.request(3)).answer(personality({ freshness: 'stale', isStale: true }));
    expect(await invalidated).toMatchObject({ ok: true, data: { isStale: true } });
    expect(result.current.freshness).toBe('stale');
    const purged = start(() => result.current.invalidate({ purge: true }));
    const purge = await server.request(4);
    expect(purge.url).toBe('/api/personality/ada/cache?purge=true');
    await purge.answer({ deleted: true });
    await (await server.request(5)).refuse(404, 'VG002');
    expect(await purged).toEqual({ ok: true, data: null });
    expect(result.current).toMatchObject({ freshness: 'missing', data: undefined });
  });
});

describe('prefetching', () => {
  test('a component that appears later shows it at once', async () => {
    const { result: mutate } = renderHook(() => usePersonalityCache(null), { wrapper: surroundings() });
    expect(mutate.current.data).toBeUndefined();
    const warmed = prefetchPersonality('warm', { fetcher: server.fetcher, posts: ['I like maps.'] });
    const request = await server.request(1);
    expect(request.body).toEqual({ posts: ['I like maps.'] });
    await request.answer(personality({ username: 'warm' }));
    expect(await warmed).toMatchObject({ ok: true, data: { username: 'warm' } });
    const { result } = renderHook(() => usePersonalityCache('warm', { fetcher: server.fetcher }));
    expect(result.current).toMatchObject({ data: { username: 'warm' }, isLoading: false });
  });

  test('a component that appears meanwhile waits for the same request', async () => {
    const warmed = prefetchPersonality('meanwhile', { fetcher: server.fetcher });
    const request = await server.request(1);
    const { result } = renderHook(() => usePersonalityCache('meanwhile', { fetcher: server.fetcher }));
    await request.answer(personality({ username: 'meanwhile' }));
    await act(() => warmed);
    expect(result.current.data?.username).toBe('meanwhile');
    expect(server.requests).toHaveLength(1);
  });

  test('a failed one says so, and harms nothing', async () => {
    const warmed = prefetchPersonality('cold', { fetcher: server.fetcher });
    await (await server.request(1)).refuse(500);
    expect(failed(await warmed).code).toBe('INTERNAL');
    const { result } = renderHook(() => usePersonalityCache('cold', { fetcher: server.fetcher }), {
      wrapper: ({ children }) => <SWRConfig value={{ dedupingInterval: 0 }}>{children}</SWRConfig>,
    });
    await (await server.request(2)).answer(personality({ username: 'cold' }));
    expect(result.current).toMatchObject({ data: { username: 'cold' }, error: undefined });
  });
});
