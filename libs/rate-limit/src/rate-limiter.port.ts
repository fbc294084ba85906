/** One bucket a request must take from, with the numbers in force. */
export interface BucketDemand {
  /** Identity across plans, workers and hosts: scope, tenant, integration, config or endpoint, and name. */
  readonly bucket: string;
  /** At most `requests` grants in any `windowMs`. Absent: no such limit. */
  readonly requests?: number;
  readonly windowMs?: number;
  /** At most so many requests in flight. Absent: no such limit. */
  readonly maxConcurrent?: number;
  readonly priority: number;
}

export interface AcquireRequest {
  /** Identifies the grant: asking again with the same id, after a lost answer, takes nothing twice. */
  readonly grantId: string;
  readonly demands: readonly BucketDemand[];
  /** How long to wait here, in milliseconds, before answering `deferred`. */
  readonly maxWaitMs: number;
  /** After this time without release, in milliseconds, a slot in flight comes back by itself. */
  readonly leaseMs: number;
  readonly signal?: AbortSignal;
}

export type AcquireOutcome =
  | { readonly kind: 'granted'; readonly waitedMs: number }
  /** Nothing was taken; `until` (milliseconds since the epoch) is the earliest time it could succeed. */
  | { readonly kind: 'deferred'; readonly until: number; readonly bucket: string };

/** What an answer said about a bucket. Times in milliseconds since the epoch. */
export interface Learned {
  readonly bucket: string;
  readonly limit?: number;
  /** Nothing is granted before this time. */
  readonly closedUntil?: number;
}

export interface RateLimiter {
  /** Takes from all buckets or from none. Throws `LimiterUnavailable` when the shared state cannot be reached: then nothing may be sent. */
  acquire(request: AcquireRequest): Promise<AcquireOutcome>;
  /** Gives back the slots in flight of a grant. Idempotent. */
  release(grantId: string, demands: readonly BucketDemand[]): Promise<void>;
  learn(facts: readonly Learned[]): Promise<void>;
}
