import type { AuthToken } from '@orchid/auth';
import type { Scope } from '@orchid/expression';
import type { HttpClient } from '@orchid/http-client';
import type { Clock } from '@orchid/kernel';
import type { Publisher } from '@orchid/messaging';
import type { CheckpointStore } from './checkpoint-store.port';
import type { ExecutionObserver } from './execution-observer.port';

/** Everything outside the engine that an execution needs. */
export interface EnginePorts {
  readonly http: HttpClient;
  readonly publisher: Publisher;
  readonly checkpoints: CheckpointStore;
  readonly auth: AuthPort;
  readonly quota: Quota;
  readonly clock: Clock;
  readonly observer: ExecutionObserver;
  /** A number in [0, 1) for jitter. */
  readonly random: () => number;
  /** W3C ids of the span in which the code runs, when tracing is on. */
  readonly traceIds: () => { readonly traceId: string; readonly spanId: string } | null;
}

/** The auth flows of the execution's integration. */
export interface AuthPort {
  get(flow: string, signal: AbortSignal): Promise<AuthToken>;
  reject(flow: string, token: AuthToken): Promise<void>;
  /** The integration's only flow; null when it has none or several. */
  readonly only: string | null;
  /** The name of a flow by its id; null when unknown. */
  nameOf(id: string): string | null;
}

export interface QuotaRequest {
  readonly grantId: string;
  readonly method: string;
  readonly url: string;
  /** The url template as written, which names the endpoint for `per_endpoint` limits. */
  readonly template: string;
  readonly stepId: string;
  readonly maxWaitMs: number;
  readonly leaseMs: number;
  readonly signal: AbortSignal;
}

/** `exceeded` says what the limit wants when the wait is longer than its `max_wait_seconds`; null while it is not. */
export type QuotaOutcome =
  | { readonly kind: 'granted'; readonly waitedMs: number; readonly grant: QuotaGrant }
  | {
      readonly kind: 'deferred';
      readonly until: number;
      readonly limit: string;
      readonly exceeded: 'park' | 'fail' | null;
    };

export interface QuotaGrant {
  /** Reads the answer's limit headers; returns until when the API wants nothing more (milliseconds since the epoch), or null. */
  learn(answer: Scope): Promise<number | null>;
  release(): Promise<void>;
}

/** Permission to send, from every limit of the plan that matches a request. */
export interface Quota {
  acquire(request: QuotaRequest): Promise<QuotaOutcome>;
}
