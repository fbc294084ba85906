import fc from 'fast-check';
import { duration, bytes, hostAndPort, list } from './kind';
import { loadSettings } from './load-settings';
import type { Environment, SettingsSources } from './read-values';
import { APPS, defaultOf } from './setting';
import { SettingsError, type SettingProblem } from './settings.errors';
import { allSettings } from './settings-table';
import { settingsReference, showSettings } from './show-settings';

const KEY = Buffer.alloc(32, 7).toString('base64');

function problemsOf(env: Environment, sources?: SettingsSources): readonly SettingProblem[] {
  try {
    loadSettings(env, sources);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  throw new Error('these settings were accepted');
}

describe('the table of settings', () => {
  it('names each setting once and describes it in a sentence', () => {
    const names = allSettings().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, description } of allSettings())
      expect({ name, ends: description.endsWith('.') }).toEqual({ name, ends: true });
  });

  it('has defaults that its own kinds accept, in every app', () => {
    for (const app of APPS) {
      for (const setting of allSettings()) {
        const fallback = defaultOf(setting, app);
        if (fallback !== undefined)
          expect({ [setting.name]: setting.kind.parse(fallback) }).toEqual({
            [setting.name]: { value: expect.anything() },
          });
      }
    }
  });

  it('appears whole in the reference', () => {
    for (const { name } of allSettings()) expect(settingsReference()).toContain(`| \`${name}\` |`);
  });
});

describe('loadSettings', () => {
  it('starts development with nothing set', () => {
    const settings = loadSettings({});
    expect(settings.database.url).toBe('postgresql://orchid_app@localhost:5432/orchid');
    expect(settings.database.migrationUrl).toBe(settings.database.url);
    expect(settings.redis).toEqual({ url: 'redis://localhost:6379/0', keyPrefix: 'orchid:' });
    expect(settings.broker.kind).toBe('file');
    expect(settings.worker.parkAfterMs).toBe(15_000);
    expect(settings.encryption.keys[0]?.key).toHaveLength(32);
    expect(settings.warnings).toEqual([expect.stringContaining('ENCRYPTION_KEYS')]);
  });

  it('gives each app its own name and port', () => {
    const http = APPS.map((app) => loadSettings({}, { app })).map(({ service, http: { port } }) => [
      service.name,
      port,
    ]);
    expect(http).toEqual([
      ['orchid-api', 3000],
      ['orchid-worker', 3001],
      ['orchid-scheduler', 3002],
      ['orchid', 0],
    ]);
  });

  it('prefers the environment to the file and the file to the default', () => {
    const yamlText =
      'port: 4000\nlog_level: debug\nkafka:\n  brokers: [a:1, "b:2"]\nscheduler: { poll_interval: 5s }\n';
    const settings = loadSettings({ PORT: '5000', LOG_LEVEL: ' ' }, { yamlText });
    expect(settings.http.port).toBe(5000);
    expect(settings.service.logLevel).toBe('debug');
    expect(settings.broker.kafkaBrokers).toEqual(['a:1', 'b:2']);
    expect(settings.scheduler.pollIntervalMs).toBe(5_000);
    expect(settings.worker.concurrency).toBe(10);
  });

  it('overlooks what Kubernetes sets for its services', () => {
    expect(loadSettings({ REDIS_PORT: 'tcp://10.0.0.1:6379', REDIS_HOST: 'cache' }).redis.url).toBe(
      'redis://cache:6379/0',
    );
  });

  it('is frozen all the way down', () => {
    const settings = loadSettings({ KAFKA_BROKERS: 'a:1' });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.broker.kafkaBrokers)).toBe(true);
    expect(Object.isFrozen(settings.encryption.keys[0])).toBe(true);
  });

  it.each([
    [{}, 'file'],
    [{ KAFKA_BROKERS: 'a:9092' }, 'kafka'],
    [{ RABBITMQ_URL: 'amqp://localhost' }, 'rabbitmq'],
    [{ KAFKA_BROKERS: 'a:9092', RABBITMQ_URL: 'amqp://localhost' }, 'kafka'],
    [{ KAFKA_BROKERS: 'a:9092', BROKER: 'file' }, 'file'],
  ])('chooses the broker for %j: %s', (env, kind) => {
    expect(loadSettings(env).broker.kind).toBe(kind);
  });

  it('assembles URLs from their parts, whatever a password holds', () => {
    const env = {
      DB_HOST: '::1',
      DB_USER_NAME: 'a@b',
      DB_PASSWORD: 'p:/?#%',
      REDIS_PASSWORD: 'x@y',
      REDIS_DB: '3',
      REDIS_TLS: 'true',
    };
    const { database, redis } = loadSettings(env);
    const url = new URL(database.url);
    expect([url.hostname, decodeURIComponent(url.username), decodeURIComponent(url.password)]).toEqual([
      '[::1]',
      'a@b',
      'p:/?#%',
    ]);
    expect(redis.url).toBe('rediss://:x%40y@localhost:6379/3');
  });

  it('prefers a URL to its parts and says so', () => {
    const settings = loadSettings({
      DATABASE_URL: 'postgres://u:p@db/x',
      DB_HOST: 'elsewhere',
      ENCRYPTION_KEYS: `k:${KEY}`,
    });
    expect(settings.database.url).toBe('postgres://u:p@db/x');
    expect(settings.warnings).toEqual(['DB_HOST is ignored: DATABASE_URL is set.']);
  });

  it('logs in as orchid_app and migrates as the owner', () => {
    const owner = 'postgresql://owner:secret@db/orchid';
    expect(loadSettings({ DATABASE_URL: owner, DB_APP_PASSWORD: 'a/b' }).database).toMatchObject({
      url: 'postgresql://orchid_app:a%2Fb@db/orchid',
      migrationUrl: owner,
      appPassword: 'a/b',
    });
    const app = 'postgresql://orchid_app:pw%21@db/orchid';
    expect(loadSettings({ DATABASE_URL: app, MIGRATION_DATABASE_URL: owner }).database).toMatchObject({
      url: app,
      migrationUrl: owner,
      appPassword: 'pw!',
    });
    expect(loadSettings({ DATABASE_URL: owner }).database.appPassword).toBeUndefined();
  });

  it('warns of a variable that is nearly a setting', () => {
    expect(loadSettings({ KAFKA_BROKER: 'a:1', PATH: '/bin', HOME: '/' }).warnings).toContain(
      'KAFKA_BROKER is not a setting: did you mean KAFKA_BROKERS?',
    );
  });

  it('reads encryption keys in order', () => {
    const { keys } = loadSettings({ ENCRYPTION_KEYS: `new:${KEY}, old:${KEY}` }).encryption;
    expect(keys.map(({ id }) => id)).toEqual(['new', 'old']);
  });
});

