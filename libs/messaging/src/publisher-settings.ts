import type { BatchingSettings } from './batching/batching-settings';
import type { Channel } from './publisher.port';

/** The topic of each channel: a Kafka topic, a RabbitMQ routing key and queue, or a file's name. */
export type TopicNames = Readonly<Record<Channel, string>>;

export const DEFAULT_TOPICS: TopicNames = {
  responses: 'api-responses',
  errors: 'api-errors',
  events: 'execution-events',
};

/** Where a driver reports what its client library says; `details` hold no secrets. */
export type DriverLog = (level: 'warn' | 'info' | 'debug', message: string, details: object) => void;

interface DriverSettings extends Partial<BatchingSettings> {
  readonly topics?: TopicNames;
  readonly log?: DriverLog;
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface KafkaSettings extends DriverSettings {
  readonly broker: 'kafka';
  /** `host:port` of each bootstrap server. */
  readonly brokers: readonly string[];
  readonly clientId?: string;
  readonly ssl?: boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: KafkaSasl;
  /** Batches of at least so many bytes are compressed. Default 1024. */
  readonly compressFromBytes?: number;
  /** Whether missing topics are created. Default true. */
  readonly createTopics?: boolean;
  /** For topics that are created; absent: the broker's defaults. */
  readonly topicPartitions?: number;
  readonly topicReplication?: number;
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

export interface RabbitMqSettings extends DriverSettings {
  readonly broker: 'rabbitmq';
  /** `amqp://` or `amqps://`. */
  readonly url: string;
  /** A durable topic exchange. Default `orchid`. */
  readonly exchange?: string;
  /** Whether a durable queue per topic is declared and bound, so that nothing is unroutable. Default true. */
  readonly declareQueues?: boolean;
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

export interface FileSettings extends DriverSettings {
  readonly broker: 'file';
  /** `FILE_SINK_DIR`; made when missing. */
  readonly directory: string;
}

/** What {@link createPublisher} and {@link createReader} need to know, by broker. */
export type PublisherSettings = KafkaSettings | RabbitMqSettings | FileSettings;
