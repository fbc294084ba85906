import type { Clock } from '@orchid/kernel';
import { MemoryGrantStore } from './memory-grant-store';
import { QueuedRateLimiter } from './queued-rate-limiter';

/** The rate limiter of a single process. */
export class MemoryRateLimiter extends QueuedRateLimiter {
  constructor(clock: Clock) {
    super(new MemoryGrantStore(clock), clock);
  }
}
