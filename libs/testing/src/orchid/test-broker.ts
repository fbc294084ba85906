import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { PublisherSettings, TopicNames } from '@orchid/messaging';
import { Kafka, logLevel } from 'kafkajs';
import { stackEnv } from '../stack/stack-env';

export interface TestBroker {
  readonly kind: 'kafka' | 'file';
  /** What the processes are told of it. */
  readonly env: Readonly<Record<string, string>>;
  /** For `createReader` and `createPublisher`. */
  readonly settings: PublisherSettings;
  /** Deletes the topics. */
  remove(): Promise<void>;
}

/** Topics of their own: in the stack's Kafka, else - unless `ORCHID_REQUIRE` names kafka - in files. */
export function createTestBroker(): TestBroker {
  const prefix = `t${randomBytes(5).toString('hex')}`;
  const topics = { responses: `${prefix}-responses`, errors: `${prefix}-errors`, events: `${prefix}-events` };
  const { kafkaBrokers } = stackEnv();
  if (kafkaBrokers !== undefined) return inKafka(kafkaBrokers, topics);
  if (/\bkafka\b/.test(process.env.ORCHID_REQUIRE ?? '')) throw new Error('ORCHID_REQUIRE names kafka: there is none');
  return inFiles(topics);
}

function inKafka(addresses: string, topics: TopicNames): TestBroker {
  const brokers = addresses.split(',');
  return {
    kind: 'kafka',
    env: { BROKER: 'kafka', KAFKA_BROKERS: addresses, ...topicEnv(topics) },
    settings: { broker: 'kafka', brokers, topics, clientId: 'orchid-test' },
    remove: async () => {
      const admin = new Kafka({ brokers, clientId: 'orchid-test', logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      const present = await admin.listTopics();
      const mine = Object.values(topics).filter((topic) => present.includes(topic));
      if (mine.length > 0) await admin.deleteTopics({ topics: mine });
      await admin.disconnect();
    },
  };
}

function inFiles(topics: TopicNames): TestBroker {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'orchid-messages-'));
  return {
    kind: 'file',
    env: { BROKER: 'file', FILE_SINK_DIR: directory, ...topicEnv(topics) },
    settings: { broker: 'file', directory, topics },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function topicEnv({ responses, errors, events }: TopicNames): Record<string, string> {
  return { KAFKA_RESPONSE_TOPIC: responses, KAFKA_ERROR_TOPIC: errors, EXECUTION_EVENTS_TOPIC: events };
}
