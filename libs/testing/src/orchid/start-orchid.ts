import { randomBytes, randomUUID } from 'node:crypto';
import { createReader, type RecordReader } from '@orchid/messaging';
import { Redis } from 'ioredis';
import { createTestDatabase, type TestDatabase } from '../database/test-database';
import { stackEnv } from '../stack/stack-env';
import { ApiClient } from './api-client';
import { startProcess, type AppName, type OrchidProcess } from './orchid-process';
import { createTestBroker, type TestBroker } from './test-broker';

export interface OrchidOptions {
  /** Worker processes. Default 1. */
  readonly workers?: number;
  /** Which of the other processes run. Default both. */
  readonly apps?: readonly Exclude<AppName, 'worker'>[];
  /** `host:port` of loopback servers that plans may call. */
  readonly allow?: readonly string[];
  /** Sends events to the topic of the responses too, where their order with the data shows. */
  readonly eventsAmongResponses?: boolean;
  /** Further settings of every process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An installation of its own: database, queue, Redis keys and topics are nobody else's. */
export interface Orchid {
  /** The settings that its processes share. */
  readonly env: Readonly<Record<string, string>>;
  readonly database: TestDatabase;
  readonly broker: TestBroker;
  readonly reader: RecordReader;
  readonly redis: Redis;
  /** All keys of this installation in Redis contain it. */
  readonly keyPrefix: string;
  /** All processes ever started, those that ended too. */
  readonly processes: readonly OrchidProcess[];
  /** Every line that any of the processes wrote. */
  readonly log: readonly string[];
  /** Every answer of the API to {@link client}. */
  readonly answers: readonly string[];
  /** The API as a tenant sees it; a new tenant when none is named. */
  client(tenantId?: string): ApiClient;
  process(app: AppName): OrchidProcess;
  /** One more process. */
  start(app: AppName, env?: Readonly<Record<string, string>>): Promise<OrchidProcess>;
  /** Stops the processes, deletes what was made; resolves with the processes' exit codes. */
  stop(): Promise<(number | null)[]>;
}

/** Starts a fresh installation on the development stack: call `stop()` when done. */
export async function startOrchid(options: OrchidOptions = {}): Promise<Orchid> {
  const { workers = 1, apps = ['api', 'scheduler'] } = options;
  const database = await createTestDatabase();
  const orchid = new Installation(database, createTestBroker(), options);
  try {
    const wanted: AppName[] = [...apps, ...Array.from({ length: workers }, () => 'worker' as const)];
    await Promise.all(wanted.map((app) => orchid.start(app)));
    return orchid;
  } catch (error) {
    await orchid.stop();
    throw error;
  }
}

class Installation implements Orchid {
  readonly keyPrefix = `t${randomBytes(5).toString('hex')}:`;
  readonly env: Readonly<Record<string, string>>;
  readonly reader: RecordReader;
  readonly redis: Redis;
  readonly processes: OrchidProcess[] = [];
  readonly log: string[] = [];
  readonly answers: string[] = [];

  constructor(
    readonly database: TestDatabase,
    readonly broker: TestBroker,
    options: OrchidOptions,
  ) {
    const { redisUrl } = stackEnv();
    this.redis = new Redis(redisUrl);
    this.reader = createReader(broker.settings);
    this.env = {
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      MIGRATION_DATABASE_URL: database.ownerUrl,
      REDIS_URL: redisUrl,
      REDIS_KEY_PREFIX: this.keyPrefix,
      JOB_QUEUE: `jobs-${this.keyPrefix.slice(0, -1)}`,
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      OUTBOUND_ALLOW_PRIVATE: (options.allow ?? []).join(','),
      ...broker.env,
      ...(options.eventsAmongResponses === true && { EXECUTION_EVENTS_TOPIC: broker.env.KAFKA_RESPONSE_TOPIC ?? '' }),
      ...options.env,
    };
  }

  client(tenantId: string = randomUUID()): ApiClient {
    return new ApiClient(this.process('api').url, tenantId, (text) => this.answers.push(text));
  }

  process(app: AppName): OrchidProcess {
    const found = this.processes.findLast((each) => each.app === app);
    if (found === undefined) throw new Error(`no ${app} was started`);
    return found;
  }

  async start(app: AppName, env: Readonly<Record<string, string>> = {}): Promise<OrchidProcess> {
    const onLine = (line: string) => this.log.push(line);
    const started = await startProcess({ app, env: { ...this.env, ...env }, onLine });
    this.processes.push(started);
    return started;
  }

  async stop(): Promise<(number | null)[]> {
    const codes = await Promise.all(this.processes.map((each) => each.stop()));
    await this.reader.close();
    const keys = await this.redis.keys(`*${this.keyPrefix}*`);
    if (keys.length > 0) await this.redis.del(...keys);
    await this.redis.quit();
    await this.broker.remove();
    await this.database.drop();
    return codes;
  }
}
