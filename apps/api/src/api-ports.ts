import type { Settings } from '@orchid/config';
import type { Authenticator } from '@orchid/identity';
import type { HealthRegistry, Logger, Metrics } from '@orchid/observability';
import type { Database } from '@orchid/persistence';
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
  /** Aborts when the process shuts down: endless answers end then. */
  readonly closing: AbortSignal;
}

/** Nest's token for {@link ApiPorts}. */
export const API_PORTS = Symbol('ApiPorts');
