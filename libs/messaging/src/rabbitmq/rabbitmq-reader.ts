import type { Channel as AmqpChannel, ConsumeMessage } from 'amqplib';
import { DEFAULT_TOPICS, type RabbitMqSettings } from '../publisher-settings';
import type { Channel } from '../publisher.port';
import { readRecords } from '../reading/read-records';
import type { ConsumedRecord, ReadOptions, RecordReader } from '../reading/reader.port';
import type { RecordStream } from '../reading/record-stream';
import { closeQuietly, connectRabbitMq } from './rabbitmq-link';

const NOT_FOUND = 404;

/** Reads a topic's queue without acknowledging: the broker puts everything back in place when the reading ends. */
export class RabbitMqReader implements RecordReader {
  constructor(private readonly settings: RabbitMqSettings) {}

  read(channel: Channel, options: ReadOptions): AsyncIterable<ConsumedRecord> {
    const topic = (this.settings.topics ?? DEFAULT_TOPICS)[channel];
    return readRecords((stream) => this.feed(topic, stream, options), options);
  }

  async close(): Promise<void> {
    // Every reading has a connection of its own.
  }

  private async feed(queue: string, stream: RecordStream, options: ReadOptions): Promise<() => Promise<void>> {
    const connection = await connectRabbitMq(this.settings, () => stream.end());
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => undefined);
      const count = await messageCount(channel, queue, options);
      if (count === 0) stream.end();
      else await consume(channel, { queue, count }, stream);
      return () => closeQuietly(connection);
    } catch (error) {
      await closeQuietly(connection);
      throw error;
    }
  }
}

/** How many messages to read: those there now, or no end of them. A queue that nobody declared yet holds none. */
async function messageCount(channel: AmqpChannel, queue: string, { until }: ReadOptions): Promise<number> {
  if (until !== 'end') return Infinity;
  try {
    const { messageCount: count } = await channel.checkQueue(queue);
    return count;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NOT_FOUND) return 0;
    throw error;
  }
}

async function consume(
  channel: AmqpChannel,
  { queue, count }: { readonly queue: string; readonly count: number },
  stream: RecordStream,
): Promise<void> {
  let seen = 0;
  await channel.consume(queue, (message) => {
    if (message === null) stream.end();
    if (message === null || seen >= count) return;
    // Unacknowledged messages cannot be paused one by one; the queue's own length bounds what is buffered.
    void stream.push(consumedRecord(queue, seen, message));
    seen += 1;
    if (seen === count) stream.end();
  });
}

function consumedRecord(topic: string, position: number, message: ConsumeMessage): ConsumedRecord {
  const { key = '', ...headers } = message.properties.headers as Record<string, string>;
  return { topic, partition: 0, offset: String(position), key, headers, value: message.content.toString('utf8') };
}
