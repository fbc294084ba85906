import type { Expression } from '@orchid/expression';
import type { JsonObject } from '@orchid/kernel';
import type { CompiledLimit } from '@orchid/plan';
import { InvalidLimit } from './limiter.errors';
import type { BucketDemand } from './rate-limiter.port';

/** What a request looks like to a limit. */
export interface LimitedRequest {
  readonly method: string;
  /** The path as sent. */
  readonly path: string;
  readonly stepId: string;
  /** The path as the plan writes it, before its islands are filled in: what `per_endpoint` counts by. */
  readonly pathTemplate: string;
}

/** Whose quota it is. */
export interface LimitIdentity {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly configId: string;
  /** The config's values, for limits that are expressions. */
  readonly config: JsonObject;
}

/** A demand together with the limit it comes from: how long to wait, and what to learn from. */
export interface LimitDemand extends BucketDemand {
  readonly limit: CompiledLimit;
}

/** The buckets a request must take from: one for each limit that matches it. Throws {@link InvalidLimit}. */
export function demandsFor(
  limits: readonly CompiledLimit[],
  request: LimitedRequest,
  identity: LimitIdentity,
): LimitDemand[] {
  const demands = new Map<string, LimitDemand>();
  for (const limit of limits) {
    if (!limit.matches(request)) continue;
    const bucket = bucketOf(limit, request, identity);
    if (!demands.has(bucket)) demands.set(bucket, { bucket, ...numbersOf(limit, identity), limit });
  }
  return [...demands.values()];
}

/** The braces make one Redis Cluster slot of all buckets of a tenant's integration. */
function bucketOf(limit: CompiledLimit, request: LimitedRequest, identity: LimitIdentity): string {
  const owner = `{${identity.tenantId}/${identity.integrationId}}`;
  const name = encodeURIComponent(limit.name);
  switch (limit.scope) {
    case 'global':
      return `${owner}:global:${name}`;
    case 'per_config':
      return `${owner}:config:${identity.configId}:${name}`;
    case 'per_endpoint':
      return `${owner}:endpoint:${request.method}:${encodeURIComponent(request.pathTemplate)}:${name}`;
  }
}

function numbersOf(limit: CompiledLimit, { config }: LimitIdentity): Omit<BucketDemand, 'bucket'> {
  const number = (field: string, value: Expression | number | null): number | null =>
    value === null ? null : positive(limit.name, field, value, config);
  const requests = number('requests', limit.requests);
  const windowSecs = number('window_secs', limit.windowSecs);
  const maxConcurrent = number('max_concurrent', limit.maxConcurrent);
  return {
    ...(requests !== null &&
      windowSecs !== null && { requests: whole(requests), windowMs: Math.ceil(windowSecs * 1000) }),
    ...(maxConcurrent !== null && { maxConcurrent: whole(maxConcurrent) }),
    priority: limit.priority,
  };
}

function positive(limit: string, field: string, value: Expression | number, config: JsonObject): number {
  const result = typeof value === 'number' ? value : value.evaluate({ config });
  const number = typeof result === 'string' && result.trim() !== '' ? Number(result) : result;
  if (typeof number === 'number' && Number.isFinite(number) && number > 0) return number;
  throw new InvalidLimit(limit, field, typeof value === 'number' ? String(value) : value.source);
}

function whole(number: number): number {
  return Math.max(1, Math.floor(number));
}
