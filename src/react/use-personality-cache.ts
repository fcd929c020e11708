/** The hook: one user's personality, shared by all components of a page through swr. */
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import useSWR, { mutate as globalMutate, type ScopedMutator, useSWRConfig } from 'swr';
import type { CacheData, CacheUpdate } from '../http/types.js';
import { ask, type ConnectionOptions, cacheUrl, type Known, PersonalityCacheError } from './request.js';
import { applyTuning, mergeTuning } from './tuning.js';
import { type Shown, type Write, type WriteResult, Writes } from './writes.js';

/** What `usePersonalityCache` takes besides the user. */
export interface PersonalityCacheOptions extends ConnectionOptions {
  /** What the user wrote. Given these, a personality that is missing or no longer fresh is analysed, once, without being asked. */
  posts?: readonly string[] | undefined;
  /** False: with `posts`, analyse only what is missing, not what is stale or expired; default true. */
  refreshWhenStale?: boolean | undefined;
  /** While stale, ask again every so many milliseconds; 0: never. Default 5,000 with `posts`, for then a refresh is under way; otherwise 0. */
  pollInterval?: number | undefined;
  /** An adjustment waits so many milliseconds for another that replaces it, shown all the while: for sliders. Default 0. */
  saveDelayMs?: number | undefined;
}

/**
 * What to save: adjustments, added to those there (`{ '/traits/openness/score': 80 }`; null takes one back), or an analysis of the application's own.
 */
export type PersonalityChange = { tuning: Record<string, unknown> } | { analysis: Record<string, unknown> };

/** What `usePersonalityCache` answers. No action rejects: each resolves to a result, and a failure is also in `error`. */
export interface PersonalityCache {
  /** Undefined: not known yet, or there is none. */
  data: CacheData | undefined;
  /** By the server's verdict; undefined until it has answered. */
  freshness: CacheData['freshness'] | 'missing' | undefined;
  /** Milliseconds since it was generated, when the server answered. */
  ageMs: number | undefined;
  generatedAt: Date | undefined;
  /** Of the last save, adjustments included. */
  updatedAt: Date | undefined;
  /** Add it to this machine's clock to have the server's, in milliseconds. */
  clockOffsetMs: number;
  /** True: what is shown came from the cache; false: the model was asked for it. */
  hit: boolean | undefined;
  /** Why an earlier analysis is shown in place of the one that was asked for; undefined: it is not. */
  fallback: string | undefined;
  /** The first answer is under way: there is nothing to show yet. */
  isLoading: boolean;
  /** A read or an analysis is under way. */
  isValidating: boolean;
  isAnalyzing: boolean;
  /** What is shown is ahead of the server. */
  isSaving: boolean;
  /** Of what this component did since the person's last action; otherwise of the last read. */
  error: PersonalityCacheError | undefined;
  clearError(): void;
  /** Shows the change at once, saves it, and takes it back when it is refused. */
  save(change: PersonalityChange): Promise<WriteResult>;
  /** Answers from the cache while it is fresh; with `refresh` the model is asked in any case. */
  analyze(posts: readonly string[], options?: { refresh?: boolean }): Promise<WriteResult>;
  /** Drops the adjustments: back to the analysed state. */
  reset(): Promise<WriteResult>;
  /** Marks it as no longer right; with `purge` deletes it. */
  invalidate(options?: { purge?: boolean }): Promise<WriteResult>;
  /** With `posts` a new analysis of them; otherwise asks the server what is there. */
  refresh(): Promise<WriteResult>;
}

/** Of what swr keeps: apart from whatever else an application keeps by the same address. */
const PREFIX = 'pg-evergreen ';
const keyOf = (baseUrl: string | undefined, username: string) => PREFIX + cacheUrl(baseUrl, username);
const urlOf = (key: string) => key.slice(PREFIX.length);

/** Prefetches under way, which a component that appears meanwhile waits for. */
const warming = new Map<string, Promise<Known>>();

/** One for each user, by the cache of swr that a component lives in. */
const pages = new WeakMap<object, Map<string, Writes>>();

function writesOf(cache: object, key: string): Writes {
  let page = pages.get(cache);
  if (!page) {
    page = new Map();
    pages.set(cache, page);
  }
  let writes = page.get(key);
  if (!writes) {
    writes = new Writes();
    page.set(key, writes);
  }
  return writes;
}

const LONGEST_TIMER = 2_147_483_647;

