import type { OutgoingRecord, Publisher } from '@orchid/messaging';

const MAX_UNACKNOWLEDGED_BYTES = 8 * 1024 * 1024;

/** Publishes without waiting for each acknowledgement, but never with more than a bounded number of bytes outstanding. */
export class AckTracker {
  private readonly outstanding = new Set<Promise<void>>();
  private bytes = 0;
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly publisher: Publisher,
    private readonly onAcknowledged: (records: readonly OutgoingRecord[], milliseconds: number) => void,
    private readonly now: () => number,
    /** Hears of records as they are handed over: a checkpoint is written only after their acknowledgement. */
    private readonly onHandedOver: (records: readonly OutgoingRecord[]) => void,
  ) {}

  /** Hands records over in order. Waits while too much is outstanding. Throws what an earlier publish failed with. */
  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    this.throwFailure();
    if (records.length === 0) return;
    this.start(records);
    while (this.bytes > MAX_UNACKNOWLEDGED_BYTES && this.failure === null) await Promise.race(this.outstanding);
    this.throwFailure();
  }

  /** Resolves once everything handed over so far is acknowledged. */
  async settled(): Promise<void> {
    while (this.outstanding.size > 0) await Promise.all(this.outstanding);
    this.throwFailure();
  }

  private start(records: readonly OutgoingRecord[]): void {
    const size = records.reduce((sum, record) => sum + record.value.length, 0);
    const began = this.now();
    this.bytes += size;
    this.onHandedOver(records);
    const sent = this.publisher
      .publish(records)
      .then(() => this.onAcknowledged(records, this.now() - began))
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => {
        this.bytes -= size;
        this.outstanding.delete(sent);
      });
    this.outstanding.add(sent);
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }
}
