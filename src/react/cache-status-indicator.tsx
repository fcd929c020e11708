/** What a person needs to know about a cached personality: its state, when it was last changed, and a way to refresh it. */
import { type ReactElement, useState } from 'react';
import { RelativeTime } from './relative-time.js';
import type { PersonalityCache } from './use-personality-cache.js';

/** The words of the indicator; all can be replaced. */
export interface CacheStatusLabels {
  fresh: string;
  stale: string;
  expired: string;
  missing: string;
  loading: string;
  /** Nothing is known, and nothing is under way. */
  unknown: string;
  saving: string;
  analyzing: string;
  refreshing: string;
  /** Before the time. */
  updated: string;
  refresh: string;
  /** Before what went wrong. */
  error: string;
  fromCache: string;
  generated: string;
  /** When a new analysis was asked for and could not be made. */
  fallback: string;
}

const english: CacheStatusLabels = {
  fresh: 'Fresh',
  stale: 'Stale',
  expired: 'Expired',
  missing: 'Not analysed yet',
  loading: 'Loading',
  unknown: 'Unknown',
  saving: 'Saving',
  analyzing: 'Analysing',
  refreshing: 'Refreshing',
  updated: 'Updated',
  refresh: 'Refresh',
  error: 'Failed:',
  fromCache: 'from the cache',
  generated: 'just generated',
  fallback: 'an earlier analysis, for a new one could not be made',
};

export interface CacheStatusIndicatorProps {
  /** What `usePersonalityCache` answered. */
  cache: Pick<
    PersonalityCache,
    | 'freshness'
    | 'updatedAt'
    | 'clockOffsetMs'
    | 'hit'
    | 'fallback'
    | 'isLoading'
    | 'isValidating'
    | 'isAnalyzing'
    | 'isSaving'
    | 'error'
    | 'refresh'
  >;
  /** What the button does; default: `cache.refresh`. */
  onRefresh?: (() => unknown) | undefined;
  /** Of the times; default: the browser's. */
  locale?: string | undefined;
  labels?: Partial<CacheStatusLabels> | undefined;
  /** Added to `evergreen-status`. */
  className?: string | undefined;
}

/**
 * The state of a cached personality, last update in words with the exact time on hover, a refresh button, and what went wrong. Unstyled but for class
 * names: `evergreen-status`, with `--fresh`, `--stale`, `--expired`, `--missing`, `--loading` or `--unknown`, and `--busy` and `--failed`; in it
 * `evergreen-status__state`, `__source`, `__updated`, `__time`, `__refresh`, `__error`, `__hint`.
 *
 * Screen readers are told of a changed state and of what a person asked for; neither the passing of time nor a look in the background is announced.
 */
export function CacheStatusIndicator({ cache, onRefresh, locale, labels, className }: CacheStatusIndicatorProps): ReactElement {
  const words = { ...english, ...labels };
  const [asked, setAsked] = useState(false);
  const busy = cache.isLoading || cache.isValidating || cache.isSaving;
  const state = cache.freshness ?? (cache.isLoading ? 'loading' : 'unknown');
  const doing = cache.isAnalyzing ? 'analyzing' : cache.isSaving ? 'saving' : asked && busy ? 'refreshing' : null;

  const source =
    cache.fallback !== undefined ? words.fallback : cache.hit === undefined ? undefined : cache.hit ? words.fromCache : words.generated;

  async function refresh(): Promise<void> {
    if (busy) return;
    setAsked(true);
    try {
      await (onRefresh ?? cache.refresh)();
    } finally {
      setAsked(false);
    }
  }

  const classes = [
    'evergreen-status',
    `evergreen-status--${state}`,
    busy && 'evergreen-status--busy',
    cache.error && 'evergreen-status--failed',
    className,
  ];
  return (
    <div className={classes.filter(Boolean).join(' ')} aria-busy={busy}>
      <span role="status" className="evergreen-status__state">
        {doing ? `${words[doing]}…` : words[state]}
      </span>
      {source !== undefined && <span className="evergreen-status__source">{source}</span>}
      {cache.updatedAt && (
        <span className="evergreen-status__updated">
          {words.updated}{' '}
          <RelativeTime className="evergreen-status__time" date={cache.updatedAt} locale={locale} clockOffsetMs={cache.clockOffsetMs} />
        </span>
      )}
      {/* Not disabled while busy: that would take the focus away from whoever pressed it. */}
      <button type="button" className="evergreen-status__refresh" aria-disabled={busy} onClick={() => void refresh()}>
        {words.refresh}
      </button>
      {cache.error && (
        <p role="alert" className="evergreen-status__error">
          {words.error} {sentence(cache.error.message)}{' '}
          {cache.error.hint && <span className="evergreen-status__hint">{cache.error.hint}</span>}
        </p>
      )}
    </div>
  );
}

/** The server's messages end without a full stop. */
const sentence = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`);
