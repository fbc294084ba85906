import type { OutgoingRecord, Publisher } from './publisher.port';

/** Sends every execution event to the responses topic as well, after the data of its execution (same key). */
export class EventMirroringPublisher implements Publisher {
  constructor(private readonly inner: Publisher) {}

  get maxMessageBytes(): number {
    return this.inner.maxMessageBytes;
  }

  publish(records: readonly OutgoingRecord[]): Promise<void> {
    return this.inner.publish(records.flatMap(mirrored));
  }

  ping(): Promise<number> {
    return this.inner.ping();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

function mirrored(record: OutgoingRecord): OutgoingRecord[] {
  return record.channel === 'events' ? [record, { ...record, channel: 'responses' }] : [record];
}
