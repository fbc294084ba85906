import { parseJson, type JsonValue } from '@orchid/kernel';
import { measureRecord } from './batching/record-size';
import { PublishError } from './publish.errors';
import type { Channel, OutgoingRecord, Publisher } from './publisher.port';
import { DEFAULT_TOPICS } from './publisher-settings';
import { readRecords } from './reading/read-records';
import type { ConsumedRecord, ReadOptions, RecordReader } from './reading/reader.port';
import type { RecordStream } from './reading/record-stream';

export interface MemoryPublisherOptions {
  readonly maxMessageBytes?: number;
  /** Awaited before the records are stored: to delay the broker, or to make it fail. */
  readonly beforeStore?: (records: readonly OutgoingRecord[]) => Promise<void> | void;
}

/** A publisher that keeps its records: for tests, and for previews that publish nothing. */
export class MemoryPublisher implements Publisher, RecordReader {
  readonly records: OutgoingRecord[] = [];
  readonly maxMessageBytes: number;
  private readonly readers = new Set<() => void>();
  private readonly failures: PublishError[] = [];
  private closed = false;

  constructor(private readonly options: MemoryPublisherOptions = {}) {
    this.maxMessageBytes = options.maxMessageBytes ?? 1_000_000;
  }

  /** Makes the next `publish` throw; told several times, the next several. */
  failNext(error: PublishError): void {
    this.failures.push(error);
  }

  /** The channel's messages, parsed. */
  messages(channel: Channel): JsonValue[] {
    return this.records.filter((record) => record.channel === channel).map((record) => parseJson(record.value));
  }

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.closed) throw new PublishError('publisher_closed', 'The publisher is closed.');
    for (const record of records) measureRecord(record, this.maxMessageBytes);
    await this.options.beforeStore?.(records);
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    this.records.push(...records);
    for (const wake of this.readers) wake();
  }

  ping(): Promise<number> {
    if (this.closed) return Promise.reject(new PublishError('publisher_closed', 'The publisher is closed.'));
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  read(channel: Channel, options: ReadOptions): AsyncIterable<ConsumedRecord> {
    return readRecords((stream) => Promise.resolve(this.feed(channel, stream, options)), options);
  }

  private feed(channel: Channel, stream: RecordStream, options: ReadOptions): () => Promise<void> {
    let next = 0;
    const push = () => {
      for (; next < this.records.length; next += 1) {
        const record = this.records[next];
        if (record?.channel === channel) void stream.push(consumed(record, next));
      }
    };
    push();
    if (options.until === 'end') stream.end();
    else this.readers.add(push);
    return () => Promise.resolve(void this.readers.delete(push));
  }
}

function consumed(record: OutgoingRecord, position: number): ConsumedRecord {
  const { channel, key, headers, value } = record;
  return { topic: DEFAULT_TOPICS[channel], partition: 0, offset: String(position), key, headers, value };
}
