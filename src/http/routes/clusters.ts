/** Items in groups, and the goals of such groups. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { Forbidden, NotFound } from '../../errors.js';
import type { Env, Http, Session } from '../context.js';
import { succeed } from '../envelope.js';
import { notFound } from '../errors.js';
import { requireJson } from '../limits.js';
import { cluster, clusterBody, clusterGoals, clusterGoalsBody, success } from '../schemas.js';
import { requireCompany, requireSession } from '../sessions.js';
import { patience, written } from './answers.js';
import { GENERATING, GUARDED, jsonBody, responses, security, WITH_BODY } from './describe.js';

export function addClusterRoutes(app: OpenAPIHono<Env>, http: Http): void {
  const { evergreen } = http;
  const common = { method: 'post' as const, tags: ['clusters'], security, middleware: [requireSession(http), ...requireJson(http)] };

  app.openapi(
    createRoute({
      ...common,
      path: '/api/cluster',
      summary: 'Sort items into groups',
      description: 'The same items again are answered from what is kept, for the same user or company.',
      request: { body: jsonBody(clusterBody) },
      responses: responses('The groups.', success(cluster), [...GUARDED, ...WITH_BODY, ...GENERATING]),
    }),
    async (c) => {
      const { input, similar, companyId } = c.req.valid('json');
      const owner = ownerOf(c.get('session'), companyId);
      return succeed(c, written(await evergreen.cluster(input, { ...owner, similar, ...patience(http, c) })));
    },
  );

  app.openapi(
    createRoute({
      ...common,
      path: '/api/cluster-goals',
      summary: 'The goals of groups',
      description: 'Asked with the company that the groups were asked with, or without one when they were.',
      request: { body: jsonBody(clusterGoalsBody) },
      responses: responses('The goals.', success(clusterGoals), [...GUARDED, 404, ...WITH_BODY, ...GENERATING]),
    }),
    async (c) => {
      const { clusterId, companyId } = c.req.valid('json');
      const owner = ownerOf(c.get('session'), companyId);
      try {
        return succeed(c, written(await evergreen.clusterGoals(clusterId, { ...owner, ...patience(http, c) })));
      } catch (error) {
        // Somebody else's and none at all look the same.
        if (error instanceof Forbidden || error instanceof NotFound) throw notFound('there is no such cluster');
        throw error;
      }
    },
  );
}

/** What is generated for a company belongs to the company, other things to the one who asks. */
function ownerOf(session: Session, companyId: string | undefined): { companyId: string } | { userId: string } {
  if (companyId === undefined) return { userId: session.userId };
  requireCompany(session, companyId);
  return { companyId };
}
