/** @jest-environment jsdom */
import { TextEncoder } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { act } from '@testing-library/react';
import { hydrateRoot } from 'react-dom/client';
import { SWRConfig } from 'swr';
import { CacheStatusIndicator, personalityFallback, usePersonalityCache } from '../../src/react/index.js';
import { FakeServer, personality } from './fake-server.js';

const updatedAt = '2026-03-01T11:57:00.000Z';

function page(server: FakeServer, fallback: object) {
  function Panel() {
    const cache = usePersonalityCache('ada', { fetcher: server.fetcher });
    return (
      <main>
        <CacheStatusIndicator cache={cache} />
        <p>{cache.isLoading ? 'loading' : String(cache.data?.analysis.summary)}</p>
      </main>
    );
  }
  return (
    <SWRConfig value={{ provider: () => new Map(), fallback, dedupingInterval: 0 }}>
      <Panel />
    </SWRConfig>
  );
}

let renderToString: typeof import('react-dom/server').renderToString;

beforeAll(() => {
  // What react-dom's server half expects and jsdom does not have.
  Object.assign(globalThis, { TextEncoder, MessageChannel });
  ({ renderToString } = jest.requireActual('react-dom/server'));
});

afterEach(() => {
  jest.useRealTimers();
});

test('renders on a server without asking anything, and a browser that comes hours later in another zone finds what it expects', async () => {
  const complaints = jest.spyOn(console, 'error');
  const server = new FakeServer();
  const fallback = personalityFallback('ada', personality({ updatedAt }));
  jest.useFakeTimers({ now: Date.parse('2026-03-01T12:00:00Z') });
  const html = renderToString(page(server, fallback));
  expect(server.requests).toHaveLength(0);
  expect(html).toContain('Curious.');
  expect(html).toContain('2026-03-01 11:57 UTC');

  jest.useFakeTimers({ now: Date.parse('2026-03-01T15:00:00Z') });
  document.body.innerHTML = `<div>${html}</div>`;
  const recovered: unknown[] = [];
  const root = await act(async () =>
    hydrateRoot(document.body.firstElementChild as Element, page(server, fallback), {
      onRecoverableError: (error) => recovered.push(error),
    }),
  );
  expect(recovered).toEqual([]);
  expect(complaints).not.toHaveBeenCalled();
  expect(document.querySelector('time')?.textContent).toBe('3 hours ago');
  act(() => root.unmount());
  complaints.mockRestore();
});

test('without what the server knew it renders that it loads', () => {
  const server = new FakeServer();
  const html = renderToString(page(server, {}));
  expect(html).toContain('<p>loading</p>');
  expect(html).toContain('aria-busy="true"');
  expect(server.requests).toHaveLength(0);
});
