import { newId } from '@orchid/kernel';
import type { Admin, EachBatchPayload, IHeaders, Kafka } from 'kafkajs';
import { DEFAULT_TOPICS, type KafkaSettings, type TopicNames } from '../publisher-settings';
import type { Channel } from '../publisher.port';
import { readRecords } from '../reading/read-records';
import type { ConsumedRecord, ReadOptions, RecordReader } from '../reading/reader.port';
import type { RecordStream } from '../reading/record-stream';
import { kafkaClient } from './kafka-client';

/** Reads whole topics with a consumer group of its own that commits nothing and is deleted afterwards. */
export class KafkaReader implements RecordReader {
  private readonly kafka: Kafka;
  private readonly topics: TopicNames;

  constructor(settings: KafkaSettings) {
    this.kafka = kafkaClient(settings);
    this.topics = settings.topics ?? DEFAULT_TOPICS;
  }

  read(channel: Channel, options: ReadOptions): AsyncIterable<ConsumedRecord> {
    return readRecords((stream) => this.feed(this.topics[channel], stream, options), options);
  }

  async close(): Promise<void> {
    // Every reading has connections of its own.
  }

  private async feed(topic: string, stream: RecordStream, options: ReadOptions): Promise<() => Promise<void>> {
    const admin = this.kafka.admin();
    await admin.connect();
    const ends = options.until === 'end' ? await endOffsets(admin, topic) : undefined;
    if (ends?.size === 0) {
      stream.end();
      return () => admin.disconnect();
    }
    const groupId = `orchid-reader-${newId()}`;
    const consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
    const stop = async () => {
      await consumer.disconnect();
      await admin.deleteGroups([groupId]).catch(() => undefined);
      await admin.disconnect();
    };
    // A new cluster has no group coordinator for a moment: without this the reader would wait for ever.
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) stream.end(payload.error);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatch: (payload) => deliver(payload, stream, ends) });
    } catch (error) {
      await stop();
      throw error;
    }
    return stop;
  }
}

/** The offset after the last record of every partition that has any. */
async function endOffsets(admin: Admin, topic: string): Promise<Map<number, bigint>> {
  const present = await admin.listTopics();
  if (!present.includes(topic)) return new Map();
  const offsets = await admin.fetchTopicOffsets(topic);
  const filled = offsets.filter(({ low, high }) => BigInt(high) > BigInt(low));
  return new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
}

async function deliver(
  payload: EachBatchPayload,
  stream: RecordStream,
  ends: Map<number, bigint> | undefined,
): Promise<void> {
  const { batch } = payload;
  const { topic, partition } = batch;
  const end = ends?.get(partition);
  for (const message of batch.messages) {
    if (ends !== undefined && (end === undefined || BigInt(message.offset) >= end)) break;
    await stream.push({
      topic,
      partition,
      offset: message.offset,
      key: message.key?.toString('utf8') ?? '',
      headers: textHeaders(message.headers ?? {}),
      value: message.value?.toString('utf8') ?? '',
    });
  }
  await payload.heartbeat();
  if (ends === undefined || end === undefined || BigInt(batch.lastOffset()) + 1n < end) return;
  ends.delete(partition);
  if (ends.size === 0) stream.end();
}

function textHeaders(headers: IHeaders): Record<string, string> {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)]);
  return Object.fromEntries(texts) as Record<string, string>;
}
