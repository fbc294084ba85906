import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { MemoryTokenCache } from '@orchid/auth';
import { loadSettings } from '@orchid/config';
import { outboundClient } from '@orchid/http-client';
import { createAuthenticator } from '@orchid/identity';
import { systemClock } from '@orchid/kernel';
import { createLogger, createMetrics, HealthRegistry } from '@orchid/observability';
import { Database, SecretBox } from '@orchid/persistence';
import { MemoryRateLimiter } from '@orchid/rate-limit';
import { createTestDatabase, type TestDatabase } from '@orchid/testing';
import supertest, { type Test } from 'supertest';
import { createApp } from '../src/create-app';
import type { QueuedExecution } from '../src/executions/execution-queue.port';

/** The API over a database of its own, and a queue that only remembers what it was given. */
export interface ApiUnderTest {
  readonly app: NestExpressApplication;
  readonly database: Database;
  readonly testDatabase: TestDatabase;
  readonly settings: ReturnType<typeof loadSettings>;
  readonly queued: QueuedExecution[];
  readonly woken: QueuedExecution[];
  /** What was logged, a JSON text a line. */
  readonly log: string[];
  /** How the queue behaves. */
  queueMode: 'works' | 'fails' | 'hangs';
  /** Calls as a tenant; a new one when none is named. */
  tenant(tenantId?: string): TenantClient;
  /** Calls without any header. */
  bare(): ReturnType<typeof supertest>;
  close(): Promise<void>;
}

export interface Created {
  readonly id: string;
  readonly [field: string]: unknown;
}

export class TenantClient {
  constructor(
    private readonly server: Server,
    readonly id: string,
  ) {}

  get(path: string): Test {
    return this.as(supertest(this.server).get(`/api/v1${path}`));
  }

  post(path: string, body?: object | string): Test {
    return this.send(supertest(this.server).post(`/api/v1${path}`), body);
  }

  put(path: string, body?: object | string): Test {
    return this.send(supertest(this.server).put(`/api/v1${path}`), body);
  }

  patch(path: string, body?: object | string): Test {
    return this.send(supertest(this.server).patch(`/api/v1${path}`), body);
  }

  delete(path: string): Test {
    return this.as(supertest(this.server).delete(`/api/v1${path}`));
  }

  /** The body of what was created; fails unless it was. */
  async make(path: string, body: object): Promise<Created> {
    const answer = await this.post(path, body);
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    return answer.body as Created;
  }

  private as(test: Test): Test {
    return test.set('x-tenant-id', this.id).set('x-user-id', 'ada');
  }

  private send(test: Test, body?: object | string): Test {
    const authorized = this.as(test);
    if (body === undefined) return authorized;
    return authorized
      .set('content-type', 'application/json')
      .send(typeof body === 'string' ? body : JSON.stringify(body));
  }
}

/** `env` are further settings; `route` may put something between the API and its database. */
export async function startApiUnderTest(
  env: Readonly<Record<string, string>> = {},
  route: (databaseUrl: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<ApiUnderTest> {
  const testDatabase = await createTestDatabase();
  const settings = loadSettings({ DATABASE_URL: testDatabase.url, NODE_ENV: 'test', ...env }, { app: 'api' });
  const secrets = new SecretBox(settings.encryption.keys);
  const database = await Database.connect({ url: await route(testDatabase.url), poolSize: 4, secrets });
  const log: string[] = [];
  const logger = createLogger({
    name: 'api',
    level: 'info',
    destination: { write: (line: string) => void log.push(line) },
  });
  const queued: QueuedExecution[] = [];
  const woken: QueuedExecution[] = [];
  const closing = new AbortController();
  const health = new HealthRegistry().register('database', () => database.ping());
  const put = (list: QueuedExecution[]) => (ref: QueuedExecution) => {
    if (api.queueMode === 'fails') return Promise.reject(new Error('down'));
    if (api.queueMode === 'hangs') return new Promise<void>(() => undefined);
    list.push(ref);
    return Promise.resolve();
  };
  const queue = { enqueue: put(queued), wake: put(woken), ping: () => Promise.resolve(1) };
  const http = outboundClient(settings.outbound);
  const outbound = { http, limiter: new MemoryRateLimiter(systemClock), tokens: new MemoryTokenCache(systemClock) };
  const app = await createApp({
    outbound,
    settings,
    logger,
    metrics: createMetrics({ app: 'api', defaultMetrics: false }),
    health,
    database,
    queue,
    authenticator: createAuthenticator(settings.auth),
    closing: closing.signal,
  });
  await app.listen(0, '127.0.0.1');
  health.markStarted();
  const server = app.getHttpServer();
  const api: ApiUnderTest = {
    ...{ app, database, testDatabase, settings, queued, woken, log, queueMode: 'works' },
    tenant: (id = randomUUID()) => new TenantClient(server, id),
    bare: () => supertest(server),
    close: async () => {
      closing.abort();
      server.closeAllConnections();
      await app.close();
      await http.close();
      await database.close();
      await testDatabase.drop();
    },
  };
  return api;
}

export const crm = {
  name: 'crm',
  config_schema: {
    schema: {
      type: 'object',
      properties: {
        base_url: { type: 'string', format: 'uri' },
        secret: { type: 'string', minLength: 10, 'x-secret': true },
        page_size: { type: 'integer', minimum: 1, default: 100 },
      },
      required: ['base_url', 'secret'],
      additionalProperties: false,
    },
  },
};

export const SECRET = 'canary-5f2d8c1e';

/** An integration and an enabled config of it. */
export async function makeCrm(
  client: TenantClient,
  name = 'crm',
): Promise<{ integrationId: string; configId: string }> {
  const integration = await client.make('/integrations', { ...crm, name });
  const values = { base_url: 'https://api.example.com', secret: SECRET };
  const config = await client.make('/configs', { integration_id: integration.id, name: 'production', values });
  return { integrationId: integration.id, configId: config.id };
}
