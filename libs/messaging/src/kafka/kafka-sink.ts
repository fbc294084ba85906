import { type Admin, CompressionTypes, type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import type { BatchSink, Refusal } from '../batching/batch-sink.port';
import { PublishError } from '../publish.errors';
import type { KafkaSettings, TopicNames } from '../publisher-settings';
import type { OutgoingRecord } from '../publisher.port';
import { kafkaClient } from './kafka-client';
import { publishErrorOf } from './kafka-errors';
import { ensureTopics } from './kafka-topics';

const COMPRESS_FROM_BYTES = 1024;

/** Batches as one idempotent produce request each, acknowledged by all in-sync replicas. */
export class KafkaSink implements BatchSink {
  private readonly kafka: Kafka;
  private producer: Promise<Producer> | undefined;
  private admin: Promise<Admin> | undefined;
  private closed = false;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly topics: TopicNames,
  ) {
    this.kafka = kafkaClient(settings);
  }

  async send(batch: readonly OutgoingRecord[]): Promise<readonly Refusal[]> {
    const byTopic = new Map<string, Message[]>();
    let bytes = 0;
    for (const record of batch) {
      const value = Buffer.from(record.value, 'utf8');
      bytes += value.length;
      const messages = byTopic.get(this.topics[record.channel]) ?? [];
      messages.push({ key: record.key, value, headers: record.headers });
      byTopic.set(this.topics[record.channel], messages);
    }
    const compress = bytes >= (this.settings.compressFromBytes ?? COMPRESS_FROM_BYTES);
    try {
      const producer = await this.connected();
      await producer.sendBatch({
        acks: -1,
        compression: compress ? CompressionTypes.GZIP : CompressionTypes.None,
        topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
      });
      return [];
    } catch (error) {
      this.discardProducer();
      throw publishErrorOf(error);
    }
  }

  async ping(): Promise<void> {
    this.admin ??= this.connectAdmin();
    const admin = this.admin;
    try {
      await (await admin).describeCluster();
    } catch (error) {
      if (this.admin === admin) this.admin = undefined;
      void disconnect(admin);
      throw publishErrorOf(error);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const { producer, admin } = this;
    this.producer = undefined;
    this.admin = undefined;
    await Promise.all([disconnect(producer), disconnect(admin)]);
  }

  private connected(): Promise<Producer> {
    if (this.closed) throw new PublishError('publisher_closed', 'The publisher is closed.');
    this.producer ??= this.connectProducer();
    return this.producer;
  }

  private async connectProducer(): Promise<Producer> {
    await ensureTopics(this.kafka, Object.values(this.topics), this.settings);
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 1 },
    });
    return connectedOrClosed(producer);
  }

  private connectAdmin(): Promise<Admin> {
    return connectedOrClosed(this.kafka.admin({ retry: { retries: 0 } }));
  }

  /**
   * kafkajs takes back its sequence numbers after a failure. Had the broker stored the batch after all, the next one
   * would carry the same numbers and be acknowledged as a duplicate without being stored: only a new producer id is
   * safe. It also cures connections that do not come back after a broker restart.
   */
  private discardProducer(): void {
    const { producer } = this;
    this.producer = undefined;
    void disconnect(producer);
  }
}

// A client that failed half-way may have a socket open already.
async function connectedOrClosed<C extends Producer | Admin>(client: C): Promise<C> {
  try {
    await client.connect();
    return client;
  } catch (error) {
    void client.disconnect().catch(() => undefined);
    throw error;
  }
}

async function disconnect(client: Promise<Producer | Admin> | undefined): Promise<void> {
  await client?.then((each) => each.disconnect()).catch(() => undefined);
}
