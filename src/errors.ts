import { isNativeError } from 'node:util/types';

/** What every error of pg-evergreen carries besides its message. */
export interface ErrorDetails {
  /** What would be right, as one sentence for the person who reads the error. */
  hint?: string;
  /** Further facts, such as the row or the list that the message summarises. */
  detail?: string;
  /** The error underneath, as thrown by the driver or the SDK. */
  cause?: unknown;
}

/**
 * The base of every error that pg-evergreen throws on purpose: catch this class to tell its errors from bugs.
 * `code` is stable and meant for programs; `message` and `hint` are meant for people.
 */
export class EvergreenError extends Error {
  /** `VG001` to `VG011` for an error raised in the database (its SQLSTATE), a word in capitals otherwise. */
  readonly code: string;
  /** What would be right. */
  readonly hint?: string;
  /** Further facts. */
  readonly detail?: string;

  constructor(code: string, message: string, { hint, detail, cause }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    if (hint) this.hint = hint;
    if (detail) this.detail = detail;
  }
}

/** `VG001`: the content type is not in `evergreen.content_policies`. The hint lists those that are; add one with `set_content_policy`. */
export class UnknownContentType extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG001', message, details);
  }
}

/** `VG002`: nothing has this id (a company, a recommendation, a prompt). Check where the id came from; it may have been deleted. */
export class NotFound extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG002', message, details);
  }
}

/** `VG003`: the status cannot move this way (fresh → active → completed; fresh or active → stale). Read the row again and decide anew. */
export class InvalidTransition extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG003', message, details);
  }
}

/**
 * `VG004`: the lease expired and has passed to another holder, so this answer was not saved; its tokens were logged all the same.
 * Look the content up again. If it happens often, the policy's `lease_duration` is shorter than the model takes.
 */
export class LeaseLost extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG004', message, details);
  }
}

/** `VG005`: a hard budget is used up and there is nothing older to show. Raise it with `set_budget`, or wait for the next month (UTC). */
export class BudgetExceeded extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG005', message, details);
  }
}

/** `VG006`: the content is over its policy's `max_bytes`, or a batch is over its bound. Nothing was written. */
export class TooLarge extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG006', message, details);
  }
}

/** `VG007`: an argument is null, blank, out of range or of the wrong shape. Nothing was written; the hint says what is accepted. */
export class InvalidInput extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG007', message, details);
  }
}

/** `VG008`: too many calls in this window. The hint says how many seconds to wait. */
export class RateLimited extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG008', message, details);
  }
}

/** `VG009`: the row belongs to another tenant. Treat it as a defect of the caller, or as an attack. */
export class Forbidden extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG009', message, details);
  }
}

/** `VG010`: `attach_host` found tables without the columns or types it needs. The detail lists everything that is wrong, at once. */
export class HostMismatch extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG010', message, details);
  }
}

/** `VG011`: what is there is not the revision, or the row, that the caller named. Nothing was written: read it again and decide anew. */
export class Conflict extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('VG011', message, details);
  }
}

/** What is known about a generation that gave nothing usable. */
export interface GenerationFailure extends ErrorDetails {
  /** Why: `provider_error`, `timeout`, `refused`, `truncated`, `invalid`, `aborted`, `backing_off`. */
  reason: string;
  /** HTTP status of the provider's last answer, where there was one. */
  status?: number;
  /** The provider's id of the request, to quote in a support ticket. */
  requestId?: string;
  /** How often the provider was asked. */
  attempts?: number;
  /** How long the provider is not asked for this again, in milliseconds. */
  retryAfterMs?: number;
}

/**
 * `GENERATION_FAILED`: the model gave no usable answer and nothing older may be shown in its place.
 * `reason` says why; a later call may succeed, and for `retryAfterMs` (the policy's `failure_backoff`, doubled by each failure in a row)
 * the provider is not asked again. Without `retryAfterMs` a call at once is as good as a later one.
 */
export class GenerationFailed extends EvergreenError {
  readonly reason: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly attempts?: number;
  /** Milliseconds. */
  readonly retryAfterMs?: number;

  constructor(message: string, { reason, status, requestId, attempts, retryAfterMs, ...details }: GenerationFailure) {
    super('GENERATION_FAILED', message, details);
    this.reason = reason;
    if (status !== undefined) this.status = status;
    if (requestId !== undefined) this.requestId = requestId;
    if (attempts !== undefined) this.attempts = attempts;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/**
 * `DATABASE_UNAVAILABLE`: no connection could be made or kept: refused, unknown host, wrong password, shutting down, too many clients, no answer in time.
 * The same call may succeed later. Nothing can be said about a statement that was under way.
 */
export class DatabaseUnavailable extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('DATABASE_UNAVAILABLE', message, details);
  }
}

/** `NOT_MIGRATED`: the schema `evergreen`, or the part of it that was asked for, is not in this database. Run `npx pg-evergreen migrate`. */
export class NotMigrated extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('NOT_MIGRATED', message, details);
  }
}

/** Why `migrate` would not touch a database. */
export type RefusalReason =
  | 'database_newer'
  | 'text_changed'
  | 'not_installed_by_migrate'
  | 'history_broken'
  | 'server_too_old'
  | 'wrong_encoding'
  | 'transaction_pooling'
  | 'not_a_client'
  | 'in_transaction';

