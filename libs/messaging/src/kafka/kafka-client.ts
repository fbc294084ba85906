import { Kafka, type KafkaConfig, logLevel, type LogEntry } from 'kafkajs';
import type { DriverLog, KafkaSettings } from '../publisher-settings';

/** A kafkajs client of the settings. It retries once by itself: how long to go on is the batching core's decision. */
export function kafkaClient(settings: KafkaSettings): Kafka {
  return new Kafka({
    clientId: settings.clientId ?? 'orchid',
    brokers: [...settings.brokers],
    connectionTimeout: settings.connectTimeoutMs ?? 3_000,
    authenticationTimeout: 5_000,
    requestTimeout: settings.requestTimeoutMs ?? 15_000,
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: settings.log === undefined ? logLevel.NOTHING : logLevel.INFO,
    logCreator: () => (entry) => forward(entry, settings.log),
    ...security(settings),
  });
}

function security(settings: KafkaSettings): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const { ssl, sasl } = settings;
  return {
    ...(ssl !== undefined && { ssl: typeof ssl === 'boolean' ? ssl : { ...ssl } }),
    // One literal per mechanism is what the library's union of types asks for.
    ...(sasl !== undefined && { sasl: { ...sasl } as NonNullable<KafkaConfig['sasl']> }),
  };
}

// Chosen on purpose: the batching core recreates the producer whenever an outcome is unknown.
const EXPECTED = 'Limiting retries for the idempotent producer';

function forward(entry: LogEntry, log: DriverLog | undefined): void {
  const { message, timestamp: _timestamp, logger: _logger, ...details } = entry.log;
  if (log === undefined || message.startsWith(EXPECTED)) return;
  log(entry.level <= logLevel.WARN ? 'warn' : entry.level === logLevel.INFO ? 'info' : 'debug', message, {
    client: 'kafkajs',
    namespace: entry.namespace,
    ...details,
  });
}
