import fc from 'fast-check';
import type { GrantStore, TakeOutcome, TakeRequest } from './grant-store.port';
import { LimiterUnavailable } from './limiter.errors';
import { MemoryGrantStore } from './memory-grant-store';
import { QueuedRateLimiter } from './queued-rate-limiter';
import { describeRateLimiterContract } from './rate-limiter.contract';
import type { AcquireOutcome, BucketDemand } from './rate-limiter.port';
import { SteppedClock } from './stepped-clock';

describeRateLimiterContract('MemoryRateLimiter', () => {
  const clock = new SteppedClock();
  const store = new MemoryGrantStore(clock);
  return Promise.resolve({
    limiter: () => new QueuedRateLimiter(store, clock),
    now: () => clock.now(),
    run: (promise) => clock.run(promise),
    close: () => Promise.resolve(),
  });
});

/** Records the instant of every grant and counts the attempts. */
class LedgerStore implements GrantStore {
  attempts = 0;
  readonly grants: { readonly at: number; readonly request: TakeRequest }[] = [];

  constructor(
    private readonly clock: SteppedClock,
    private readonly inner = new MemoryGrantStore(clock),
  ) {}

  async take(request: TakeRequest): Promise<TakeOutcome> {
    this.attempts += 1;
    const outcome = await this.inner.take(request);
    if (outcome.kind === 'taken') this.grants.push({ at: this.clock.now(), request });
    return outcome;
  }

  giveBack = (grantId: string, buckets: readonly string[]): Promise<void> => this.inner.giveBack(grantId, buckets);
  learn: GrantStore['learn'] = (fact) => this.inner.learn(fact);
}

function mostInAnyWindow(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + windowMs).length));
}

const bucketNumbers = fc.record({
  requests: fc.integer({ min: 1, max: 6 }),
  windowMs: fc.integer({ min: 5, max: 400 }),
});
const arrival = fc.record({
  afterMs: fc.integer({ min: 0, max: 120 }),
  worker: fc.nat(2),
  buckets: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }),
  priority: fc.nat(2),
});

