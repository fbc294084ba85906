import { newId, systemClock } from '@orchid/kernel';
import { stackEnv } from '@orchid/testing';
import { Redis } from 'ioredis';
import { LimiterUnavailable } from './limiter.errors';
import { describeRateLimiterContract } from './rate-limiter.contract';
import type { AcquireOutcome } from './rate-limiter.port';
import { RedisRateLimiter } from './redis-rate-limiter';

const { redisUrl } = stackEnv();
const options = (): { keyPrefix: string; clock: typeof systemClock } => ({
  keyPrefix: `test-${newId()}:`,
  clock: systemClock,
});

describeRateLimiterContract('RedisRateLimiter', () => {
  const settings = options();
  const clients: Redis[] = [];
  return Promise.resolve({
    limiter: () => {
      const client = new Redis(redisUrl);
      clients.push(client);
      return new RedisRateLimiter(client, settings);
    },
    now: () => Date.now(),
    run: (promise) => promise,
    close: async () => {
      await Promise.all(clients.map((client) => client.quit()));
    },
  });
});

describe('RedisRateLimiter', () => {
  const demand = (bucket: string, requests: number, windowMs: number) => ({ bucket, requests, windowMs, priority: 0 });
  const request = (demands: ReturnType<typeof demand>[], maxWaitMs = 10_000) => ({
    grantId: newId(),
    demands,
    maxWaitMs,
    leaseMs: 1_000,
  });

  describe('with Redis', () => {
    let redis: Redis;
    let workers: Redis[];
    beforeEach(() => {
      redis = new Redis(redisUrl);
      workers = Array.from({ length: 4 }, () => redis.duplicate());
    });
    afterEach(async () => {
      await Promise.all([redis, ...workers].map((client) => client.quit()));
    });

    it('holds every window exactly, by the server’s clock, with four workers and a limit that is raised', async () => {
      const settings = options();
      const limiters = workers.map((worker) => new RedisRateLimiter(worker, settings));
      // Taken together with the limited bucket, at the same instant, and large enough to remember every grant.
      const witness = demand('{t/i}:global:witness', 1_000, 60_000);
      const grant = (index: number, limit: number): Promise<AcquireOutcome> | undefined =>
        limiters[index % 4]?.acquire(request([demand('{t/i}:global:exact', limit, 200), witness]));
      const started = Date.now();
      await Promise.all(Array.from({ length: 100 }, async (_, index) => grant(index, 20)));
      await Promise.all(Array.from({ length: 150 }, async (_, index) => grant(index, 30)));
      const elapsed = Date.now() - started;
      const log = await redis.getBuffer(`${settings.keyPrefix}rl:${witness.bucket}:l`);
      const instants = Array.from({ length: 250 }, (_, index) => log?.readDoubleBE(16 + index * 8) ?? 0);
      expect(log).toHaveLength(16 + 250 * 8);
      const most = (from: number, to: number, limit: number) => {
        for (let i = from + limit; i < to; i += 1) {
          expect((instants[i] ?? 0) - (instants[i - limit] ?? 0)).toBeGreaterThan(200_000);
        }
      };
      most(0, 100, 20);
      most(0, 250, 30);
      // 4 and 5 windows have to pass; a machine under load may take longer.
      expect(elapsed).toBeGreaterThan(1_600);
      expect(elapsed).toBeLessThan(4_000);
    });

    it('needs little more than one command per grant when 500 wait', async () => {
      const limiter = new RedisRateLimiter(redis, options());
      const sent = jest.spyOn(redis, 'orchidAcquire');
      await Promise.all(
        Array.from({ length: 500 }, () => limiter.acquire(request([demand('{t/i}:global:many', 100, 100)]))),
      );
      expect(sent.mock.calls.length).toBeLessThanOrEqual(600);
    });

    it('lets one window pass when Redis lost its memory', async () => {
      const settings = options();
      const [one, two] = workers.map((worker) => new RedisRateLimiter(worker, settings));
      const limited = demand('{t/i}:global:flushed', 5, 400);
      await two?.acquire(request([limited]));
      for (let i = 0; i < 4; i += 1) await one?.acquire(request([limited]));
      await redis.del(await redis.keys(`${settings.keyPrefix}*`));
      const lost = Date.now();
      const waited = one?.acquire(request([limited]));
      expect((await two?.acquire(request([limited], 50)))?.kind).toBe('deferred');
      expect((await waited)?.kind).toBe('granted');
      expect(Date.now() - lost).toBeGreaterThanOrEqual(395);
      expect(Date.now() - lost).toBeLessThan(790);
      for (let i = 0; i < 4; i += 1) expect((await two?.acquire(request([limited], 50)))?.kind).toBe('granted');
      expect((await two?.acquire(request([limited], 0)))?.kind).toBe('deferred');
    });

    it('leaves nothing behind that does not expire, and keeps one integration in one cluster slot', async () => {
      const settings = options();
      const limiter = new RedisRateLimiter(redis, settings);
      const one = { ...demand('{t/i}:global:a', 5, 1_000), maxConcurrent: 2 };
      await limiter.acquire(request([one, demand('{t/i}:config:c:b}{', 5, 1_000)]));
      await limiter.learn([{ bucket: one.bucket, limit: 3, closedUntil: Date.now() + 1_000 }]);
      const keys = await redis.keys(`${settings.keyPrefix}*`);
      expect(keys).toHaveLength(5);
      for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
      expect(new Set(keys.map(slotTag))).toEqual(new Set(['t/i']));
    });
  });

  it('grants nothing and says so within two seconds when Redis is away', async () => {
    const redis = new Redis('redis://127.0.0.1:1', {
      maxRetriesPerRequest: null,
      retryStrategy: () => 50,
      disconnectTimeout: 10,
    });
    redis.on('error', () => undefined);
    const limiter = new RedisRateLimiter(redis, options());
    const started = Date.now();
    await expect(limiter.acquire(request([demand('b', 1, 1_000)]))).rejects.toThrow(LimiterUnavailable);
    expect(Date.now() - started).toBeLessThan(2_000);
    redis.disconnect();
  });
});

function slotTag(key: string): string | undefined {
  return /\{([^}]+)\}/.exec(key)?.[1];
}
