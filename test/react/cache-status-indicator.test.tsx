/** @jest-environment jsdom */
import { act, cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Profiler } from 'react';
import { CacheStatusIndicator, type CacheStatusIndicatorProps, PersonalityCacheError } from '../../src/react/index.js';

type Cache = CacheStatusIndicatorProps['cache'];

const now = Date.parse('2026-03-01T12:00:00Z');
const minutes = (count: number) => count * 60_000;
const ok = { ok: true as const, data: null };

const cache = (overrides: Partial<Cache> = {}): Cache => ({
  freshness: 'fresh',
  updatedAt: new Date(now - minutes(3)),
  clockOffsetMs: 0,
  hit: true,
  fallback: undefined,
  isLoading: false,
  isValidating: false,
  isAnalyzing: false,
  isSaving: false,
  error: undefined,
  refresh: async () => ok,
  ...overrides,
});

const show = (overrides?: Partial<Cache>, props?: Partial<CacheStatusIndicatorProps>) =>
  render(<CacheStatusIndicator cache={cache(overrides)} locale="en-GB" {...props} />);
const root = (container: HTMLElement) => container.firstElementChild as HTMLElement;
const time = () => screen.getByText((_, element) => element?.tagName === 'TIME');

beforeEach(() => {
  jest.useFakeTimers({ now });
});

afterEach(() => {
  cleanup();
  jest.useRealTimers();
});

describe('what it says', () => {
  test.each([
    ['fresh', 'Fresh'],
    ['stale', 'Stale'],
    ['expired', 'Expired'],
    ['missing', 'Not analysed yet'],
  ] as const)('%s: %s', (freshness, words) => {
    const { container } = show({ freshness });
    expect(screen.getByRole('status').textContent).toBe(words);
    expect(root(container).classList).toContain(`evergreen-status--${freshness}`);
  });

  test('what is loading, and that nothing is known after a failure', () => {
    const { container } = show({ freshness: undefined, updatedAt: undefined, hit: undefined, isLoading: true });
    expect(screen.getByRole('status').textContent).toBe('Loading');
    expect(root(container).getAttribute('aria-busy')).toBe('true');
    expect(container.querySelector('time')).toBeNull();
    cleanup();
    show({ freshness: undefined, updatedAt: undefined, hit: undefined });
    expect(screen.getByRole('status').textContent).toBe('Unknown');
  });

  test('that it is being saved or analysed', () => {
    show({ isSaving: true });
    expect(screen.getByRole('status').textContent).toBe('Saving…');
    cleanup();
    show({ isAnalyzing: true, isValidating: true });
    expect(screen.getByRole('status').textContent).toBe('Analysing…');
  });

  test('whether it came from the cache', () => {
    show({ hit: true });
    screen.getByText('from the cache');
    cleanup();
    show({ hit: false });
    screen.getByText('just generated');
    cleanup();
    show({ hit: true, fallback: 'generation_failed', freshness: 'expired' });
    screen.getByText('an earlier analysis, for a new one could not be made');
  });

  test('what went wrong, and what would be right', () => {
    const { container } = show({ error: new PersonalityCacheError('VG008', 'too many requests', { hint: 'Try again in 9 s.' }) });
    expect(screen.getByRole('alert').textContent).toBe('Failed: too many requests. Try again in 9 s.');
    expect(screen.getByRole('status').textContent).toBe('Fresh');
    expect(root(container).className).toBe('evergreen-status evergreen-status--fresh evergreen-status--failed');
  });

  test('words and class of the application’s own', () => {
    const { container } = show(
      {},
      { labels: { fresh: 'Frisch', updated: 'Stand', refresh: 'Neu laden' }, locale: 'de', className: 'mine' },
    );
    expect(screen.getByRole('status').textContent).toBe('Frisch');
    expect(container.textContent).toContain('Stand vor 3 Minuten');
    screen.getByRole('button', { name: 'Neu laden' });
    expect(root(container).className).toBe('evergreen-status evergreen-status--fresh mine');
  });
});

