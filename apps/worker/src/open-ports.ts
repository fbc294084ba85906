import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { RedisTokenCache, type Cipher } from '@orchid/auth';
import type { Settings } from '@orchid/config';
import { UndiciHttpClient } from '@orchid/http-client';
import { systemClock } from '@orchid/kernel';
import { createPublisher, publisherSettings } from '@orchid/messaging';
import { createMetrics, type Logger } from '@orchid/observability';
import { Database, SecretBox } from '@orchid/persistence';
import { assertNoEviction, ExecutionQueue, promptConnection } from '@orchid/queue';
import { RedisRateLimiter } from '@orchid/rate-limit';
import type { WorkerPorts } from './worker-ports';

const USER_AGENT = 'orchid/0.1';
const CONNECTIONS_PER_ORIGIN = 200;

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
  const http = new UndiciHttpClient({
    guard: {
      allow: outbound.allowPrivate,
      deny: outbound.denyHosts,
      ...(outbound.allowHosts.length > 0 && { only: outbound.allowHosts }),
    },
    userAgent: USER_AGENT,
    maxConnectionsPerOrigin: CONNECTIONS_PER_ORIGIN,
  });
  const ports: WorkerPorts = {
    settings,
    logger,
    metrics: createMetrics({ app: 'worker' }),
    clock: systemClock,
    database,
    publisher,
    http,
    limiter: new RedisRateLimiter(client, { keyPrefix: redis.keyPrefix, clock: systemClock }),
    tokens: new RedisTokenCache(client, { keyPrefix: redis.keyPrefix, cipher: tokenCipher(secrets) }),
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

/** Tokens in Redis are sealed as secrets in PostgreSQL are, for the key under which they are kept. */
function tokenCipher(box: SecretBox): Cipher {
  const row = (aad: string) => ({ tenantId: '', table: 'token_cache', id: aad });
  return {
    seal: (text, aad) => box.seal(text, row(aad)).toString('base64'),
    open: (sealed, aad) => box.open(Buffer.from(sealed, 'base64'), row(aad)),
  };
}

/** Every one is closed, whatever becomes of the others; the first failure is thrown at the end. */
async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  const results = await Promise.allSettled(closers.map((close) => close()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
