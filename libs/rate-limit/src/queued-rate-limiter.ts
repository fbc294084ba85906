import type { Clock } from '@orchid/kernel';
import { Alarm } from './alarm';
import { type GrantStore, LEARNED_LIMIT_TTL_MS, type TakeOutcome } from './grant-store.port';
import { LocalBucket } from './local-bucket';
import type { AcquireOutcome, AcquireRequest, BucketDemand, Learned, RateLimiter } from './rate-limiter.port';
import { Waiter } from './waiter';

/** Deadlines closer together than this are looked at together, in milliseconds. */
const DEADLINE_STEP_MS = 5;
const SWEEP_ABOVE = 1_000;
const RETELL_LIMIT_AFTER_MS = LEARNED_LIMIT_TTL_MS / 6;

/**
 * Waits on behalf of everyone in this process: one line and one timer per bucket, and an attempt on the store
 * only when it can be expected to succeed. The store alone decides what is granted.
 */
export class QueuedRateLimiter implements RateLimiter {
  private readonly buckets = new Map<string, LocalBucket>();
  private readonly waiting = new Set<Waiter>();
  private readonly toldLimits = new Map<string, { readonly limit: number; readonly at: number }>();
  private readonly deadlines: Alarm;
  private arrivals = 0;

  constructor(
    private readonly store: GrantStore,
    private readonly clock: Clock,
  ) {
    this.deadlines = new Alarm(clock, () => this.deferOverdue());
  }