describe('the queue in front of the buckets', () => {
  it('keeps every window of every bucket under random schedules of several workers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(bucketNumbers, { minLength: 3, maxLength: 3 }),
        fc.array(arrival, { minLength: 1, maxLength: 40 }),
        async (buckets, arrivals) => {
          const clock = new SteppedClock();
          const store = new LedgerStore(clock);
          const workers = [0, 1, 2].map(() => new QueuedRateLimiter(store, clock));
          const pending: Promise<AcquireOutcome>[] = [];
          for (const [index, { afterMs, worker, buckets: wanted, priority }] of arrivals.entries()) {
            await clock.advance(afterMs);
            const demands = wanted.map((each) => ({ bucket: `b${each}`, priority, ...buckets[each] }));
            const request = { grantId: `g${index}`, demands, maxWaitMs: 1e6, leaseMs: 1e6 };
            pending.push((workers[worker] ?? new QueuedRateLimiter(store, clock)).acquire(request));
          }
          const outcomes = await clock.run(Promise.all(pending));
          expect(outcomes.every((outcome) => outcome.kind === 'granted')).toBe(true);
          expect(store.grants).toHaveLength(arrivals.length);
          buckets.forEach(({ requests, windowMs }, index) => {
            const times = store.grants
              .filter(({ request }) => request.demands.some(({ bucket }) => bucket === `b${index}`))
              .map(({ at }) => at);
            expect(mostInAnyWindow(times, windowMs)).toBeLessThanOrEqual(requests);
          });
          expect(clock.sleeping).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  const waiting = (requests: number): { clock: SteppedClock; store: LedgerStore; demand: BucketDemand } => {
    const clock = new SteppedClock();
    return { clock, store: new LedgerStore(clock), demand: { bucket: 'b', requests, windowMs: 1_000, priority: 0 } };
  };

  it('uses the whole quota, with little more than one attempt per grant and one timer for 500 who wait', async () => {
    const { clock, store, demand } = waiting(50);
    const limiter = new QueuedRateLimiter(store, clock);
    const started = clock.now();
    const all = Array.from({ length: 500 }, (_, index) =>
      limiter.acquire({ grantId: `g${index}`, demands: [demand], maxWaitMs: 60_000, leaseMs: 1_000 }),
    );
    await clock.advance(1);
    expect(clock.sleeping).toBe(2);
    await clock.run(Promise.all(all));
    expect(clock.now() - started).toBeLessThan(9_100);
    expect(store.attempts).toBeLessThanOrEqual(550);
    expect(store.grants.map(({ request }) => request.grantId)).toEqual(all.map((_, index) => `g${index}`));
  });

  it('serves the lowest priority one grant in twenty', async () => {
    const { clock, store, demand } = waiting(10);
    const limiter = new QueuedRateLimiter(store, clock);
    const ask = (label: string, priority: number): unknown =>
      limiter.acquire({ grantId: label, demands: [{ ...demand, priority }], maxWaitMs: 1e6, leaseMs: 1 });
    for (let i = 0; i < 10; i += 1) ask(`first-${i}`, 0);
    for (let i = 0; i < 100; i += 1) ask(`low-${i}`, 1);
    for (let i = 0; i < 400; i += 1) ask(`high-${i}`, 9);
    await clock.advance(21_000);
    const low = store.grants.slice(10, 210).filter(({ request }) => request.grantId.startsWith('low'));
    expect(store.grants.length).toBeGreaterThanOrEqual(200);
    expect(low).toHaveLength(10);
  });

  it('tells those who waited in vain when their turn may come, each after those before it', async () => {
    const { clock, store, demand } = waiting(10);
    const limiter = new QueuedRateLimiter(store, clock);
    const started = clock.now();
    const all = Array.from({ length: 100 }, (_, index) =>
      limiter.acquire({ grantId: `g${index}`, demands: [demand], maxWaitMs: 2_500, leaseMs: 1 }),
    );
    const outcomes = await clock.run(Promise.all(all));
    expect(outcomes.map(({ kind }) => kind)).toEqual([...Array(30).fill('granted'), ...Array(70).fill('deferred')]);
    const after = outcomes.flatMap((outcome) => (outcome.kind === 'deferred' ? [outcome.until - started] : []));
    expect([after[0], after[9], after[10], after.at(-1)]).toEqual([3_003, 3_003, 4_003, 9_003]);
  });

  it('fails everybody in line when the store is away, and tries again for the next', async () => {
    const clock = new SteppedClock();
    let attempts = 0;
    const away = (): Promise<never> => {
      attempts += 1;
      return Promise.reject(new LimiterUnavailable(new Error('down')));
    };
    const limiter = new QueuedRateLimiter({ take: away, giveBack: away, learn: away }, clock);
    const demand = { bucket: 'b', requests: 1, windowMs: 1, maxConcurrent: 1, priority: 0 };
    const request = (index: number) => ({ grantId: `g${index}`, demands: [demand], maxWaitMs: 1e6, leaseMs: 1 });
    const all = await Promise.allSettled(Array.from({ length: 300 }, (_, index) => limiter.acquire(request(index))));
    expect(all.every((each) => each.status === 'rejected' && each.reason instanceof LimiterUnavailable)).toBe(true);
    expect(attempts).toBeLessThan(20);
    await expect(limiter.acquire(request(1_000))).rejects.toThrow(LimiterUnavailable);
    await expect(limiter.release('g', [demand])).resolves.toBeUndefined();
    await expect(limiter.learn([{ bucket: 'b', closedUntil: clock.now() + 5_000 }])).resolves.toBeUndefined();
    await expect(limiter.acquire({ ...request(1_001), maxWaitMs: 10 })).resolves.toMatchObject({ kind: 'deferred' });
  });
});
