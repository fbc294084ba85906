import { Redis, type RedisOptions } from 'ioredis';
import { QueueUnavailable, RedisMayEvict } from './queue.errors';

const COMMAND_TIMEOUT_MS = 2_000;
const DISCONNECT_TIMEOUT_MS = 200;
/** Through a few attempts: Redis may be starting as well. */
const CONNECT_WITHIN_MS = 10_000;
const LONGEST_RECONNECT_MS = 2_000;

const reconnect = (times: number): number => Math.min(times * 100, LONGEST_RECONNECT_MS);

/**
 * For callers that must answer soon: a command fails within 2 s instead of waiting for Redis to come back.
 * `enableAutoPipelining` sends the commands of one turn of the event loop together.
 */
export function promptConnection(url: string, options: Pick<RedisOptions, 'enableAutoPipelining'> = {}): Redis {
  return connection(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    ...options,
  });
}

/** For workers: a command waits for as long as Redis is away. */
export function patientConnection(url: string): Redis {
  return connection(url, { maxRetriesPerRequest: null });
}

/** Waits for the connection and refuses a Redis that may drop keys. A managed Redis that hides its configuration is trusted. */
export async function assertNoEviction(redis: Redis): Promise<void> {
  const answer = await connected(redis)
    .then(() => redis.info('memory'))
    .catch((error: unknown) => {
      throw new QueueUnavailable(error);
    });
  const policy = /maxmemory_policy:(\S+)/.exec(answer)?.[1];
  if (policy !== undefined && policy !== 'noeviction') throw new RedisMayEvict(policy);
}

/** A prompt connection refuses commands until it stands. */
async function connected(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no connection within ${CONNECT_WITHIN_MS} ms`)),
      CONNECT_WITHIN_MS,
    );
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function connection(url: string, options: RedisOptions): Redis {
  return new Redis(url, { ...options, retryStrategy: reconnect });
}
