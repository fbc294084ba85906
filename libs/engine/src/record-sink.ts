import type { OutgoingRecord } from '@orchid/messaging';

/** Takes records in the order in which they are to be published. */
export interface RecordSink {
  add(record: OutgoingRecord): Promise<void>;
}
