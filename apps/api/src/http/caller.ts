import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Identity } from '@orchid/identity';
import type { IdempotentRequest } from '@orchid/persistence';
import type { Request, Response } from 'express';
import { expectedRevision } from './entity-tag';
import './express-request';
import { BadRequest } from './request.errors';

/** Who calls, and the conditions that came with the request. */
export interface Caller extends Identity {
  /** Of `If-Match`. */
  readonly expected: number | undefined;
  /** Of `Idempotency-Key`; null without one. */
  readonly once: IdempotentRequest | null;
  readonly response: Response;
}

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The {@link Caller} of the request. Throws `BadRequest` for conditions that cannot be understood. */
export const FromCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const http = context.switchToHttp();
  const request = http.getRequest<Request>();
  if (request.identity === undefined) throw new Error('the route is outside of what is authenticated');
  const { tenantId, userId, roles } = request.identity;
  const expected = expectedRevision(request.get('if-match'));
  return {
    tenantId,
    userId,
    roles,
    expected,
    once: idempotentRequest(request),
    response: http.getResponse<Response>(),
  };
});

function idempotentRequest(request: Request): IdempotentRequest | null {
  const key = request.get('idempotency-key');
  if (key === undefined || request.method !== 'POST') return null;
  if (!KEY.test(key)) {
    throw new BadRequest('invalid_header', 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
  }
  const requestHash = createHash('sha256')
    .update(request.bodyText ?? '')
    .digest('hex');
  return { methodPath: `POST ${request.originalUrl.split('?')[0] ?? ''}`, key, requestHash };
}
