import { renderToString } from 'react-dom/server';
import { SWRConfig } from 'swr';
import { CacheStatusIndicator, personalityFallback, prefetchPersonality, usePersonalityCache } from '../../src/react/index.js';
import { FakeServer, personality } from './fake-server.js';

function Panel({ server }: { server: FakeServer }) {
  return <CacheStatusIndicator cache={usePersonalityCache('ada', { fetcher: server.fetcher, posts: ['I like maps.'] })} />;
}

test('renders where there is no browser, and asks nothing', () => {
  const server = new FakeServer();
  expect(typeof window).toBe('undefined');
  expect(renderToString(<Panel server={server} />)).toContain('evergreen-status--loading');
  const html = renderToString(
    <SWRConfig value={{ fallback: personalityFallback('ada', personality()) }}>
      <Panel server={server} />
    </SWRConfig>,
  );
  expect(html).toContain('evergreen-status--fresh');
  expect(html).toContain('2026-01-01 12:00 UTC');
  expect(server.requests).toHaveLength(0);
});

test('prefetches nothing where it would be kept for everybody', async () => {
  const server = new FakeServer();
  expect(await prefetchPersonality('ada', { fetcher: server.fetcher })).toMatchObject({ ok: false, error: { code: 'BROWSER_ONLY' } });
  expect(server.requests).toHaveLength(0);
});
