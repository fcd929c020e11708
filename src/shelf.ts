/** What a shelf is to the orchestration: a kind of content with its SQL functions, and what is answered from it. */
import type { IDatabaseConnection } from '@pgtyped/runtime';
import type { z } from 'zod';
import type { Database } from './database.js';
import type { ClaimGenerationResult } from './queries/core.queries.js';

/** How an answer came about. */
export type Outcome = 'fresh' | 'stale' | 'similar' | 'generated' | 'fallback' | 'uncached';

/** Of which other input an answer is. */
export interface Similar {
  /** Id of the answer. */
  id: string;
  /** The input that was asked then. */
  input: unknown;
  /** From 0 to 1. */
  similarity: number;
  method: 'embedding' | 'trigram';
}

/** What is answered to a caller. */
export interface Answer<Content> {
  content: Content;
  /**
   * `fresh`: from the database. `stale`: from the database, being refreshed in the background. `similar`: the answer to a similar input, where that was
   * asked for. `generated`: by the model, for this call.
   * `fallback`: earlier content, because it could not be generated. `uncached`: by the model, not saved, because the database is away.
   */
  outcome: Outcome;
  /**
   * Why: `hit`, `waited` (another caller generated it), `revalidating`, `similar_input`; for `generated` why it was needed (`no_content`, `context_changed`, `expired`,
   * `schema_version`, `marked_stale`, `refresh`) or what became of it (`invalidated_meanwhile`, `lease_lost`); for `fallback` what failed (`provider_error`,
   * `timeout`, `refused`, `truncated`, `invalid`, `backing_off`, `over_budget`) or is missing (`no_posts`, of a stale answer too); `database_down`.
   */
  reason: string;
  generatedAt: Date;
  /** The model that wrote it. */
  model: string;
  /** The prompt it was written from; null when it was not one of the database's. */
  promptId: string | null;
  /** USD that this call cost: 0 when no model was asked for it, null when the price is not known. */
  cost: number | null;
  /** Where it was asked for a similar input, and only then. */
  similar?: Similar;
}

/** How long a caller waits. */
export interface CallOptions {
  /** Aborting rejects this call at once; a generation under way goes on for those who wait, and is saved. */
  signal?: AbortSignal | undefined;
  /** Milliseconds after which this call answers with earlier content, or fails. */
  deadlineMs?: number | undefined;
}

/** The row of every lookup. */
export interface Lookup {
  cache_key: string;
  freshness: string;
  reason: string;
  seen: string | null;
  content: unknown;
  generated_at: Date | null;
  generation_model: string | null;
  generation_prompt_id: string | null;
  context_hash: string;
  refresh_context?: boolean;
  base_revision?: number;
  company_id?: string;
  id?: string | null;
  similarity?: number | null;
  similar_to?: unknown;
  similarity_method?: string | null;
  /** Why nothing can be generated, e.g. `no_posts`: what there is is all that can be shown. */
  blocked?: string | null;
  /** Of an input that the database refuses: its SQLSTATE, the reason being its message. */
  error_code?: string | null;
}

/** What is answered at once: the database found it fresh, and says no more about it. */
export type Hit = Pick<Lookup, 'content' | 'generated_at' | 'generation_model' | 'generation_prompt_id'> & { cache_key?: undefined };

/** What every save is told of the generation. */
export interface Receipt {
  leaseToken: string;
  provider: string;
  model: string;
  promptId: string | null;
  promptTokens: number | null;
  completionTokens: number | null;
  cachedTokens: number | null;
  generationTimeMs: number;
  requestId: string | null;
}

/** A kind of content: its SQL functions, and the shape of the model's answer. */
export interface Shelf<Args, Draft, Content> {
  contentType: string;
  /** The prompt type under which its generations are logged; null: the one of the content type's policy. */
  generationType: string | null;
  schema: z.ZodType<Draft>;
  schemaName: string;
  /** Asked in place of the client's. */
  model?: string | undefined;
  /** Sent to the model as they are: temperature, seed, ... */
  parameters?: Record<string, unknown> | undefined;
  /** What an answer depends on, of the arguments. */
  identity(args: Args): string;
  /** Whether what a lookup or `hit` finds depends on nothing else, so that callers who ask it at the same time may share one. */
  sharesLookups?: boolean;
  /** Who pays. */
  payer(args: Args, found: Lookup | undefined): { companyId?: string | undefined; userId?: string | undefined };
  /**
   * Asked before the first lookup, in a statement that only hits are worth: undefined says nothing, and then `lookup` is asked. Not asked for a while where
   * that finds fresh what this does not, and says (`refresh_context`) that no hash could be put at hand for it.
   */
  hit?(db: Database, args: Args): Promise<Hit | undefined>;
  /** `earlier` is the previous lookup of the same call. */
  lookup(db: Database, args: Args, earlier: Lookup | undefined, afterFailure: boolean): Promise<Lookup[]>;
  prepare(
    db: IDatabaseConnection,
    args: Args,
    found: Lookup,
  ): Promise<{ state: string; prompt_id: string | null; prompt: string | null }[]>;
  save(db: IDatabaseConnection, args: Args, found: Lookup, draft: Draft, receipt: Receipt): Promise<Saved[]>;
  /** The content of an answer, of what the save returned. */
  saved(args: Args, content: Content): Content;
  /** The content of an answer that is in no table. */
  unsaved(args: Args, draft: Draft, at: Date): Content;
  /** Id of the row that was answered, where its uses are counted. */
  rowId?(content: Content): string | null;
  /** What to ask when the database is away and this process never asked it before; null when there is nothing sensible to ask. */
  uncachedPrompt(args: Args): string | null;
  /** The template is the database's: that no prompt can be made of it is no mistake of the caller. */
  promptIsOurs?: boolean;
}

/** A shelf whose calls can be made many at once, in one statement each. Rows carry the ordinal (from 1) of what they answer. */
export interface BulkShelf<Args, Draft, Content> extends Shelf<Args, Draft, Content> {
  lookupAll(db: Database, all: readonly Args[]): Promise<(Lookup & { ordinal: number })[]>;
  /** Claims and prepares; `invalid`: its prompt cannot be made. */
  claimAll(
    db: Database,
    all: readonly Args[],
    seen: readonly (string | null)[],
    holder: string,
  ): Promise<(ClaimGenerationResult & { ordinal: number; prompt_id: string | null; prompt: string | null })[]>;
  saveAll(
    db: Database,
    all: readonly { args: Args; found: Lookup; draft: Draft; receipt: Receipt }[],
  ): Promise<(Saved & { ordinal: number })[]>;
}

/** The row of every save. */
export interface Saved {
  state: string;
  content: unknown;
  generated_at: Date | null;
  cost: number | null;
  /** Of many: why it is `invalid`, which was billed and failed. */
  reason?: string | null;
  retry_after_ms?: number | null;
}

/** One key for all calls of this process that ask the same. */
export function keyOf<Args, Draft, Content>(shelf: Shelf<Args, Draft, Content>, args: Args): string {
  return `${shelf.schemaName}:${shelf.identity(args)}`;
}