/**
 * `MIGRATION_REFUSED`: `migrate` looked at the database and changed nothing. `reason` says why, for programs:
 * `database_newer` (made by a later release: upgrade the package), `text_changed` (a file that was applied has another text now),
 * `not_installed_by_migrate`, `history_broken`, `server_too_old`, `wrong_encoding`, `transaction_pooling`, `not_a_client` (a pool), `in_transaction` (the client has one open).
 */
export class MigrationRefused extends EvergreenError {
  readonly reason: RefusalReason;
  /** The migrations concerned, where it is about some. */
  readonly migrations: string[];

  constructor(reason: RefusalReason, message: string, { migrations = [], ...details }: ErrorDetails & { migrations?: string[] } = {}) {
    super('MIGRATION_REFUSED', message, details);
    this.reason = reason;
    this.migrations = migrations;
  }
}

/**
 * `MIGRATION_FAILED`: the database rejected a migration. That file was rolled back, those before it are kept, so `migrate` can simply be run again
 * once the cause is gone.
 */
export class MigrationFailed extends EvergreenError {
  /** File name of the migration. */
  readonly file: string;
  /** Line in that file, where the database told the position. */
  readonly line?: number;
  /** The database's own error code. */
  readonly sqlState?: string;

  constructor(file: string, message: string, { line, sqlState, ...details }: ErrorDetails & { line?: number; sqlState?: string } = {}) {
    super('MIGRATION_FAILED', message, details);
    this.file = file;
    if (line !== undefined) this.line = line;
    if (sqlState !== undefined) this.sqlState = sqlState;
  }
}

/** `OWN_DATABASE_FAILED`: the PostgreSQL of its own (`./.evergreen`) cannot be made or started here. The hint says what repairs it. */
export class OwnDatabaseFailed extends EvergreenError {
  constructor(message: string, details?: ErrorDetails) {
    super('OWN_DATABASE_FAILED', message, details);
  }
}

const classBySqlState: Record<string, new (message: string, details?: ErrorDetails) => EvergreenError> = {
  VG001: UnknownContentType,
  VG002: NotFound,
  VG003: InvalidTransition,
  VG004: LeaseLost,
  VG005: BudgetExceeded,
  VG006: TooLarge,
  VG007: InvalidInput,
  VG008: RateLimited,
  VG009: Forbidden,
  VG010: HostMismatch,
  VG011: Conflict,
};

const unreachableHints: Record<string, string> = {
  ECONNREFUSED: 'Is PostgreSQL running there, and are host and port right?',
  ENOTFOUND: 'Is the host name right?',
  EAI_AGAIN: 'The name server did not answer; is the host name right?',
  ENOENT: 'There is no such socket; is PostgreSQL running?',
  ETIMEDOUT: 'Nothing answered; is the address right, and does a firewall let it through?',
  EHOSTUNREACH: 'There is no route to this host.',
  ENETUNREACH: 'There is no route to this host.',
  ECONNRESET: 'The connection was cut; is the server restarting?',
  EPIPE: 'The connection was cut; is the server restarting?',
  '28P01': 'Check user and password of the database URL.',
  '28000': 'Check user, password and pg_hba.conf: the server refuses this login.',
  '3D000': 'Create the database first, or correct its name in the database URL.',
  '53300': 'All connections of the server are taken; use a smaller pool or raise max_connections.',
  '57P01': 'The server is being shut down or the connection was ended by an administrator.',
  '57P02': 'The server crashed and is restarting.',
  '57P03': 'The server is starting or shutting down; try again in a moment.',
};

const driverSaysGone =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|The server does not support SSL)/;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * Turns whatever the driver threw into the class of its SQLSTATE, keeping message, hint, detail and, as `cause`, the error itself.
 * Lost and refused connections become `DatabaseUnavailable`, a missing schema `NotMigrated`. An error it does not know comes back as it is.
 */
export function fromDatabaseError(error: unknown): Error {
  if (error instanceof EvergreenError) return error;
  if (!isNativeError(error)) return new Error(String(error), { cause: error });

  const { code: ownCode, hint, detail } = error as Error & Record<'code' | 'hint' | 'detail', unknown>;
  // One error for each address of a host name that has several.
  const attempts: { code?: unknown; message: string }[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const code = text(ownCode) ?? text(attempts[0]?.code) ?? '';
  const message = error.message || attempts.map((each) => each.message).join('; ') || code;
  const details = { hint: text(hint), detail: text(detail), cause: error };

  const noSocket = code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'connect';

  const Class = classBySqlState[code];
  if (Class) return new Class(message, details);
  if ((code in unreachableHints && code !== 'ENOENT') || noSocket || code.startsWith('08') || driverSaysGone.test(message)) {
    return new DatabaseUnavailable(message, { ...details, hint: details.hint ?? unreachableHints[code] });
  }
  if (['3F000', '42P01', '42883'].includes(code) && /\bevergreen\b/.test(message)) {
    return new NotMigrated(message, { ...details, hint: 'Run: npx pg-evergreen migrate' });
  }
  return error;
}
