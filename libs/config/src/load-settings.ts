import { resolveDatabase, resolveRedis, type DatabaseSettings, type RedisSettings } from './connection-urls';
import { developmentKeys, type EncryptionKey } from './encryption-keys';
import { readValues, type Environment, type RawValues, type SettingsSources } from './read-values';
import type { App } from './setting';
import { secretTexts } from './secret-texts';
import { SettingsError, type SettingProblem } from './settings.errors';

export type BrokerKind = 'kafka' | 'rabbitmq' | 'file';

type Raw = RawValues['values'];

/** What a process was told, checked and frozen. Durations are milliseconds, sizes bytes. */
export interface Settings extends Omit<Raw, 'database' | 'redis' | 'broker' | 'encryption'> {
  readonly app: App;
  readonly production: boolean;
  readonly database: DatabaseSettings;
  readonly redis: RedisSettings;
  readonly broker: Omit<Raw['broker'], 'kind'> & { readonly kind: BrokerKind };
  readonly encryption: { readonly keys: readonly EncryptionKey[] };
  /** Texts that no log may show. */
  readonly secrets: readonly string[];
  /** What an operator should know although the process starts. */
  readonly warnings: readonly string[];
}

/**
 * Reads every setting: environment first, the YAML text beneath it, defaults beneath that. Touches nothing but its arguments.
 * Throws {@link SettingsError} that lists every bad setting.
 */
export function loadSettings(env: Environment, sources: SettingsSources = {}): Settings {
  const { values, problems, warnings, texts } = readValues(env, sources);
  const app = sources.app ?? 'api';
  const production = values.service.environment === 'production';
  const kind = brokerKind(values.broker);
  const keys = values.encryption.keys ?? (production ? undefined : developmentKeys());
  const conflicts = [...brokerProblems(values.broker, kind), ...(production ? productionProblems(values, app) : [])];
  const fresh = conflicts.filter(({ name }) => !problems.some((problem) => problem.name === name));
  if (problems.length + fresh.length > 0 || keys === undefined) throw new SettingsError([...problems, ...fresh]);
  return deepFreeze({
    ...values,
    app,
    production,
    database: resolveDatabase(values.database),
    redis: resolveRedis(values.redis),
    broker: { ...values.broker, kind },
    encryption: { keys },
    secrets: secretTexts(texts),
    warnings: [...warnings, ...ignoredParts(texts), ...developmentWarnings(values)],
  });
}

function brokerKind(broker: Raw['broker']): BrokerKind {
  if (broker.kind !== undefined) return broker.kind;
  if (broker.kafkaBrokers.length > 0) return 'kafka';
  return broker.rabbitmqUrl === undefined ? 'file' : 'rabbitmq';
}

function brokerProblems(broker: Raw['broker'], kind: BrokerKind): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const demand = (name: string, because: string) => problems.push({ name, problem: `is required with ${because}` });
  if (kind === 'kafka' && broker.kafkaBrokers.length === 0) demand('KAFKA_BROKERS', 'BROKER=kafka');
  if (kind === 'rabbitmq' && broker.rabbitmqUrl === undefined) demand('RABBITMQ_URL', 'BROKER=rabbitmq');
  if (broker.kafkaSaslMechanism !== undefined) {
    if (broker.kafkaSaslUsername === undefined) demand('KAFKA_SASL_USERNAME', 'KAFKA_SASL_MECHANISM');
    if (broker.kafkaSaslPassword === undefined) demand('KAFKA_SASL_PASSWORD', 'KAFKA_SASL_MECHANISM');
  }
  return problems;
}

function productionProblems(values: Raw, app: App): SettingProblem[] {
  const problems: SettingProblem[] = [];
  if (values.encryption.keys === undefined) {
    problems.push({
      name: 'ENCRYPTION_KEYS',
      problem: 'is required when NODE_ENV=production',
      accepts: 'id:base64 with 32 random bytes, such as the output of: echo "k1:$(openssl rand -base64 32)"',
    });
  }
  if (app === 'api' && !values.auth.enabled && !values.auth.allowInsecure) {
    const problem = 'is false, which believes every caller, and NODE_ENV is production';
    problems.push({ name: 'AUTH_ENABLED', problem, accepts: 'true, or false together with ALLOW_INSECURE_AUTH=true' });
  }
  if (values.outbound.allowPrivate.length > 0) {
    problems.push({
      name: 'OUTBOUND_ALLOW_PRIVATE',
      problem: 'is for development and tests and refused when NODE_ENV=production',
    });
  }
  return problems;
}

function developmentWarnings(values: Raw): string[] {
  if (values.encryption.keys !== undefined) return [];
  return [
    'ENCRYPTION_KEYS is not set: secrets are encrypted with a key that is the same everywhere (development only).',
  ];
}

const URL_PARTS: Readonly<Record<string, readonly string[]>> = {
  DATABASE_URL: ['DB_HOST', 'DB_PORT', 'DB_USER_NAME', 'DB_PASSWORD', 'DB_NAME'],
  REDIS_URL: ['REDIS_HOST', 'REDIS_PORT', 'REDIS_PASSWORD', 'REDIS_DB', 'REDIS_TLS'],
};

function ignoredParts(texts: RawValues['texts']): string[] {
  const isGiven = (name: string) => ['environment', 'file'].includes(texts.get(name)?.origin ?? 'unset');
  return Object.entries(URL_PARTS)
    .filter(([url]) => isGiven(url))
    .flatMap(([url, parts]) => parts.filter(isGiven).map((part) => `${part} is ignored: ${url} is set.`));
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
