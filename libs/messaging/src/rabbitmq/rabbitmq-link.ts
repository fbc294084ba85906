import { type ChannelModel, type ConfirmChannel, connect, type Message } from 'amqplib';
import { within } from '../batching/within';
import { PublishError } from '../publish.errors';
import type { RabbitMqSettings, TopicNames } from '../publisher-settings';

const CONNECT_TIMEOUT_MS = 3_000;
const CLOSE_TIMEOUT_MS = 1_000;
const HEARTBEAT_SECONDS = '10';
const DEFAULT_EXCHANGE = 'orchid';

/** Opens a connection that notices a silent broker and whose loss throws nowhere; `onLost` hears of it once. */
export async function connectRabbitMq(settings: RabbitMqSettings, onLost: () => void): Promise<ChannelModel> {
  const url = new URL(settings.url);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', HEARTBEAT_SECONDS);
  const timeout = settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const opening = connect(url.href, { timeout, clientProperties: { connection_name: 'orchid' } });
  const connection = await within(opening, timeout, () =>
    PublishError.unavailable(`RabbitMQ did not answer within ${timeout} ms`),
  ).catch((error: unknown) => {
    opening.then(closeQuietly, () => undefined);
    throw error;
  });
  connection.on('error', (error) => settings.log?.('warn', error.message, { client: 'amqplib' }));
  connection.on('close', onLost);
  return connection;
}

/** One connection with one confirm channel, and everything declared that the topics need. */
export class RabbitMqLink {
  readonly exchange: string;
  /** Correlation ids of the messages that no queue took since the last batch. */
  readonly returned = new Set<string>();
  isLost = false;

  private constructor(
    private readonly connection: ChannelModel,
    readonly channel: ConfirmChannel,
    settings: RabbitMqSettings,
  ) {
    this.exchange = settings.exchange ?? DEFAULT_EXCHANGE;
    channel.on('close', () => (this.isLost = true));
    channel.on('return', (message: Message) => this.returned.add(String(message.properties.correlationId)));
  }

  static async open(settings: RabbitMqSettings, topics: TopicNames): Promise<RabbitMqLink> {
    const lost = { now: false };
    const connection = await connectRabbitMq(settings, () => (lost.now = true));
    try {
      const channel = await connection.createConfirmChannel();
      channel.on('error', (error) => settings.log?.('warn', error.message, { client: 'amqplib' }));
      const link = new RabbitMqLink(connection, channel, settings);
      await link.declare(topics, settings.declareQueues ?? true);
      link.isLost ||= lost.now;
      return link;
    } catch (error) {
      await closeQuietly(connection);
      throw error;
    }
  }

  close(): Promise<void> {
    this.isLost = true;
    return closeQuietly(this.connection);
  }

  private async declare(topics: TopicNames, withQueues: boolean): Promise<void> {
    await this.channel.assertExchange(this.exchange, 'topic', { durable: true });
    if (!withQueues) return;
    for (const topic of new Set(Object.values(topics))) {
      await this.channel.assertQueue(topic, { durable: true });
      await this.channel.bindQueue(topic, this.exchange, topic);
    }
  }
}

/** Closes a connection; one whose broker does not answer is given up after a second. */
export async function closeQuietly(connection: ChannelModel): Promise<void> {
  const late = () => new Error('close timed out');
  await within(connection.close(), CLOSE_TIMEOUT_MS, late).catch(() => undefined);
}