/** Reads, shows and changes the personality of a user; with null as username it does nothing. Components that name the same user share one state. */
export function usePersonalityCache(username: string | null | undefined, options: PersonalityCacheOptions = {}): PersonalityCache {
  const key = username ? keyOf(options.baseUrl, username) : null;
  const { cache, mutate } = useSWRConfig();
  const writes = useMemo(() => (key === null ? null : writesOf(cache, key)), [cache, key]);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  const activity = useSyncExternalStore(
    useCallback((listener: () => void) => writes?.subscribe(listener) ?? (() => undefined), [writes]),
    () => writes?.activity ?? null,
    () => null,
  );

  const pollInterval = options.pollInterval ?? (options.posts ? 5_000 : 0);
  const [polling, setPolling] = useState(false);
  const {
    data: known,
    error: readError,
    isLoading,
    isValidating,
  } = useSWR<Known, PersonalityCacheError>(
    key,
    (own: string) => writesOf(cache, own).reading(() => warming.get(own) ?? ask(urlOf(own), { method: 'GET' }, options)),
    {
      shouldRetryOnError: (error: PersonalityCacheError) => error.temporary,
      refreshInterval: polling ? pollInterval : 0,
      keepPreviousData: false,
      suspense: false,
    },
  );
  const rendered = useRef({ key, known });
  useEffect(() => {
    rendered.current = { key, known };
  });
  const data = known?.data ?? undefined;
  const freshness = known && (data?.freshness ?? 'missing');
  useEffect(() => setPolling(freshness === 'stale' && activity === null), [freshness, activity]);

  const [failure, setFailure] = useState<{ key: string | null; error: PersonalityCacheError } | null>(null);
  const clearError = useCallback(() => setFailure(null), []);

  const { keepFresh, ...actions } = useMemo(() => {
    const shown: Shown = {
      get: () =>
        (key === null ? undefined : (cache.get(key)?.data as Known | undefined)) ??
        (rendered.current.key === key ? rendered.current.known : undefined),
      // The cache may be gone with its page; what is written is written all the same.
      set: (next) => void mutate(key, next, { revalidate: false }).catch(() => undefined),
      reload: () => void mutate(key).catch(() => undefined),
    };

    async function run(write: (line: Writes, url: string) => Promise<WriteResult>): Promise<WriteResult> {
      const result: WriteResult =
        writes && key !== null
          ? await write(writes, urlOf(key))
          : { ok: false, error: new PersonalityCacheError('NO_USERNAME', 'There is no user to do this for.', { hint: 'Sign in first.' }) };
      if (!result.ok) setFailure({ key, error: result.error });
      return result;
    }

    const post = (url: string, body: CacheUpdate, before?: Known): Promise<Known> =>
      ask(url, { method: 'POST', body, before: before?.data }, latest.current);

    const adjustment = (url: string, tuning: Record<string, unknown> | null): Write => ({
      activity: 'saving',
      tuning,
      delayMs: tuning === null ? 0 : (latest.current.saveDelayMs ?? 0),
      expect: (before) => withTuning(before, tuning),
      send: (before) => post(url, tuning === null ? { reset: true } : { tuning }, before),
      replaces(waiting) {
        if (waiting.tuning === undefined || (waiting.tuning === null && tuning !== null)) return undefined;
        return adjustment(url, tuning === null ? null : { ...waiting.tuning, ...tuning });
      },
    });

    const analysis =
      (posts: readonly string[], refresh = false) =>
      (line: Writes, url: string) =>
        line.add(shown, {
          activity: 'analyzing',
          expect: (before) => before,
          send: () => post(url, { posts: [...posts], ...(refresh && { refresh }) }),
        });

    /** What a person wants: what failed before is not said any more. */
    const act: typeof run = (write) => {
      setFailure(null);
      return run(write);
    };

    return {
      keepFresh: (posts: readonly string[]) => run(analysis(posts)),
      analyze: (posts, { refresh } = {}) => act(analysis(posts, refresh)),
      save: (change) =>
        act((line, url) =>
          line.add(
            shown,
            'tuning' in change
              ? adjustment(url, change.tuning)
              : {
                  activity: 'saving',
                  expect: (before) => withAnalysis(before, change.analysis),
                  send: (before) => post(url, change, before),
                },
          ),
        ),
      reset: () => act((line, url) => line.add(shown, adjustment(url, null))),
      invalidate: ({ purge = false } = {}) =>
        act((line, url) =>
          line.add(shown, {
            activity: 'invalidating',
            expect: (before) => before,
            async send() {
              await ask<unknown>(url, { method: 'DELETE', query: purge ? '?purge=true' : '' }, latest.current);
              return ask(url, { method: 'GET' }, latest.current);
            },
          }),
        ),
      refresh() {
        const { posts } = latest.current;
        if (posts) return act(analysis(posts, true));
        return act(async () => {
          const fetched = await mutate<Known>(key);
          const error = cache.get(key as string)?.error as PersonalityCacheError | undefined;
          return error ? { ok: false, error } : { ok: true, data: fetched?.data ?? null };
        });
      },
    } satisfies Partial<PersonalityCache> & { keepFresh: unknown };
  }, [cache, key, mutate, writes]);

  // Once for each state of the content, by whichever component comes first; again when a page is opened anew.
  const { posts, refreshWhenStale = true } = options;
  useEffect(() => {
    if (!writes || !posts || posts.length === 0 || freshness === undefined || freshness === 'fresh' || writes.activity !== null) return;
    if (freshness !== 'missing' && !refreshWhenStale) return;
    const attempt = JSON.stringify([freshness, data?.revision, data?.generatedAt]);
    if (writes.attempt === attempt) return;
    writes.attempt = attempt;
    void keepFresh(posts);
  }, [keepFresh, data, freshness, posts, refreshWhenStale, writes]);

  // The server says when the content will have aged; then it is asked again.
  useEffect(() => {
    if (key === null || known?.data?.freshness !== 'fresh' || known.data.freshUntil === null) return;
    const remaining = Date.parse(known.data.freshUntil) - (Date.now() + known.clockOffsetMs);
    const timer = setTimeout(() => void mutate(key), Math.min(Math.max(remaining, 1_000), LONGEST_TIMER));
    return () => clearTimeout(timer);
  }, [key, known, mutate]);

  const isAnalyzing = activity === 'analyzing';
  return {
    data,
    freshness,
    ageMs: data?.ageMs,
    generatedAt: useDate(data?.generatedAt),
    updatedAt: useDate(data?.updatedAt),
    clockOffsetMs: known?.clockOffsetMs ?? 0,
    hit: data && data.outcome !== 'generated' && data.outcome !== 'uncached',
    fallback: data?.outcome === 'fallback' ? (data.reason ?? 'unknown') : undefined,
    isLoading: (isLoading && known === undefined) || (isAnalyzing && !data),
    isValidating: isValidating || activity === 'analyzing' || activity === 'invalidating',
    isAnalyzing,
    isSaving: activity === 'saving',
    error: (failure?.key === key ? failure?.error : undefined) ?? readError,
    clearError,
    ...actions,
  };
}

