import { OrchidError } from '@orchid/kernel';

/** Redis could not be reached, or refused the command. What was to be enqueued is in PostgreSQL and is found there later. */
export class QueueUnavailable extends OrchidError {
  constructor(cause: unknown) {
    super('the queue cannot be reached: Redis does not answer', {
      code: 'queue_unavailable',
      type: 'transient',
      retry: 'backoff',
      cause,
    });
  }
}

/** Redis may evict keys when memory runs out, and would lose jobs and limits. */
export class RedisMayEvict extends OrchidError {
  constructor(policy: string) {
    super(`Redis runs with maxmemory-policy ${policy} and may drop jobs: set it to noeviction`, {
      code: 'redis_may_evict',
      type: 'config',
      details: { policy },
    });
  }
}
