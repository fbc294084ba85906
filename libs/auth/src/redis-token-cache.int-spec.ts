import { randomBytes } from 'node:crypto';
import { newId, systemClock } from '@orchid/kernel';
import { stackEnv } from '@orchid/testing';
import { Redis } from 'ioredis';
import { AesCipher } from './aes-cipher';
import { RedisTokenCache, TokenCacheUnavailable } from './redis-token-cache';
import { credentials, provideOn, token } from './scripted-flows';
import { describeTokenCacheContract } from './token-cache.contract';

const { redisUrl } = stackEnv();
const cipher = new AesCipher(randomBytes(32));

function peers() {
  const clients = [new Redis(redisUrl), new Redis(redisUrl)] as const;
  const options = { keyPrefix: `test-${newId()}:`, cipher };
  return {
    options,
    redis: clients[0],
    cache: new RedisTokenCache(clients[0], options),
    peer: new RedisTokenCache(clients[1], options),
    close: async () => {
      await Promise.all(clients.map((client) => client.quit()));
    },
  };
}

describeTokenCacheContract('RedisTokenCache', () => ({
  ...peers(),
  until: async (condition) => {
    while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
  },
}));

describe('RedisTokenCache', () => {
  it('lets 50 who need an expired token, in two workers, call the endpoint once', async () => {
    const { cache, peer, close } = peers();
    const one = provideOn(systemClock, credentials, [token('t1')], { cache });
    const two = provideOn(systemClock, credentials, [token('t2')], { cache: peer });
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : two).provider.get('oauth')),
    );
    expect(new Set(all.map((each) => each.token)).size).toBe(1);
    expect(one.http.requests.length + two.http.requests.length).toBe(1);
    await close();
  });

  it('keeps no token in the clear, and reads nothing that was sealed for another key', async () => {
    const { cache, redis, options, close } = peers();
    await cache.set('a', 'the-token', 60_000);
    const sealed = (await redis.get(`${options.keyPrefix}auth:token:a`)) ?? '';
    expect(sealed).not.toBe('');
    expect(sealed + Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('the-token');
    await redis.set(`${options.keyPrefix}auth:token:b`, sealed);
    expect(await cache.get('b')).toBeNull();
    expect(
      await new RedisTokenCache(redis, { ...options, cipher: new AesCipher(randomBytes(32)) }).get('a'),
    ).toBeNull();
    await close();
  });

  it('says within two seconds that Redis is away, as an auth error that may be tried again', async () => {
    const redis = new Redis('redis://127.0.0.1:1', {
      maxRetriesPerRequest: null,
      retryStrategy: () => 50,
      disconnectTimeout: 10,
    });
    redis.on('error', () => undefined);
    const cache = new RedisTokenCache(redis, { keyPrefix: '', cipher });
    const { provider } = provideOn(systemClock, credentials, [token('t1')], { cache });
    await expect(provider.get('oauth')).rejects.toMatchObject({
      code: 'auth_unavailable',
      type: 'auth',
      retry: 'backoff',
    });
    await expect(cache.get('a')).rejects.toThrow(TokenCacheUnavailable);
    redis.disconnect();
  });
});
