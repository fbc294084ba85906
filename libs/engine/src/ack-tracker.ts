import type { OutgoingRecord, Publisher } from '@orchid/messaging';

const MAX_UNACKNOWLEDGED_BYTES = 8 * 1024 * 1024;

/** Publishes without waiting for each acknowledgement, but never with more than a bounded number of bytes outstanding. */
export class AckTracker {
  private outstanding = 0;
  private bytes = 0;
  private failure: { readonly error: unknown } | null = null;
  /** Those who wait until there is room again, and until nothing is outstanding. */
  private waiting: (() => void)[] = [];
  private settling: (() => void)[] = [];

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
    while (this.isFull()) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.throwFailure();
  }

  /** Resolves once everything handed over so far is acknowledged. */
  async settled(): Promise<void> {
    while (this.outstanding > 0) await new Promise<void>((resolve) => this.settling.push(resolve));
    this.throwFailure();
  }

  private isFull(): boolean {
    return this.bytes > MAX_UNACKNOWLEDGED_BYTES && this.failure === null;
  }

  private start(records: readonly OutgoingRecord[]): void {
    const size = records.reduce((sum, record) => sum + record.value.length, 0);
    const began = this.now();
    this.bytes += size;
    this.outstanding += 1;
    this.onHandedOver(records);
    void this.publisher
      .publish(records)
      .then(() => this.onAcknowledged(records, this.now() - began))
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.ended(size));
  }

  private ended(size: number): void {
    this.bytes -= size;
    this.outstanding -= 1;
    if (!this.isFull()) this.waiting = wake(this.waiting);
    if (this.outstanding === 0) this.settling = wake(this.settling);
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }
}

function wake(sleepers: readonly (() => void)[]): [] {
  for (const sleeper of sleepers) sleeper();
  return [];
}
