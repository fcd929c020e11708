/** The OpenAPI 3.1 document of the routes. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from './context.js';
import { COOKIE } from './sessions.js';

export function documentOf(app: OpenAPIHono<Env>) {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of a session.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: COOKIE,
    description: 'The same token, set by POST /api/session. What changes something must come from a page of the same origin.',
  });
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'pg-evergreen',
      version: '1',
      description: 'Content that an AI generated, kept fresh by PostgreSQL. Every body is an envelope: success, data or error, metadata.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'session', description: 'Signing in and out.' },
      { name: 'personality', description: 'The personality of a user, as analysed and as tuned.' },
      { name: 'journey', description: 'Content of a company on its journey.' },
      { name: 'clusters', description: 'Items in groups, and the goals of such groups.' },
      { name: 'service', description: 'The server itself.' },
    ],
  });
}
