import type { Channel } from '../publisher.port';

export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  /** Position within the partition, as the broker counts: a Kafka offset, a delivery number, a byte. */
  readonly offset: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

export interface ReadOptions {
  readonly from: 'beginning';
  /**
   * `end`: what the topic held when reading began. `{idleMs}`: until nothing came for so long. A predicate: up to and
   * including the first record it holds for. Absent: until the signal.
   */
  readonly until?: 'end' | { readonly idleMs: number } | ((record: ConsumedRecord) => boolean);
  /** Ends the reading; not an error. */
  readonly signal?: AbortSignal;
}

/** Reads topics back without consuming them: for tests, the demonstration and measurements. */
export interface RecordReader {
  read(channel: Channel, options: ReadOptions): AsyncIterable<ConsumedRecord>;
  close(): Promise<void>;
}
