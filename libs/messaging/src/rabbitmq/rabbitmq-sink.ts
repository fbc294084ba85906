import type { BatchSink, Refusal } from '../batching/batch-sink.port';
import { within } from '../batching/within';
import { PublishError } from '../publish.errors';
import type { RabbitMqSettings, TopicNames } from '../publisher-settings';
import type { OutgoingRecord } from '../publisher.port';
import { publishErrorOf } from './rabbitmq-errors';
import { RabbitMqLink } from './rabbitmq-link';

const CONFIRM_TIMEOUT_MS = 15_000;

/** Batches as persistent, mandatory messages, each confirmed by the broker. */
export class RabbitMqSink implements BatchSink {
  private link: Promise<RabbitMqLink> | undefined;
  private deliveries = 0;
  private closed = false;

  constructor(
    private readonly settings: RabbitMqSettings,
    private readonly topics: TopicNames,
  ) {}

  async send(batch: readonly OutgoingRecord[]): Promise<readonly Refusal[]> {
    try {
      const link = await this.connected();
      const first = this.deliveries;
      this.deliveries += batch.length;
      const confirms = batch.map((record, index) => this.publish(link, record, String(first + index)));
      const timeout = this.settings.requestTimeoutMs ?? CONFIRM_TIMEOUT_MS;
      await within(Promise.all(confirms), timeout, () =>
        PublishError.unavailable(`RabbitMQ did not confirm within ${timeout} ms`),
      );
      // The broker returns a message before it confirms it.
      const refusals = batch.flatMap((record, index) =>
        link.returned.has(String(first + index)) ? [{ index, error: this.unroutable(record, link.exchange) }] : [],
      );
      link.returned.clear();
      return refusals;
    } catch (error) {
      this.discard();
      throw publishErrorOf(error);
    }
  }

  async ping(): Promise<void> {
    try {
      const link = await this.connected();
      await link.channel.checkExchange(link.exchange);
    } catch (error) {
      throw publishErrorOf(error);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const { link } = this;
    this.link = undefined;
    await link?.then((each) => each.close()).catch(() => undefined);
  }

  private async connected(): Promise<RabbitMqLink> {
    if (this.closed) throw new PublishError('publisher_closed', 'The publisher is closed.');
    const opening = (this.link ??= RabbitMqLink.open(this.settings, this.topics));
    try {
      const link = await opening;
      if (!link.isLost) return link;
    } catch (error) {
      if (this.link === opening) this.link = undefined;
      throw error;
    }
    if (this.link === opening) this.link = undefined;
    return this.connected();
  }

  private publish(link: RabbitMqLink, record: OutgoingRecord, correlationId: string): Promise<void> {
    const { message_id: messageId } = record.headers;
    const options = {
      persistent: true,
      mandatory: true,
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      headers: { ...record.headers, key: record.key },
      // Only to recognise a returned message by.
      correlationId,
      ...(messageId !== undefined && { messageId }),
    };
    return new Promise((resolve, reject) => {
      const content = Buffer.from(record.value, 'utf8');
      link.channel.publish(link.exchange, this.topics[record.channel], content, options, (error: unknown) => {
        if (error === null || error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('message nacked'));
      });
    });
  }

  private unroutable(record: OutgoingRecord, exchange: string): PublishError {
    const topic = this.topics[record.channel];
    return new PublishError('unroutable', `No queue is bound to exchange ${exchange} for routing key ${topic}.`, {
      details: { exchange, routing_key: topic },
    });
  }

  private discard(): void {
    const { link } = this;
    this.link = undefined;
    link?.then((each) => each.close()).catch(() => undefined);
  }
}
