import type { Settings } from '@orchid/config';
import type { Clock } from '@orchid/kernel';
import type { Logger, Metrics } from '@orchid/observability';
import type { Database } from '@orchid/persistence';
import type { ExecutionQueue } from '@orchid/queue';

/** What a scheduler process works with, opened once at its start. */
export interface SchedulerPorts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly database: Database;
  readonly queue: ExecutionQueue;
}

/** Nest's token for {@link SchedulerPorts}. */
export const SCHEDULER_PORTS = Symbol('SchedulerPorts');
