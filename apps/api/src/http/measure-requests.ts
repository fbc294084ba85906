import type { RequestHandler } from 'express';
import { statusClass, type Metrics } from '@orchid/observability';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type Method = (typeof METHODS)[number];

/** Counts and times each request by the pattern of its route, never by its path. */
export function measureRequests({ httpRequests, httpDuration }: Metrics): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    response.once('close', () => {
      const { path = 'none' } = (request.route ?? {}) as { readonly path?: unknown };
      const route = typeof path === 'string' ? path : 'none';
      const status = response.writableFinished ? response.statusCode : null;
      httpRequests.inc({ method: methodOf(request.method), route, status_class: statusClass(status) });
      httpDuration.observe({ route }, (performance.now() - began) / 1_000);
    });
    next();
  };
}

function methodOf(method: string): Method {
  return METHODS.find((each) => each === method) ?? 'OPTIONS';
}
