/** The personality of a user: read, analysed, adjusted, invalidated. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { often } from '../../database.js';
import { Conflict } from '../../errors.js';
import type { Answer, Personality } from '../../index.js';
import {
  deletePersonalityCache,
  type GetPersonalityCacheResult,
  getPersonalityCache,
  invalidatePersonalityCache,
  resetPersonalityTuning,
  savePersonalityCache,
  savePersonalityTuning,
} from '../../queries/personality.queries.js';
import { findUser } from '../../queries/sessions.queries.js';
import { conditionOf, namesRevision, namesTag, onlyRevision, tagOf } from '../conditions.js';
import type { Ctx, Env, Http, Session } from '../context.js';
import { succeed } from '../envelope.js';
import { notFound, Refusal } from '../errors.js';
import { requireJson } from '../limits.js';
import { cacheData, cacheUpdate, invalidated, purgeQuery, success, usernameParams } from '../schemas.js';
import { requireOwn, requireSession } from '../sessions.js';
import type { CacheData } from '../types.js';
import { patience } from './answers.js';
import { cacheHeaders, conditionHeaders, GENERATING, GUARDED, jsonBody, responses, security, WITH_BODY } from './describe.js';

type Kept = GetPersonalityCacheResult;

/** What a request wants to be there; the database refuses what it asks for when something else is. Nothing said: whatever is there. */
interface Expected {
  /** 0: there must be none. */
  revision?: number | undefined;
  /** Of which row. */
  id?: string | undefined;
}

const ONE_YEAR_S = 31_536_000;

const findKept = often(getPersonalityCache);

export function addPersonalityRoutes(app: OpenAPIHono<Env>, http: Http): void {
  const { evergreen, db } = http;
  const common = { path: '/api/personality/{username}/cache', tags: ['personality'], security };
  const nothing = () => notFound('there is no personality of this user');
  const find = async (userId: string): Promise<Kept | undefined> => (await findKept.run({ userId }, db))[0];

  /** Whose it is. For a name that is not the caller's own, a user is refused before anything is asked. */
  async function userOf(session: Session, username: string): Promise<string> {
    requireOwn(session, username);
    if (username === session.username && session.role === 'user') return session.userId;
    const [user] = await findUser.run({ username }, db);
    if (!user) throw nothing();
    return user.user_id;
  }

  app.openapi(
    createRoute({
      ...common,
      method: 'get',
      summary: 'What is kept of a personality',
      description: 'Never asks a model. Answers 304 to `If-None-Match` when nothing changed.',
      middleware: [requireSession(http)],
      request: { params: usernameParams, headers: conditionHeaders },
      responses: {
        ...responses('What is kept, and how old it is.', success(cacheData), [...GUARDED, 404, 412, 422], cacheHeaders),
        304: { description: 'It is what `If-None-Match` names.', headers: cacheHeaders },
      },
    }),
    async (c) => {
      const { username } = c.req.valid('param');
      const userId = await userOf(c.get('session'), username);
      const kept = await find(userId);
      if (!kept) throw nothing();
      const tag = tagOf(kept);
      const match = conditionOf('If-Match', c.req.header('If-Match'));
      if (Array.isArray(match) && !namesRevision(match, kept)) throw changed(kept);
      describe(c, kept, http.maxAgeSeconds);
      if (namesTag(conditionOf('If-None-Match', c.req.header('If-None-Match')), tag)) return c.body(null, 304);
      return succeed(c, dataOf(username, kept));
    },
  );

  app.openapi(
    createRoute({
      ...common,
      method: 'post',
      summary: 'Analyse, save or adjust a personality',
      description:
        'One of four: `posts` are analysed, unless what is kept is fresh; `analysis` saves one of your own; `tuning` adds adjustments by JSON Pointer (`null` takes one back); `reset` takes all of them back. With `If-Match` nothing is written over what somebody else changed meanwhile.',
      middleware: [requireSession(http), ...requireJson(http)],
      request: { params: usernameParams, headers: conditionHeaders, body: jsonBody(cacheUpdate) },
      responses: responses('What is kept now.', success(cacheData), [...GUARDED, 404, 409, 412, ...WITH_BODY, ...GENERATING], cacheHeaders),
    }),
    async (c) => {
      const { username } = c.req.valid('param');
      const update = c.req.valid('json');
      const userId = await userOf(c.get('session'), username);
      const expected = await expectedOf(c, userId);
      let answer: Answer<Personality> | undefined;
      if ('posts' in update) {
        answer = await unchanged(userId, () => evergreen.personality(userId, { ...update, ...expected, ...patience(http, c) }));
        if (answer.content.revision === null) return succeed(c, unsaved(username, answer));
      } else {
        const { state } = await write(userId, update, expected);
        if (state === 'conflict') throw changed(await find(userId));
      }
      const kept = await find(userId);
      if (!kept) throw nothing();
      describe(c, kept, 0);
      return succeed(c, { ...dataOf(username, kept), outcome: answer?.outcome, reason: answer?.reason });
    },
  );

  async function write(
    userId: string,
    update: { analysis: object } | { tuning: object } | { reset: true },
    expected: Expected,
  ): Promise<{ state: string }> {
    const writing = db.writing;
    let rows: { state: string }[];
    if ('analysis' in update) {
      rows = await savePersonalityCache.run({ userId, analysis: JSON.stringify(update.analysis), ...expected }, writing);
    } else if ('tuning' in update) {
      rows = await savePersonalityTuning.run({ userId, tuning: JSON.stringify(update.tuning), ...expected }, writing);
    } else {
      rows = await resetPersonalityTuning.run({ userId, ...expected }, writing);
    }
    return rows[0] ?? { state: 'conflict' };
  }

  app.openapi(
    createRoute({
      ...common,
      method: 'delete',
      summary: 'Invalidate or delete a personality',
      description:
        'It is analysed anew when posts come next. With `?purge=true` it is deleted, adjustments included. With `If-Match` nothing is done to what somebody else changed meanwhile.',
      middleware: [requireSession(http)],
      request: { params: usernameParams, query: purgeQuery, headers: conditionHeaders },
      responses: responses('Done.', success(invalidated), [...GUARDED, 404, 412, 422]),
    }),
    async (c) => {
      const { username } = c.req.valid('param');
      const userId = await userOf(c.get('session'), username);
      const condition = { userId, ...(await expectedOf(c, userId)) };
      if (c.req.valid('query').purge) {
        const [row] = await unchanged(userId, () => deletePersonalityCache.run(condition, db.writing));
        return succeed(c, { deleted: row?.deleted ?? false });
      }
      const [row] = await unchanged(userId, () => invalidatePersonalityCache.run(condition, db.writing));
      return succeed(c, { invalidated: row?.invalidated ?? false });
    },
  );

  /** What the database refused because something else is there, with what is there. */
  async function unchanged<Result>(userId: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Conflict) throw changed(await find(userId));
      throw error;
    }
  }

  /** What the conditions of a request name. A list is compared with what is there now, and that alone may be written over. */
  async function expectedOf(c: Ctx, userId: string): Promise<Expected> {
    const match = conditionOf('If-Match', c.req.header('If-Match'));
    const noneMatch = conditionOf('If-None-Match', c.req.header('If-None-Match'));
    if (match === undefined && noneMatch === undefined) return {};
    if (match === undefined && noneMatch === '*') return { revision: 0 };
    const only = Array.isArray(match) ? onlyRevision(match) : undefined;
    if (only !== undefined && noneMatch === undefined) return { revision: only };
    const kept = await find(userId);
    if (match !== undefined && (!kept || (match !== '*' && !namesRevision(match, kept)))) throw changed(kept);
    if (kept && (namesTag(noneMatch, tagOf(kept)) || (Array.isArray(noneMatch) && namesRevision(noneMatch, kept)))) throw changed(kept);
    return kept ? { id: kept.id, revision: match === '*' ? undefined : kept.revision } : { revision: 0 };
  }
}

