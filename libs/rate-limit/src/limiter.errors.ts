import { OrchidError } from '@orchid/kernel';

/** The shared state of the buckets cannot be reached: nothing may be sent. */
export class LimiterUnavailable extends OrchidError {
  constructor(cause: unknown) {
    super('the rate limiter cannot reach its shared state; nothing is sent meanwhile', {
      code: 'limiter_unavailable',
      type: 'transient',
      retry: 'backoff',
      cause,
    });
  }
}

/** A limit's number, computed from the config, is not usable. */
export class InvalidLimit extends OrchidError {
  constructor(limit: string, field: string, source: string) {
    super(`rate limit "${limit}": ${field} (${source}) must be a positive number for this config`, {
      code: 'invalid_rate_limit',
      type: 'config',
      details: { limit, field, expression: source },
    });
  }
}
