import type { RequestHandler } from 'express';
import type { Authenticator } from '@orchid/identity';
import { withLogContext } from '@orchid/observability';
import './express-request';

/** Finds out who calls before anything of the request is read; log lines carry the tenant from here on. */
export function authenticate(authenticator: Authenticator): RequestHandler {
  return (request, _response, next) => {
    authenticator.authenticate(request.headers).then((identity) => {
      request.identity = identity;
      withLogContext({ tenant_id: identity.tenantId }, next);
    }, next);
  };
}
