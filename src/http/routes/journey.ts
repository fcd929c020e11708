/** Content of a company on its journey, and what people do with it. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import {
  companyRecommendations,
  recordRecommendationFeedback,
  trackRecommendationCompletion,
  trackRecommendationStart,
  updateRecommendationStatus,
} from '../../queries/journey.queries.js';
import type { Env, Http } from '../context.js';
import { succeed } from '../envelope.js';
import { notFound } from '../errors.js';
import { requireJson } from '../limits.js';
import {
  companyParams,
  feedback,
  feedbackBody,
  healthSummary,
  insights,
  insightsQuery,
  presented,
  presentedBody,
  progress,
  recommendationParams,
  recommendations,
  recommendationsQuery,
  refineBody,
  refined,
  statusBody,
  success,
} from '../schemas.js';
import { requireCompany, requireSession } from '../sessions.js';
import { patience, written } from './answers.js';
import { GENERATING, GUARDED, jsonBody, responses, security, WITH_BODY } from './describe.js';

export function addJourneyRoutes(app: OpenAPIHono<Env>, http: Http): void {
  const { evergreen, db } = http;
  const common = { tags: ['journey'], security };
  const reading = [requireSession(http)];
  const writing = [requireSession(http), ...requireJson(http)];

  /** Those of these ids that are recommendations of the company. */
  const ofCompany = async (companyId: string, ids: string[]) =>
    (await companyRecommendations.run({ companyId, ids }, db)).map(({ id }) => id);
  async function requireRecommendation(companyId: string, id: string): Promise<void> {
    if ((await ofCompany(companyId, [id])).length === 0) throw notFound('the company has no such recommendation');
  }

  app.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/api/recommendations/{companyId}',
      summary: 'What a company should do next',
      middleware: reading,
      request: { params: companyParams, query: recommendationsQuery },
      responses: responses('Recommendations, the most important first.', success(recommendations), [...GUARDED, 404, 422, ...GENERATING]),
    }),
    async (c) => {
      const { companyId } = c.req.valid('param');
      const { userId } = requireCompany(c.get('session'), companyId);
      const answer = await evergreen.recommendations({ companyId, userId, limit: c.req.valid('query').limit, ...patience(http, c) });
      return succeed(c, written(answer));
    },
  );

  app.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/api/insights/{companyId}',
      summary: 'What peers would say',
      description: 'About the company, one of its domains, or one step.',
      middleware: reading,
      request: { params: companyParams, query: insightsQuery },
      responses: responses('Insights, the most relevant first.', success(insights), [...GUARDED, 404, 422, ...GENERATING]),
    }),
    async (c) => {
      const { companyId } = c.req.valid('param');
      const { userId } = requireCompany(c.get('session'), companyId);
      const answer = await evergreen.insights({ companyId, userId, ...c.req.valid('query'), ...patience(http, c) });
      return succeed(c, written(answer));
    },
  );

  app.openapi(
    createRoute({
      ...common,
      method: 'get',
      path: '/api/health-summary/{companyId}',
      summary: 'How healthy the business is',
      middleware: reading,
      request: { params: companyParams },
      responses: responses('The summary.', success(healthSummary), [...GUARDED, 404, 422, ...GENERATING]),
    }),
    async (c) => {
      const { companyId } = c.req.valid('param');
      const { userId } = requireCompany(c.get('session'), companyId);
      return succeed(c, written(await evergreen.healthSummary({ companyId, userId, ...patience(http, c) })));
    },
  );

  app.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/api/recommendations/{companyId}/presented',
      summary: 'Somebody saw these',
      description: 'Counted in batches; an id that is not of this company is passed over.',
      middleware: writing,
      request: { params: companyParams, body: jsonBody(presentedBody) },
      responses: responses('Counted.', success(presented), [...GUARDED, ...WITH_BODY]),
    }),
    async (c) => {
      const { companyId } = c.req.valid('param');
      requireCompany(c.get('session'), companyId);
      const ids = await ofCompany(companyId, c.req.valid('json').ids);
      if (ids.length > 0) evergreen.markPresented(ids);
      return succeed(c, { presented: ids.length });
    },
  );

  app.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/api/recommendations/{companyId}/{recommendationId}/status',
      summary: 'Somebody started, completed or dismissed one',
      description: 'The first time counts. Completing one that was not started starts it too; dismissed ones are shown no more.',
      middleware: writing,
      request: { params: recommendationParams, body: jsonBody(statusBody) },
      responses: responses('Noted.', success(progress), [...GUARDED, 404, 409, ...WITH_BODY]),
    }),
    async (c) => {
      const { companyId, recommendationId } = c.req.valid('param');
      requireCompany(c.get('session'), companyId);
      await requireRecommendation(companyId, recommendationId);
      const { status } = c.req.valid('json');
      if (status === 'started') await trackRecommendationStart.run({ recommendationId }, db.writing);
      else if (status === 'completed') await trackRecommendationCompletion.run({ recommendationId }, db.writing);
      else await updateRecommendationStatus.run({ recommendationId, newStatus: 'stale' }, db.writing);
      return succeed(c, { id: recommendationId, status });
    },
  );

  app.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/api/recommendations/{companyId}/{recommendationId}/feedback',
      summary: 'What somebody says of one',
      description: 'Replaces what was said before of the same; the next prompt shows it to the model.',
      middleware: writing,
      request: { params: recommendationParams, body: jsonBody(feedbackBody) },
      responses: responses('Noted.', success(feedback), [...GUARDED, 404, ...WITH_BODY]),
    }),
    async (c) => {
      const { companyId, recommendationId } = c.req.valid('param');
      requireCompany(c.get('session'), companyId);
      await requireRecommendation(companyId, recommendationId);
      const said = JSON.stringify(c.req.valid('json'));
      const [kept] = await recordRecommendationFeedback.run({ recommendationId, feedback: said }, db.writing);
      return succeed(c, { id: recommendationId, feedback: kept?.feedback as Record<string, unknown> });
    },
  );

  app.openapi(
    createRoute({
      ...common,
      method: 'post',
      path: '/api/recommendations/{companyId}/{recommendationId}/refine',
      summary: 'Have one improved',
      description: 'Another revision, changed as instructed; the earlier ones are kept.',
      middleware: writing,
      request: { params: recommendationParams, body: jsonBody(refineBody) },
      responses: responses('The new revision.', success(refined), [...GUARDED, 404, 409, ...WITH_BODY, ...GENERATING]),
    }),
    async (c) => {
      const { companyId, recommendationId: id } = c.req.valid('param');
      const { userId } = requireCompany(c.get('session'), companyId);
      await requireRecommendation(companyId, id);
      return succeed(c, written(await evergreen.refine({ id, userId, ...c.req.valid('json'), ...patience(http, c) })));
    },
  );
}
