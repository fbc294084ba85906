import type { OutgoingRecord } from '@orchid/messaging';
import type { RecordSink } from './record-sink';

const MAX_HELD_BYTES = 256 * 1024;

/** Holds an item's messages back until it is the item's turn; one with a lot to say goes ahead of its turn. */
export class ItemSink implements RecordSink {
  private held: OutgoingRecord[] = [];
  private bytes = 0;

  constructor(private readonly outer: (records: readonly OutgoingRecord[]) => Promise<void>) {}

  async add(record: OutgoingRecord): Promise<void> {
    this.held.push(record);
    this.bytes += record.value.length;
    if (this.bytes > MAX_HELD_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const records = this.held;
    this.held = [];
    this.bytes = 0;
    await this.outer(records);
  }
}