describe('when it was updated', () => {
  test.each([
    [0, 'now'],
    [59_999, 'now'],
    [minutes(1), '1 minute ago'],
    [minutes(60) - 1, '59 minutes ago'],
    [minutes(60), '1 hour ago'],
    [minutes(60 * 24), 'yesterday'],
    [minutes(60 * 24 * 6), '6 days ago'],
    [minutes(60 * 24 * 21), '3 weeks ago'],
    [minutes(60 * 24 * 90), '3 months ago'],
    [minutes(60 * 24 * 800), '2 years ago'],
    [-5_000, 'now'],
  ])('%d ms: %s', (elapsed, words) => {
    show({ updatedAt: new Date(now - elapsed) });
    expect(time().textContent).toBe(words);
  });

  test('the exact time is there on hover and for programs', () => {
    show();
    expect(time().getAttribute('datetime')).toBe('2026-03-01T11:57:00.000Z');
    expect(time().title).toMatch(/1 March 2026.*\d\d:57:00/);
  });

  test('goes by the server’s clock', () => {
    show({ clockOffsetMs: minutes(7) });
    expect(time().textContent).toBe('10 minutes ago');
  });

  test('the words change with time, and nothing is rendered before they do', async () => {
    const renders: string[] = [];
    render(
      <Profiler id="indicator" onRender={(_, phase) => renders.push(phase)}>
        <CacheStatusIndicator cache={cache({ updatedAt: new Date(now - 90_000) })} locale="en" />
      </Profiler>,
    );
    expect(time().textContent).toBe('1 minute ago');
    const before = renders.length;
    await act(() => jest.advanceTimersByTimeAsync(29_999));
    expect(renders).toHaveLength(before);
    await act(() => jest.advanceTimersByTimeAsync(1));
    expect(time().textContent).toBe('2 minutes ago');
    expect(renders).toHaveLength(before + 1);
    await act(() => jest.advanceTimersByTimeAsync(minutes(58)));
    expect(time().textContent).toBe('1 hour ago');
    const anHour = renders.length;
    await act(() => jest.advanceTimersByTimeAsync(minutes(59)));
    expect(renders).toHaveLength(anHour);
    cleanup();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the button', () => {
  const user = () => userEvent.setup({ advanceTimers: jest.advanceTimersByTime });

  test('refreshes, says so until it is done, and keeps the focus', async () => {
    let done = (_: typeof ok) => undefined as unknown;
    const refresh = jest.fn(
      () =>
        new Promise<typeof ok>((resolve) => {
          done = resolve;
        }),
    );
    const { rerender } = show({ refresh });
    const button = screen.getByRole('button', { name: 'Refresh' });
    await user().tab();
    expect(document.activeElement).toBe(button);
    await user().keyboard('{Enter}');
    rerender(<CacheStatusIndicator cache={cache({ refresh, isValidating: true })} />);
    expect(screen.getByRole('status').textContent).toBe('Refreshing…');
    expect(button.getAttribute('aria-disabled')).toBe('true');
    await user().keyboard(' ');
    await user().click(button);
    expect(refresh).toHaveBeenCalledTimes(1);
    await act(async () => void done(ok));
    rerender(<CacheStatusIndicator cache={cache({ refresh })} />);
    expect(screen.getByRole('status').textContent).toBe('Fresh');
    expect(document.activeElement).toBe(button);
  });

  test('does what the application wants instead', async () => {
    const refresh = jest.fn(async () => ok);
    const onRefresh = jest.fn();
    show({ refresh }, { onRefresh });
    await user().click(screen.getByRole('button'));
    expect(onRefresh).toHaveBeenCalledTimes(1);
    expect(refresh).not.toHaveBeenCalled();
  });
});

describe('what a screen reader is told', () => {
  test('nothing when time passes or when the server is asked in the background', async () => {
    const { container, rerender } = show({ updatedAt: new Date(now) });
    const announced: string[] = [];
    const observer = new MutationObserver((changes) => announced.push(...changes.map(({ target }) => target.textContent ?? '')));
    for (const region of container.querySelectorAll('[role=status], [role=alert], [aria-live]')) {
      observer.observe(region, { characterData: true, childList: true, subtree: true });
    }
    await act(() => jest.advanceTimersByTimeAsync(minutes(5)));
    rerender(<CacheStatusIndicator cache={cache({ isValidating: true })} />);
    rerender(<CacheStatusIndicator cache={cache()} />);
    expect(observer.takeRecords()).toEqual([]);
    expect(announced).toEqual([]);
    rerender(<CacheStatusIndicator cache={cache({ freshness: 'stale' })} />);
    expect(observer.takeRecords()).toHaveLength(1);
    expect(within(container).getByRole('status').textContent).toBe('Stale');
  });

  test('neither time nor button is part of the live region', () => {
    show();
    expect(screen.getByRole('status').querySelector('time, button')).toBeNull();
  });
});
