import { RedisTokenCache } from '@orchid/auth';
import type { Settings } from '@orchid/config';
import { createAuthenticator } from '@orchid/identity';
import { outboundClient } from '@orchid/http-client';
import { OrchidError, systemClock } from '@orchid/kernel';
import { createPublisher, publisherSettings } from '@orchid/messaging';
import { createMetrics, HealthRegistry, type Logger } from '@orchid/observability';
import { Database, SecretBox } from '@orchid/persistence';
import { ExecutionQueue, promptConnection } from '@orchid/queue';
import { RedisRateLimiter } from '@orchid/rate-limit';
import type { ApiPorts } from './api-ports';

export interface OpenedPorts {
  readonly ports: ApiPorts;
  close(): Promise<void>;
}

const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/** PostgreSQL answers, but its tables are not there. */
class DatabaseNotMigrated extends OrchidError {
  constructor(cause: unknown) {
    super('The database has no tables, or old ones: run the migrations first (orchid migrate).', {
      code: 'database_not_migrated',
      type: 'config',
      cause,
    });
  }
}

/** Connects to what the API needs. Throws when PostgreSQL cannot be used as it is; Redis may come later. */
export async function openPorts(settings: Settings, logger: Logger, closing: AbortSignal): Promise<OpenedPorts> {
  const authenticator = createAuthenticator(settings.auth);
  const { database: db, redis, service, worker } = settings;
  const secrets = new SecretBox(settings.encryption.keys);
  const database = await Database.connect({
    url: db.url,
    poolSize: db.maxOpenConnections,
    applicationName: service.name,
    secrets,
    onIdleError: (error) => logger.warn({ err: error }, 'a connection to PostgreSQL broke'),
  });
  await assertUsable(database);
  const onError = (error: Error) => logger.debug({ err: error }, 'the queue reports trouble');
  const queue = new ExecutionQueue({ redisUrl: redis.url, name: worker.queue, keyPrefix: redis.keyPrefix }, onError);
  const client = promptConnection(redis.url, { enableAutoPipelining: true });
  client.on('error', onError);
  const outbound = {
    http: outboundClient(settings.outbound),
    limiter: new RedisRateLimiter(client, { keyPrefix: redis.keyPrefix, clock: systemClock }),
    tokens: new RedisTokenCache(client, { keyPrefix: redis.keyPrefix, cipher: secrets.forTexts('token_cache') }),
  };
  const publisher = createPublisher(publisherSettings(settings.broker, service.name));
  const health = new HealthRegistry()
    .register('database', () => database.ping())
    .register('redis', () => queue.ping(), { required: false })
    .register('broker', () => publisher.ping(), { required: false });
  const metrics = createMetrics({ app: 'api' });
  const close = async () => {
    await publisher.close();
    await outbound.http.close();
    client.disconnect();
    await queue.close();
    await database.close();
  };
  return { ports: { settings, logger, metrics, health, database, queue, authenticator, outbound, closing }, close };
}

async function assertUsable(database: Database): Promise<void> {
  try {
    await database.assertSafeRole();
    await database.tenant(NO_TENANT).run((work) => work.integrations.list({ limit: 1 }));
  } catch (error) {
    await database.close();
    throw error instanceof OrchidError && error.code === 'database_fault' ? new DatabaseNotMigrated(error) : error;
  }
}
