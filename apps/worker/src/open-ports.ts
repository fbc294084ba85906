import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { RedisTokenCache } from '@orchid/auth';
import type { Settings } from '@orchid/config';
import { outboundClient } from '@orchid/http-client';
import { systemClock } from '@orchid/kernel';
import { createPublisher, publisherSettings } from '@orchid/messaging';
import { createMetrics, type Logger } from '@orchid/observability';
import { Database, SecretBox } from '@orchid/persistence';
import { assertNoEviction, ExecutionQueue, promptConnection } from '@orchid/queue';
import { RedisRateLimiter } from '@orchid/rate-limit';
import type { WorkerPorts } from './worker-ports';

export interface OpenedPorts {
  readonly ports: WorkerPorts;
  close(): Promise<void>;
}

/** Connects to everything a worker needs. Throws when PostgreSQL or Redis cannot be used as they are. */
export async function openPorts(settings: Settings, logger: Logger): Promise<OpenedPorts> {
  const { database: db, redis, outbound, worker } = settings;
  const secrets = new SecretBox(settings.encryption.keys);
  const database = await Database.connect({
    url: db.url,
    poolSize: db.maxOpenConnections,
    applicationName: settings.service.name,
    secrets,
  });
  await database.assertSafeRole();
  const client = promptConnection(redis.url, { enableAutoPipelining: true });
  client.on('error', (error) => logger.warn({ err: error }, 'Redis reports trouble'));
  await assertNoEviction(client);
  const queue = new ExecutionQueue({ redisUrl: redis.url, name: worker.queue, keyPrefix: redis.keyPrefix });
  const publisher = createPublisher(
    publisherSettings(settings.broker, settings.service.name, (level, message, details) =>
      logger[level](details, message),
    ),
  );
  const http = outboundClient(outbound);
  const ports: WorkerPorts = {
    settings,
    logger,
    metrics: createMetrics({ app: 'worker' }),
    clock: systemClock,
    database,
    publisher,
    http,
    limiter: new RedisRateLimiter(client, { keyPrefix: redis.keyPrefix, clock: systemClock }),
    tokens: new RedisTokenCache(client, { keyPrefix: redis.keyPrefix, cipher: secrets.forTexts('token_cache') }),
    queue,
    owner: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
  };
  return {
    ports,
    close: () =>
      closeAll([
        () => publisher.close(),
        () => http.close(),
        () => queue.close(),
        () => database.close(),
        () => client.quit(),
      ]),
  };
}

/** Every one is closed, whatever becomes of the others; the first failure is thrown at the end. */
async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  const results = await Promise.allSettled(closers.map((close) => close()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
