import { randomUUID } from 'node:crypto';
import { UndiciHttpClient } from '@orchid/http-client';
import { systemClock } from '@orchid/kernel';
import { createPublisher, type Publisher } from '@orchid/messaging';
import { Database } from '@orchid/persistence';
import { promptConnection, assertNoEviction } from '@orchid/queue';
import { RedisRateLimiter, type RateLimiter } from '@orchid/rate-limit';
import { createTestBroker, createTestDatabase, stackEnv, type TestBroker } from '@orchid/testing';
import { startStubProcess } from './stub-process';

/** Everything that a worker's path needs, real and of its own. */
export interface BenchBed {
  readonly tenantId: string;
  readonly stubUrl: string;
  readonly broker: TestBroker;
  readonly database: Database;
  readonly limiter: RateLimiter;
  readonly http: UndiciHttpClient;
  readonly publisher: Publisher;
  remove(): Promise<void>;
}

const MOST_CONTACTS = 1_000_000;

/** Needs the development stack with Kafka. */
export async function makeBenchBed(): Promise<BenchBed> {
  const broker = createTestBroker();
  if (broker.kind !== 'kafka') throw new Error('this benchmark needs Kafka: run npm run stack -- up');
  const testDatabase = await createTestDatabase();
  const stub = await startStubProcess({ contacts: MOST_CONTACTS, ledger: false });
  const database = await Database.connect({ url: testDatabase.url });
  const redis = promptConnection(stackEnv().redisUrl, { enableAutoPipelining: true });
  await assertNoEviction(redis);
  const keyPrefix = `bench-${randomUUID().slice(0, 8)}:`;
  const http = new UndiciHttpClient({
    guard: { allow: [stub.authority], deny: [] },
    userAgent: 'orchid/0.1',
    maxConnectionsPerOrigin: 200,
  });
  const publisher = createPublisher(broker.settings);
  return {
    tenantId: randomUUID(),
    stubUrl: stub.url,
    broker,
    database,
    limiter: new RedisRateLimiter(redis, { keyPrefix, clock: systemClock }),
    http,
    publisher,
    remove: async () => {
      await Promise.all([publisher.close(), http.close(), database.close(), stub.stop()]);
      const keys = await redis.keys(`*${keyPrefix}*`);
      if (keys.length > 0) await redis.del(...keys);
      redis.disconnect();
      await broker.remove();
      await testDatabase.drop();
    },
  };
}
