import type { Clock } from '@orchid/kernel';
import type { Redis } from 'ioredis';
import { QueuedRateLimiter } from './queued-rate-limiter';
import { RedisGrantStore } from './redis-grant-store';

export interface RedisRateLimiterOptions {
  /** Put in front of every key. */
  readonly keyPrefix: string;
  readonly clock: Clock;
}

/** The rate limiter of many workers: buckets in Redis, on its clock; lines in each process. */
export class RedisRateLimiter extends QueuedRateLimiter {
  constructor(redis: Redis, { keyPrefix, clock }: RedisRateLimiterOptions) {
    super(new RedisGrantStore(redis, keyPrefix), clock);
  }
}