/** 412, with the tag of what is there now. */
function changed(kept: Kept | undefined): Refusal {
  return new Refusal(412, 'PRECONDITION_FAILED', 'it is not what was named', {
    hint: kept ? `It is revision ${kept.revision} now, ${quoted(kept)}: read it again.` : 'There is none.',
    headers: kept && { ETag: quoted(kept) },
  });
}

/**
 * What caches may know. Age counts from the analysis, and max-age with it, so what is left of it is their difference: at most `maxAgeSeconds`, and no more than it
 * stays fresh. Up to there it may be shown while it is asked for again.
 */
function describe(c: Ctx, kept: Kept, maxAgeSeconds: number): void {
  const age = Math.floor(kept.age_ms / 1000);
  const left = kept.fresh_until === null ? ONE_YEAR_S : Math.floor((kept.fresh_until.getTime() - kept.generated_at.getTime()) / 1000) - age;
  const now = Math.min(left, maxAgeSeconds);
  const usable = kept.freshness === 'fresh' && now > 0;
  const then = left > now ? `, stale-while-revalidate=${left - now}` : '';
  c.header('Cache-Control', usable ? `private, max-age=${age + now}${then}` : 'private, no-cache');
  c.header('Age', String(age));
  c.header('ETag', quoted(kept));
  c.header('Last-Modified', kept.updated_at.toUTCString());
  c.header('Vary', 'Authorization, Cookie', { append: true });
}

/** The entity tag as headers have it. */
const quoted = (kept: Kept) => `"${tagOf(kept)}"`;

const freshnessOf = (word: string): CacheData['freshness'] => (word === 'fresh' || word === 'stale' ? word : 'expired');

function dataOf(username: string, kept: Kept): CacheData {
  return {
    username,
    analysis: kept.analysis as Record<string, unknown>,
    tuning: kept.tuning as Record<string, unknown>,
    droppedTuning: kept.dropped_tuning as Record<string, unknown>,
    personality: kept.personality as Record<string, unknown>,
    freshness: freshnessOf(kept.freshness),
    ageMs: kept.age_ms,
    freshUntil: kept.fresh_until?.toISOString() ?? null,
    generatedAt: kept.generated_at.toISOString(),
    updatedAt: kept.updated_at.toISOString(),
    revision: kept.revision,
    etag: quoted(kept),
    version: kept.version,
    isStale: kept.is_stale,
    model: kept.generation_model === 'unknown' ? null : kept.generation_model,
  };
}

/** An answer that is in no table: it is shown, and gone. */
function unsaved(username: string, { content, generatedAt, model, outcome, reason }: Answer<Personality>): CacheData {
  const at = generatedAt.toISOString();
  return {
    username,
    analysis: content.analysis,
    tuning: content.tuning,
    droppedTuning: content.droppedTuning,
    personality: content.personality,
    freshness: 'expired',
    ageMs: Math.max(0, Date.now() - generatedAt.getTime()),
    freshUntil: at,
    generatedAt: at,
    updatedAt: at,
    revision: null,
    etag: null,
    version: content.version,
    isStale: true,
    model,
    outcome,
    reason,
  };
}
