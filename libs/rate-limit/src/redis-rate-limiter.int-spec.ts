import { newId, systemClock } from '@orchid/kernel';
import { stackEnv } from '@orchid/testing';
import { Redis } from 'ioredis';
import { LimiterUnavailable } from './limiter.errors';
import { describeRateLimiterContract } from './rate-limiter.contract';
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
    beforeEach(() => {
      redis = new Redis(redisUrl);
    });
    afterEach(() => redis.quit());

    it('holds every window exactly, in instants of the server, with four workers and a limit that changes', async () => {
      const settings = options();
      const limiters = Array.from({ length: 4 }, () => new RedisRateLimiter(redis, settings));
      const bucket = '{t/i}:global:exact';
      const acquire = (index: number, limit: number) =>
        limiters[index % 4]?.acquire(request([demand(bucket, limit, 200)]));
      await Promise.all(Array.from({ length: 60 }, (_, index) => acquire(index, 20)));
      await Promise.all(Array.from({ length: 75 }, (_, index) => acquire(index, 25)));
      const log = await redis.getBuffer(`${settings.keyPrefix}rl:${bucket}:l`);
      const [written, size] = [log?.readDoubleBE(0) ?? 0, log?.readDoubleBE(8) ?? 0];
      expect([written >= 75, size]).toEqual([true, 25]);
      const instants = Array.from(
        { length: size },
        (_, index) => log?.readDoubleBE(16 + ((written + index) % size) * 8) ?? 0,
      );
      expect([...instants].sort((a, b) => a - b)).toEqual(instants);
    });

    it('needs little more than one command per grant when 500 wait', async () => {
      const limiter = new RedisRateLimiter(redis, options());
      const before = await commands(redis);
      await Promise.all(
        Array.from({ length: 500 }, () => limiter.acquire(request([demand('{t/i}:global:many', 100, 100)]))),
      );
      expect((await commands(redis)) - before).toBeLessThanOrEqual(600);
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
      const slots = await Promise.all(keys.map((key) => slotTag(key)));
      expect(new Set(slots)).toEqual(new Set(['t/i']));
    });
  });

  it('grants nothing and says so within two seconds when Redis is away', async () => {
    const redis = new Redis('redis://127.0.0.1:1', { maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    const limiter = new RedisRateLimiter(redis, options());
    const started = Date.now();
    await expect(limiter.acquire(request([demand('b', 1, 1_000)]))).rejects.toThrow(LimiterUnavailable);
    expect(Date.now() - started).toBeLessThan(2_000);
    redis.disconnect();
  });
});

async function commands(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/cmdstat_(?:evalsha|eval):calls=(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
}

function slotTag(key: string): string | undefined {
  return /\{([^}]+)\}/.exec(key)?.[1];
}
