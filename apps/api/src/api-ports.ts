import type { Settings } from '@orchid/config';
import type { TokenCache } from '@orchid/auth';
import type { HttpClient } from '@orchid/http-client';
import type { Authenticator } from '@orchid/identity';
import type { HealthRegistry, Logger, Metrics } from '@orchid/observability';
import type { Database } from '@orchid/persistence';
import type { RateLimiter } from '@orchid/rate-limit';
import type { ExecutionQueue } from './executions/execution-queue.port';

/** What an API process works with, opened once at its start. */
export interface ApiPorts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly database: Database;
  readonly queue: ExecutionQueue;
  readonly authenticator: Authenticator;
  /** What previews call APIs with, under the same limits and tokens as the workers. */
  readonly outbound: {
    readonly http: HttpClient;
    readonly limiter: RateLimiter;
    readonly tokens: TokenCache;
  };
  /** Aborts when the process shuts down: endless answers end then. */
  readonly closing: AbortSignal;
}

/** Nest's token for {@link ApiPorts}. */
export const API_PORTS = Symbol('ApiPorts');