  async acquire(request: AcquireRequest): Promise<AcquireOutcome> {
    request.signal?.throwIfAborted();
    if (request.demands.length === 0) return { kind: 'granted', waitedMs: 0 };
    this.arrivals += 1;
    const waiter = new Waiter(request, this.arrivals, this.clock.now());
    const onAbort = (): void => this.abort(waiter);
    request.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      this.admit(waiter);
      return await waiter.outcome;
    } finally {
      request.signal?.removeEventListener('abort', onAbort);
      this.forget(waiter);
    }
  }

  /** Never fails: a slot that could not be given back returns when its lease ends. */
  async release(grantId: string, demands: readonly BucketDemand[]): Promise<void> {
    const names = demands.filter((demand) => demand.maxConcurrent !== undefined).map((demand) => demand.bucket);
    if (names.length === 0) return;
    await this.store.giveBack(grantId, names).catch(() => undefined);
    for (const name of names) {
      const bucket = this.buckets.get(name);
      bucket?.slotReturned();
      if (bucket !== undefined) this.advance(bucket);
    }
  }

  /** Never fails: what could not be shared still holds in this process. */
  async learn(facts: readonly Learned[]): Promise<void> {
    await Promise.all(facts.map((fact) => this.learnOne(fact)));
  }

  private async learnOne({ bucket, limit, closedUntil }: Learned): Promise<void> {
    const closedForMs = closedUntil === undefined ? 0 : closedUntil - this.clock.now();
    const isClosing = closedForMs > 0;
    if (isClosing) this.bucket(bucket).close(this.clock.now() + closedForMs);
    const newLimit = limit !== undefined && limit >= 1 && this.isNews(bucket, limit) ? limit : undefined;
    if (!isClosing && newLimit === undefined) return;
    const told = { bucket, ...(isClosing && { closedForMs }), ...(newLimit !== undefined && { limit: newLimit }) };
    await this.store.learn(told).catch(() => this.toldLimits.delete(bucket));
  }

  private isNews(bucket: string, limit: number): boolean {
    const told = this.toldLimits.get(bucket);
    const now = this.clock.now();
    if (told?.limit === limit && now - told.at < RETELL_LIMIT_AFTER_MS) return false;
    if (this.toldLimits.size > SWEEP_ABOVE) this.toldLimits.clear();
    this.toldLimits.set(bucket, { limit, at: now });
    return true;
  }

  /** Tries a newcomer at once, unless somebody is before it or trying is known to be useless. */
  private admit(waiter: Waiter): void {
    const buckets = this.bucketsOf(waiter);
    const obstacle = buckets.find((bucket) => !bucket.ready || !bucket.line.empty);
    if (obstacle === undefined) void this.attempt(waiter);
    else this.wait(waiter, obstacle);
  }

  private wait(waiter: Waiter, bucket: LocalBucket): void {
    if (bucket.isClosedBeyond(waiter.deadline)) {
      this.defer(waiter, bucket);
      return;
    }
    waiter.joins(bucket);
    this.waiting.add(waiter);
    this.deadlines.setNoLaterThan(waiter.deadline);
    bucket.arm();
  }

  private async attempt(waiter: Waiter): Promise<void> {
    const buckets = this.bucketsOf(waiter);
    waiter.leftLine();
    for (const bucket of buckets) bucket.attemptStarted();
    try {
      const outcome = await this.store.take(waiter.request);
      for (const bucket of buckets) bucket.attemptEnded();
      this.decide(waiter, buckets, outcome);
    } catch (error) {
      for (const bucket of buckets) bucket.attemptEnded();
      this.fail(waiter, buckets, error);
    }
    for (const bucket of buckets) this.advance(bucket);
  }

  private decide(waiter: Waiter, buckets: readonly LocalBucket[], outcome: TakeOutcome): void {
    if (outcome.kind === 'taken') {
      for (const [index, outlook] of outcome.outlooks.entries()) buckets[index]?.granted(outlook);
      if (waiter.settled) void this.release(waiter.request.grantId, waiter.request.demands);
      else waiter.settle({ kind: 'granted', waitedMs: this.clock.now() - waiter.startedAt });
      return;
    }
    const bucket = this.bucket(outcome.bucket);
    bucket.refused(outcome.outlook);
    if (waiter.settled) return;
    if (waiter.deadline <= this.clock.now()) this.defer(waiter, bucket);
    else this.wait(waiter, bucket);
  }

  /** What one could not reach nobody in the same lines can. */
  private fail(waiter: Waiter, buckets: readonly LocalBucket[], error: unknown): void {
    waiter.reject(error);
    for (const bucket of buckets) for (const other of bucket.line.clear()) other.reject(error);
  }

  /** Tries those in line, the first first, as long as the bucket may have something to give. */
  private advance(bucket: LocalBucket): void {
    while (bucket.ready) {
      const waiter = bucket.line.shift();
      if (waiter === undefined) break;
      waiter.leftLine();
      const obstacle = this.bucketsOf(waiter).find((other) => other !== bucket && !mayPass(waiter, other));
      if (obstacle === undefined) void this.attempt(waiter);
      else this.wait(waiter, obstacle);
    }
    bucket.arm();
  }

  private defer(waiter: Waiter, bucket: LocalBucket, until = bucket.earliestFor(waiter)): void {
    waiter.settle({ kind: 'deferred', until, bucket: bucket.name });
  }

  private deferOverdue(): void {
    const now = this.clock.now();
    const overdue: (() => void)[] = [];
    let earliest = Infinity;
    for (const waiter of this.waiting) {
      const place = waiter.standsIn;
      // One that is being tried is decided by the outcome.
      if (place === null) continue;
      if (waiter.deadline > now) earliest = Math.min(earliest, waiter.deadline);
      else {
        const bucket = this.bucket(place.name);
        // Reckoned while all of them still stand in line: otherwise everybody would seem to be the first.
        const until = bucket.earliestFor(waiter);
        overdue.push(() => this.defer(waiter, bucket, until));
      }
    }
    for (const leave of overdue) leave();
    if (earliest < Infinity) this.deadlines.setNoLaterThan(Math.max(earliest, now + DEADLINE_STEP_MS));
  }

  private abort(waiter: Waiter): void {
    waiter.reject(waiter.request.signal?.reason ?? new Error('aborted'));
  }

  private forget(waiter: Waiter): void {
    if (!this.waiting.delete(waiter)) return;
    if (this.waiting.size === 0) this.deadlines.cancel();
    for (const bucket of this.bucketsOf(waiter)) bucket.arm();
  }

  private bucketsOf(waiter: Waiter): LocalBucket[] {
    return waiter.request.demands.map((demand) => this.bucket(demand.bucket));
  }

  private bucket(name: string): LocalBucket {
    const known = this.buckets.get(name);
    if (known !== undefined) return known;
    if (this.buckets.size >= SWEEP_ABOVE) this.sweep();
    const bucket = new LocalBucket(name, this.clock, (opened) => this.advance(opened));
    this.buckets.set(name, bucket);
    return bucket;
  }

  private sweep(): void {
    for (const [name, bucket] of this.buckets) if (bucket.idle) this.buckets.delete(name);
  }
}

function mayPass(waiter: Waiter, bucket: LocalBucket): boolean {
  return bucket.ready && bucket.line.isBehind(waiter, waiter.priorityIn(bucket));
}
