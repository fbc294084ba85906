import type { AcquireOutcome, AcquireRequest, BucketDemand, RateLimiter } from './rate-limiter.port';

export interface LimiterHarness {
  /** A limiter over the same buckets each time: as in several workers. */
  limiter(): RateLimiter;
  now(): number;
  /** Waits for a promise, moving the clock where it is a fake one. */
  run<T>(promise: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const WINDOW_MS = 300;
let ids = 0;

function id(): string {
  ids += 1;
  return `grant-${ids}`;
}

/** What every rate limiter does, whoever keeps its buckets. */
export function describeRateLimiterContract(name: string, makeHarness: () => Promise<LimiterHarness>): void {
  describe(`${name} keeps the rate limiter contract`, () => {
    let harness: LimiterHarness;
    let limiter: RateLimiter;
    const fresh = (numbers: Partial<BucketDemand> = {}): BucketDemand => ({
      bucket: `{tenant/integration}:global:${id()}`,
      priority: 0,
      ...numbers,
    });
    const ask = (demands: BucketDemand[], extra: Partial<AcquireRequest> = {}): AcquireRequest => ({
      grantId: id(),
      demands,
      maxWaitMs: 10_000,
      leaseMs: 60_000,
      ...extra,
    });
    const acquire = (
      demands: BucketDemand[],
      extra: Partial<AcquireRequest> = {},
      by = limiter,
    ): Promise<AcquireOutcome> => harness.run(by.acquire(ask(demands, extra)));

    beforeEach(async () => {
      harness = await makeHarness();
      limiter = harness.limiter();
    });
    afterEach(() => harness.close());

    it('grants at once while there is room, and what nothing limits always', async () => {
      const demand = fresh({ requests: 2, windowMs: WINDOW_MS });
      expect((await acquire([demand])).kind).toBe('granted');
      expect((await acquire([demand])).kind).toBe('granted');
      expect(await acquire([])).toEqual({ kind: 'granted', waitedMs: 0 });
    });

    it('never grants more than `requests` in any window, and goes on as soon as the window allows', async () => {
      const demand = fresh({ requests: 5, windowMs: WINDOW_MS });
      const started = harness.now();
      const times: number[] = [];
      const peers = [limiter, harness.limiter()];
      const grants = Array.from({ length: 20 }, (_, index) =>
        (peers[index % 2] ?? limiter).acquire(ask([demand])).then((outcome) => {
          expect(outcome.kind).toBe('granted');
          times.push(harness.now());
        }),
      );
      await harness.run(Promise.all(grants));
      times.sort((a, b) => a - b);
      // An answer travels a moment from the instant of its grant: hence the tolerance on the lower bound.
      for (let i = 5; i < times.length; i += 1)
        expect((times[i] ?? 0) - (times[i - 5] ?? 0)).toBeGreaterThan(WINDOW_MS - 50);
      expect(harness.now() - started).toBeGreaterThanOrEqual(3 * WINDOW_MS);
      expect(harness.now() - started).toBeLessThan(5 * WINDOW_MS);
    });

    it('defers when the wait is longer than allowed, and names the time and the bucket', async () => {
      const demand = fresh({ requests: 1, windowMs: 60_000 });
      const started = harness.now();
      await acquire([demand]);
      const outcome = await acquire([demand], { maxWaitMs: 100 });
      expect(outcome).toMatchObject({ kind: 'deferred', bucket: demand.bucket });
      if (outcome.kind !== 'deferred') return;
      expect(outcome.until - started).toBeGreaterThan(59_000);
      expect(outcome.until - started).toBeLessThan(62_000);
    });

    it('defers one that waits for a slot when its time is over', async () => {
      const demand = fresh({ maxConcurrent: 1 });
      await acquire([demand]);
      const outcome = await acquire([demand], { maxWaitMs: 150 });
      expect(outcome).toMatchObject({ kind: 'deferred', bucket: demand.bucket });
    });

    it('takes from all buckets or from none', async () => {
      const wide = fresh({ requests: 2, windowMs: 60_000 });
      const narrow = fresh({ requests: 1, windowMs: 60_000 });
      expect((await acquire([wide, narrow])).kind).toBe('granted');
      expect(await acquire([wide, narrow], { maxWaitMs: 0 })).toMatchObject({
        kind: 'deferred',
        bucket: narrow.bucket,
      });
      expect((await acquire([wide], { maxWaitMs: 0 })).kind).toBe('granted');
      expect((await acquire([wide], { maxWaitMs: 0 })).kind).toBe('deferred');
    });

    it('takes nothing twice for one grant id', async () => {
      const demand = fresh({ requests: 2, windowMs: 60_000, maxConcurrent: 2 });
      const grantId = id();
      for (let i = 0; i < 3; i += 1) expect((await acquire([demand], { grantId })).kind).toBe('granted');
      expect((await acquire([demand], { maxWaitMs: 0 })).kind).toBe('granted');
      expect((await acquire([demand], { maxWaitMs: 0 })).kind).toBe('deferred');
    });

    it('caps what is in flight, and gives a released slot to the one who waits', async () => {
      const demand = fresh({ maxConcurrent: 2 });
      const first = ask([demand]);
      await harness.run(limiter.acquire(first));
      await acquire([demand]);
      const third = limiter.acquire(ask([demand]));
      expect((await acquire([demand], { maxWaitMs: 0 })).kind).toBe('deferred');
      await limiter.release(first.grantId, first.demands);
      await limiter.release(first.grantId, first.demands);
      expect((await harness.run(third)).kind).toBe('granted');
      expect((await acquire([demand], { maxWaitMs: 0 })).kind).toBe('deferred');
    });

    it('gives a slot released by one worker to another', async () => {
      const demand = fresh({ maxConcurrent: 1 });
      const held = ask([demand]);
      await harness.run(limiter.acquire(held));
      const waiting = harness.limiter().acquire(ask([demand]));
      await limiter.release(held.grantId, held.demands);
      expect((await harness.run(waiting)).kind).toBe('granted');
    });

    it('takes back the slot of a worker that died when its lease ends', async () => {
      const demand = fresh({ maxConcurrent: 1 });
      await acquire([demand], { leaseMs: 200 });
      const outcome = await acquire([demand], {}, harness.limiter());
      expect(outcome.kind).toBe('granted');
      expect(outcome.kind === 'granted' && outcome.waitedMs).toBeGreaterThan(100);
    });

    it('grants nothing from a closed bucket, in any worker, and opens it again', async () => {
      const demand = fresh({ requests: 100, windowMs: 1_000 });
      const other = harness.limiter();
      await acquire([demand], {}, other);
      await limiter.learn([{ bucket: demand.bucket, closedUntil: harness.now() + 400 }]);
      expect((await acquire([demand], { maxWaitMs: 100 }, other)).kind).toBe('deferred');
      const outcome = await acquire([demand], {}, other);
      expect(outcome.kind === 'granted' && outcome.waitedMs).toBeGreaterThan(150);
    });

    it('keeps a closing when a shorter one is learned later', async () => {
      const demand = fresh({ requests: 100, windowMs: 1_000 });
      await limiter.learn([{ bucket: demand.bucket, closedUntil: harness.now() + 60_000 }]);
      await limiter.learn([{ bucket: demand.bucket, closedUntil: harness.now() + 10 }]);
      const outcome = await acquire([demand], { maxWaitMs: 1_000 }, harness.limiter());
      expect(outcome.kind === 'deferred' && outcome.until - harness.now()).toBeGreaterThan(50_000);
    });

    it('shrinks to a lower limit that was learned, and never grows beyond its own', async () => {
      const demand = fresh({ requests: 3, windowMs: 60_000 });
      await limiter.learn([{ bucket: demand.bucket, limit: 1 }]);
      expect((await acquire([demand], { maxWaitMs: 0 })).kind).toBe('granted');
      expect((await acquire([demand], { maxWaitMs: 0 }, harness.limiter())).kind).toBe('deferred');
      const fourth = harness.limiter();
      await fourth.learn([{ bucket: demand.bucket, limit: 50 }]);
      const kinds = [];
      for (let i = 0; i < 3; i += 1) kinds.push((await acquire([demand], { maxWaitMs: 0 }, fourth)).kind);
      expect(kinds).toEqual(['granted', 'granted', 'deferred']);
    });

    it('serves the higher priority first, and within one priority who came first', async () => {
      const demand = fresh({ maxConcurrent: 1 });
      const held = ask([demand]);
      await harness.run(limiter.acquire(held));
      const served: string[] = [];
      const queue = (label: string, priority: number): Promise<void> => {
        const request = ask([{ ...demand, priority }]);
        return limiter.acquire(request).then(async (outcome) => {
          expect(outcome.kind).toBe('granted');
          served.push(label);
          await limiter.release(request.grantId, request.demands);
        });
      };
      const all = [queue('low 1', 0), queue('high 1', 9), queue('low 2', 0), queue('high 2', 9), queue('middle', 5)];
      await limiter.release(held.grantId, held.demands);
      await harness.run(Promise.all(all));
      expect(served).toEqual(['high 1', 'high 2', 'middle', 'low 1', 'low 2']);
    });

    it('stops waiting when the caller does, and takes nothing for it', async () => {
      const demand = fresh({ requests: 1, windowMs: WINDOW_MS });
      await acquire([demand]);
      const stop = new AbortController();
      const given = limiter.acquire(ask([demand], { signal: stop.signal }));
      const next = limiter.acquire(ask([demand]));
      stop.abort(new Error('shutting down'));
      await expect(given).rejects.toThrow('shutting down');
      const outcome = await harness.run(next);
      expect(outcome.kind === 'granted' && outcome.waitedMs).toBeLessThan(2 * WINDOW_MS);
    });
  });
}