describe('bad settings', () => {
  it('lists every one with the accepted form, and never the value', () => {
    const problems = problemsOf(
      { PORT: 'http', PARK_AFTER: 'soon', ENCRYPTION_KEYS: 'k:c2VjcmV0' },
      { yamlText: 'max_loops: 0' },
    );
    expect(problems.map(({ name }) => name)).toEqual(['PORT', 'PARK_AFTER', 'MAX_LOOPS', 'ENCRYPTION_KEYS']);
    const { message } = new SettingsError(problems);
    expect(message).toContain('PORT is not a whole number. Accepted: a port from 0 to 65535.');
    expect(message).toContain('MAX_LOOPS (config.yaml) is below 1');
    expect(message).not.toContain('c2VjcmV0');
  });

  it.each<[string, Environment]>([
    ['PORT', { PORT: '65536' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['PRETTY_LOGS', { PRETTY_LOGS: 'maybe' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://localhost/x' }],
    ['DATABASE_URL', { DATABASE_URL: 'localhost' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'a:9092,b' }],
    ['KAFKA_BROKERS', { BROKER: 'kafka' }],
    ['RABBITMQ_URL', { BROKER: 'rabbitmq' }],
    ['KAFKA_SASL_PASSWORD', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' }],
    ['BROKER', { BROKER: 'nats' }],
    ['JOB_QUEUE', { JOB_QUEUE: 'orchid:jobs' }],
    ['ENCRYPTION_KEYS', { ENCRYPTION_KEYS: `a:${KEY},a:${KEY}` }],
    ['MAX_RESPONSE_BYTES', { MAX_RESPONSE_BYTES: '10 TiB' }],
    ['SCHEDULER_POLL_INTERVAL', { SCHEDULER_POLL_INTERVAL: '-1' }],
    ['OUTBOUND_ALLOW_PRIVATE', { OUTBOUND_ALLOW_PRIVATE: 'true' }],
  ])('names %s in %j', (name, env) => {
    expect(problemsOf(env).map((problem) => problem.name)).toEqual([name]);
  });

  it.each([
    ['kafka_broker: a:1', 'kafka_broker', 'did you mean kafka_brokers?'],
    ['database: { ur: x }', 'database.ur', 'did you mean database_url?'],
    ['port: { a: 1 }', 'port.a', 'is not a setting'],
    ['port: [[1]]', 'port', 'holds something other'],
    ['- port', 'config.yaml', 'is no mapping'],
    ['port: [1', 'config.yaml', 'is no YAML'],
    ['port: 1\nport: 2', 'config.yaml', 'is no YAML'],
  ])('refuses the YAML %j', (yamlText, name, problem) => {
    expect(problemsOf({}, { yamlText })).toEqual([
      expect.objectContaining({ name, problem: expect.stringContaining(problem) }),
    ]);
  });

  it('demands in production what protects it', () => {
    const env = { NODE_ENV: 'production', OUTBOUND_ALLOW_PRIVATE: 'localhost:8080' };
    expect(problemsOf(env).map(({ name }) => name)).toEqual([
      'ENCRYPTION_KEYS',
      'AUTH_ENABLED',
      'OUTBOUND_ALLOW_PRIVATE',
    ]);
    expect(problemsOf({ ...env, PORT: 'x', ENCRYPTION_KEYS: 'x' }).map(({ name }) => name)).toEqual([
      'PORT',
      'ENCRYPTION_KEYS',
      'AUTH_ENABLED',
      'OUTBOUND_ALLOW_PRIVATE',
    ]);
    const sound = { NODE_ENV: 'production', ENCRYPTION_KEYS: `k:${KEY}` };
    expect(problemsOf(sound).map(({ name }) => name)).toEqual(['AUTH_ENABLED']);
    expect(loadSettings(sound, { app: 'worker' }).warnings).toEqual([]);
    expect(loadSettings({ ...sound, ALLOW_INSECURE_AUTH: 'true' }).production).toBe(true);
    expect(loadSettings({ ...sound, AUTH_ENABLED: 'true' }).auth.enabled).toBe(true);
  });
});

describe('showSettings', () => {
  it('masks secrets and says where a value comes from', () => {
    const env = {
      DATABASE_URL: 'postgres://u:canary@db/x?sslpassword=canary',
      KAFKA_SASL_PASSWORD: 'canary',
      ENCRYPTION_KEYS: `canary:${KEY}`,
    };
    const shown = showSettings(env, { yamlText: 'redis_password: canary\nport: 1' });
    const of = (name: string) => shown.find((setting) => setting.name === name);
    expect(of('DATABASE_URL')).toEqual({
      name: 'DATABASE_URL',
      value: 'postgres://u:********@db/x',
      origin: 'environment',
    });
    expect(of('PORT')).toEqual({ name: 'PORT', value: '1', origin: 'file' });
    expect(of('REDIS_URL')).toEqual({ name: 'REDIS_URL', value: undefined, origin: 'unset' });
    expect(JSON.stringify(shown)).not.toContain('canary');
  });
});

describe('kinds', () => {
  const day = { min: 0, max: 86_400_000 };

  it.each([
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['250', 250],
    ['250ms', 250],
    ['1D', 86_400_000],
  ])('reads the duration %s', (given, value) => {
    expect(duration(day).parse(given)).toEqual({ value });
  });

  it.each([
    ['10MiB', 10_485_760],
    ['10 MB', 10_000_000],
    ['512', 512],
    ['1.5kib', 1_536],
  ])('reads the size %s', (given, value) => {
    expect(bytes({ min: 0, max: 2 ** 40 }).parse(given)).toEqual({ value });
  });

  it('never throws and stays within its bounds', () => {
    fc.assert(
      fc.property(fc.string(), (given) => {
        const parsed = duration(day).parse(given);
        if ('value' in parsed) expect(parsed.value >= day.min && parsed.value <= day.max).toBe(true);
        expect(() => [bytes(day).parse(given), list(hostAndPort).parse(given)]).not.toThrow();
      }),
    );
  });
});

describe('the texts that no log may show', () => {
  it('are the secrets, but not ordinary words', () => {
    const { secrets } = loadSettings({
      DATABASE_URL: 'postgres://postgres:postgres@db/x',
      REDIS_URL: 'redis://:a-long-generated-one@r',
      KAFKA_SASL_PASSWORD: 'hunter2-hunter2',
      DB_APP_PASSWORD: 'orchid',
      ENCRYPTION_KEYS: `k1:${KEY}`,
    });
    expect(secrets).toEqual(expect.arrayContaining([KEY, 'hunter2-hunter2', 'a-long-generated-one', ':postgres@']));
    expect(secrets).not.toContain('postgres');
    expect(secrets).not.toContain('orchid');
  });
});
