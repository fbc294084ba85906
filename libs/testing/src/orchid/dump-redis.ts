import type { Redis } from 'ioredis';

/** Every key that contains `part`, with its value, as text: for looking for what must not be there. */
export async function dumpRedis(redis: Redis, part: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const keys of redis.scanStream({ match: `*${part}*`, count: 500 }) as AsyncIterable<string[]>) {
    for (const key of keys) texts.push(`${key} ${JSON.stringify(await valueOf(redis, key))}`);
  }
  return texts;
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, 0, -1);
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return null;
  }
}
