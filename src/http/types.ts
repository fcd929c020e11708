/** What travels between the REST interface and its callers, as types alone: importing them costs a browser nothing. */

/** Every body but 304's and that of a HEAD request. */
export interface Envelope<Data = unknown> {
  success: boolean;
  /** When it succeeded. */
  data?: Data | undefined;
  /** When it failed: what to tell a person. */
  error?: string | undefined;
  metadata: {
    /** ISO 8601: when it was answered. */
    timestamp: string;
    /** To quote to whoever reads the server's log. */
    requestId: string;
    /** When it failed: for programs. `VG001` to `VG011` as in the database, or a word in capitals. */
    code?: string | undefined;
    /** What would be right. */
    hint?: string | undefined;
  };
}

/** A person's personality as it is kept, and how old it is. */
export interface CacheData {
  username: string;
  /** As the model wrote it. */
  analysis: Record<string, unknown>;
  /** The person's adjustments: `{ "/traits/openness/score": 80 }`. */
  tuning: Record<string, unknown>;
  /** Adjustments that the latest analysis has no place for. */
  droppedTuning?: Record<string, unknown> | undefined;
  /** The analysis with the tuning applied. */
  personality: Record<string, unknown>;
  /** `stale`: may be shown, and is made anew by the next analysis; `expired`: too old to be shown as if it were right. */
  freshness: 'fresh' | 'stale' | 'expired';
  /** Milliseconds since it was analysed. */
  ageMs: number;
  /** ISO 8601; null: for ever. */
  freshUntil: string | null;
  /** ISO 8601: when it was analysed. */
  generatedAt: string;
  /** ISO 8601: when analysis or tuning changed last. */
  updatedAt: string;
  /** Counts changes, from 1; after a deletion it begins at 1 again. Null: not saved. */
  revision: number | null;
  /** To send as `If-Match` with a write, which then changes this and nothing else. Null: not saved. */
  etag?: string | null | undefined;
  /** Of the analysis' schema; null: not saved. */
  version: number | null;
  /** Whether somebody invalidated it. */
  isStale: boolean;
  /** Who wrote the analysis; null: the application itself. */
  model: string | null;
  /** In the answer to an analysis: how it came about (`fresh`, `generated`, `fallback`, ...). */
  outcome?: string | undefined;
  /** Why. */
  reason?: string | undefined;
}

/** The answer of `GET` and `POST /api/personality/:username/cache`. */
export type CacheResponse = Envelope<CacheData>;

/** The body of `POST /api/personality/:username/cache`. */
export type CacheUpdate =
  /** Texts of the person: analysed, unless what is kept is fresh. */
  | { posts: string[]; refresh?: boolean | undefined }
  /** An analysis of the application's own. */
  | { analysis: Record<string, unknown> }
  /** Adjustments, added to those there; null takes one back. */
  | { tuning: Record<string, unknown> }
  /** Back to the analysis. */
  | { reset: true };

/** Whose session it is. */
export interface SessionData {
  username: string;
  role: 'user' | 'operator';
  /** Companies whose content it may see; an operator sees all. */
  companyIds: string[];
  /** ISO 8601. */
  expiresAt: string;
}
