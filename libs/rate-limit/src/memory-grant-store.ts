import type { Clock } from '@orchid/kernel';
import { GrantLog } from './grant-log';
import {
  FARTHEST_LOOK,
  type GrantStore,
  LEARNED_LIMIT_TTL_MS,
  type LearnedDelay,
  type Outlook,
  SLOT_RECHECK_MS,
  type TakeOutcome,
  type TakeRequest,
} from './grant-store.port';
import type { BucketDemand } from './rate-limiter.port';

const REMEMBERED_GRANTS = 10_000;
/** Of a grant that was taken before, nothing is known but that trying another costs little. */
const UNKNOWN: Outlook = { room: 1, waitMs: 0, firm: true };

type Refusal = Extract<TakeOutcome, { kind: 'refused' }>;

interface Bucket {
  readonly log: GrantLog;
  /** When the lease of each grant in flight ends. */
  readonly leases: Map<string, number>;
  closedUntil: number;
  learned: { readonly limit: number; readonly until: number } | null;
}

/** Buckets of one process: for embedded use and for tests. */
export class MemoryGrantStore implements GrantStore {
  private readonly buckets = new Map<string, Bucket>();
  private readonly granted = new Set<string>();

  constructor(private readonly clock: Clock) {}

  take({ grantId, demands, leaseMs }: TakeRequest): Promise<TakeOutcome> {
    if (this.granted.has(grantId)) return Promise.resolve({ kind: 'taken', outlooks: demands.map(() => UNKNOWN) });
    const refusal = this.refusal(demands);
    if (refusal !== null) return Promise.resolve(refusal);
    for (const demand of demands) this.takeFrom(demand, grantId, leaseMs);
    this.remember(grantId);
    return Promise.resolve({ kind: 'taken', outlooks: demands.map((demand) => this.outlook(demand)) });
  }

  giveBack(grantId: string, buckets: readonly string[]): Promise<void> {
    for (const name of buckets) this.buckets.get(name)?.leases.delete(grantId);
    return Promise.resolve();
  }

  learn({ bucket: name, limit, closedForMs }: LearnedDelay): Promise<void> {
    const bucket = this.bucket(name);
    const now = this.clock.now();
    if (closedForMs !== undefined) bucket.closedUntil = Math.max(bucket.closedUntil, now + closedForMs);
    if (limit !== undefined) bucket.learned = { limit, until: now + LEARNED_LIMIT_TTL_MS };
    return Promise.resolve();
  }

  /** The demand that has to wait longest, if any. */
  private refusal(demands: readonly BucketDemand[]): Refusal | null {
    let longest: Refusal | null = null;
    for (const demand of demands) {
      const outlook = this.outlook(demand);
      if (outlook.waitMs > (longest?.outlook.waitMs ?? 0))
        longest = { kind: 'refused', bucket: demand.bucket, outlook };
    }
    return longest;
  }

  private outlook(demand: BucketDemand): Outlook {
    const bucket = this.bucket(demand.bucket);
    const now = this.clock.now();
    const opensAt = Math.max(bucket.closedUntil, windowOpensAt(1, demand, bucket, now));
    if (opensAt > now) return { room: 0, waitMs: opensAt - now, firm: true };
    const slots = freeSlots(demand, bucket, now);
    if (slots <= 0) {
      const leaseEnds = Math.min(...bucket.leases.values()) - now;
      return { room: 0, waitMs: Math.min(SLOT_RECHECK_MS, leaseEnds), firm: false };
    }
    let room = Math.min(slots, FARTHEST_LOOK);
    while (room > 1 && windowOpensAt(room, demand, bucket, now) > now) room -= 1;
    return { room, waitMs: 0, firm: true };
  }

  private takeFrom(demand: BucketDemand, grantId: string, leaseMs: number): void {
    const bucket = this.bucket(demand.bucket);
    const now = this.clock.now();
    if (demand.windowMs !== undefined) {
      bucket.log.dropBefore(now - demand.windowMs);
      bucket.log.add(now);
    }
    if (demand.maxConcurrent !== undefined) bucket.leases.set(grantId, now + leaseMs);
  }

  private remember(grantId: string): void {
    this.granted.add(grantId);
    if (this.granted.size <= REMEMBERED_GRANTS) return;
    for (const oldest of this.granted) {
      this.granted.delete(oldest);
      break;
    }
  }

  private bucket(name: string): Bucket {
    const known = this.buckets.get(name);
    if (known !== undefined) return known;
    const bucket = { log: new GrantLog(), leases: new Map<string, number>(), closedUntil: 0, learned: null };
    this.buckets.set(name, bucket);
    return bucket;
  }
}

function windowOpensAt(count: number, demand: BucketDemand, bucket: Bucket, now: number): number {
  if (demand.requests === undefined || demand.windowMs === undefined) return 0;
  const learned = bucket.learned !== null && bucket.learned.until > now ? bucket.learned.limit : Infinity;
  return bucket.log.opensAt(count, Math.min(demand.requests, learned), demand.windowMs);
}

function freeSlots({ maxConcurrent }: BucketDemand, { leases }: Bucket, now: number): number {
  if (maxConcurrent === undefined) return Infinity;
  if (leases.size < maxConcurrent) return maxConcurrent - leases.size;
  for (const [grantId, until] of leases) if (until <= now) leases.delete(grantId);
  return maxConcurrent - leases.size;
}
