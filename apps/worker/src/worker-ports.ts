import type { TokenCache } from '@orchid/auth';
import type { Settings } from '@orchid/config';
import type { HttpClient } from '@orchid/http-client';
import type { Clock } from '@orchid/kernel';
import type { Publisher } from '@orchid/messaging';
import type { Logger, Metrics } from '@orchid/observability';
import type { Database } from '@orchid/persistence';
import type { ExecutionQueue } from '@orchid/queue';
import type { RateLimiter } from '@orchid/rate-limit';

/** What a worker process works with, opened once at its start. */
export interface WorkerPorts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly database: Database;
  readonly publisher: Publisher;
  readonly http: HttpClient;
  readonly limiter: RateLimiter;
  readonly tokens: TokenCache;
  readonly queue: ExecutionQueue;
  /** Names this process in the executions it owns. */
  readonly owner: string;
}

/** Nest's token for {@link WorkerPorts}. */
export const WORKER_PORTS = Symbol('WorkerPorts');
