import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger as NestLogger } from 'nestjs-pino';
import type { ApiPorts } from './api-ports';
import { ApiModule } from './api.module';
import { serveDocs } from './docs/openapi';
import { authenticate } from './http/authenticate';
import { API_PREFIX } from './http/api-path';
import { logRequests } from './http/log-requests';
import { measureRequests } from './http/measure-requests';
import { readJsonBody } from './http/read-json-body';
import { securityHeaders } from './http/security-headers';
import { VALIDATE_PATH } from './plans/plan-action.controller';

/** The API, ready to listen: what a process serves, and what tests call. */
export async function createApp(ports: ApiPorts): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.with(ports), {
    bodyParser: false,
    abortOnError: false,
    logger: false,
  });
  app.disable('x-powered-by');
  // Tags of revisions are set by hand; others would only cost time.
  app.set('etag', false);
  app.use(...logRequests(ports.logger), measureRequests(ports.metrics), securityHeaders());
  app.use(API_PREFIX, authenticate(ports.authenticator));
  app.use(readJsonBody({ asText: [VALIDATE_PATH] }));
  serveDocs(app);
  await app.init();
  // Only now: a line for each route is noise.
  app.useLogger(app.get(NestLogger));
  return app;
}