/**
 * Loads a personality before a component shows it; with `posts` it is analysed when it is not there or not fresh. For the browser: on a server it
 * would be kept for everybody. `mutate` is that of `useSWRConfig()`, where the application has a cache of its own.
 */
export async function prefetchPersonality(
  username: string,
  options: ConnectionOptions & { posts?: readonly string[]; mutate?: ScopedMutator } = {},
): Promise<WriteResult> {
  if (typeof window === 'undefined') {
    const hint = 'Call it in an effect or an event handler; on the server give swr a fallback by personalityFallback().';
    return { ok: false, error: new PersonalityCacheError('BROWSER_ONLY', 'Nothing is prefetched on a server.', { hint }) };
  }
  const key = keyOf(options.baseUrl, username);
  const { posts, mutate = globalMutate } = options;
  const asked = warming.get(key) ?? ask(urlOf(key), posts ? { method: 'POST', body: { posts } } : { method: 'GET' }, options);
  warming.set(key, asked);
  try {
    const known = await asked;
    await mutate(key, known, { revalidate: false });
    return { ok: true, data: known.data };
  } catch (error) {
    return { ok: false, error: error as PersonalityCacheError };
  } finally {
    warming.delete(key);
  }
}

/** What a server already knows, for `<SWRConfig value={{ fallback: personalityFallback(username, data) }}>`: shown at once, then asked for again. */
export function personalityFallback(
  username: string,
  data: CacheData | null,
  { baseUrl }: { baseUrl?: string } = {},
): Record<string, Known> {
  return { [keyOf(baseUrl, username)]: { data, clockOffsetMs: 0, receivedAt: Date.now() } };
}

function useDate(iso: string | undefined): Date | undefined {
  return useMemo(() => (iso === undefined ? undefined : new Date(iso)), [iso]);
}

const withTuning = (known: Known, tuning: Record<string, unknown> | null): Known =>
  withDocuments(known, (data) => ({ tuning: tuning === null ? {} : mergeTuning(data.tuning, tuning) }));

const withAnalysis = (known: Known, analysis: Record<string, unknown>): Known => withDocuments(known, () => ({ analysis }));

function withDocuments(known: Known, change: (data: CacheData) => Partial<CacheData>): Known {
  if (!known.data) return known;
  const { outcome: _, reason: __, ...before } = known.data;
  const data = { ...before, ...change(before) };
  return { ...known, data: { ...data, personality: applyTuning(data.analysis, data.tuning) } };
}
