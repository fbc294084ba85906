import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import { isProbePath, withLogContext, type Logger } from '@orchid/observability';

const REQUEST_ID = /^[\w.:-]{1,128}$/;
const HEADER = 'x-request-id';

/** Names each request - by `X-Request-Id` if the caller gave one -, answers the name and logs the request when it is over. */
export function logRequests(logger: Logger): RequestHandler[] {
  const log = pinoHttp({
    logger,
    genReqId: requestId,
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'warn' : 'info'),
    customSuccessMessage: (request, response) => describe(request, response),
    customErrorMessage: (request, response) => describe(request, response),
    autoLogging: { ignore: ({ url = '' }) => isProbePath(pathOf(url)) || pathOf(url).startsWith('/docs') },
    serializers: { req: () => undefined, res: () => undefined },
  });
  const name: RequestHandler = (request, _response, next) => withLogContext({ request_id: textOf(request.id) }, next);
  return [log, name];
}

function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers[HEADER];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  response.setHeader(HEADER, id);
  return id;
}

/** Without the query: a filter may hold what is nobody else's business. */
function describe(
  { method, url = '', originalUrl = url }: IncomingMessage & { originalUrl?: string },
  { statusCode }: ServerResponse,
): string {
  return `${method ?? ''} ${pathOf(originalUrl)} ${statusCode}`;
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? '';
}

function textOf(id: unknown): string {
  return typeof id === 'string' ? id : '';
}
