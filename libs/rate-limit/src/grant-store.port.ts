import type { BucketDemand, Learned } from './rate-limiter.port';

/** What a bucket can give next. */
export interface Outlook {
  /** So many grants at once, as far as it looked ({@link FARTHEST_LOOK}). */
  readonly room: number;
  /** Milliseconds until it is worth trying again; 0 when there is room. */
  readonly waitMs: number;
  /** Firm: nothing is granted sooner. Otherwise a release may end the wait at any moment. */
  readonly firm: boolean;
}

export type TakeOutcome =
  /** One entry of `outlooks` per demand. */
  | { readonly kind: 'taken'; readonly outlooks: readonly Outlook[] }
  | { readonly kind: 'refused'; readonly bucket: string; readonly outlook: Outlook };

export interface TakeRequest {
  readonly grantId: string;
  readonly demands: readonly BucketDemand[];
  readonly leaseMs: number;
}

/** The state of the buckets, shared by everyone who takes from them. It decides; it never waits. */
export interface GrantStore {
  /** Takes from every bucket or from none, atomically. Taking again with the same id takes nothing. Throws `LimiterUnavailable`. */
  take(request: TakeRequest): Promise<TakeOutcome>;
  /** Ends the leases of a grant. */
  giveBack(grantId: string, buckets: readonly string[]): Promise<void>;
  learn(fact: LearnedDelay): Promise<void>;
}

/** {@link Learned} with the closing time as a delay, so that hosts with differing clocks mean the same instant. */
export interface LearnedDelay extends Pick<Learned, 'bucket' | 'limit'> {
  readonly closedForMs?: number;
}

/** While all slots in flight are taken elsewhere, the first in line looks again after this time. */
export const SLOT_RECHECK_MS = 100;
/** A lower limit told by an API is forgotten when it was not repeated for this time. */
export const LEARNED_LIMIT_TTL_MS = 3_600_000;
/** An outlook counts no more free grants than this. */
export const FARTHEST_LOOK = 16;
