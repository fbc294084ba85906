import type { OutgoingRecord, Publisher } from '@orchid/messaging';

const MAX_UNACKNOWLEDGED_BYTES = 8 * 1024 * 1024;

/** Somebody who waits for every publish up to a number. */
interface Settling {
  readonly upTo: number;
  readonly wake: () => void;
}

/** Publishes without waiting for each acknowledgement, but never with more than a bounded number of bytes outstanding. */
export class AckTracker {
  /** Publishes without an acknowledgement, by number, oldest first. */
  private readonly outstanding = new Set<number>();
  private handedOver = 0;
  private bytes = 0;
  private failure: { readonly error: unknown } | null = null;
  private waiting: (() => void)[] = [];
  private settling: Settling[] = [];

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

  /** Resolves once everything handed over so far is acknowledged, whatever is handed over meanwhile. */
  async settled(): Promise<void> {
    const upTo = this.handedOver;
    if (this.oldest() <= upTo) await new Promise<void>((wake) => this.settling.push({ upTo, wake }));
    this.throwFailure();
  }

  private oldest(): number {
    const first = this.outstanding.values().next();
    return first.done === true ? Infinity : first.value;
  }

  private isFull(): boolean {
    return this.bytes > MAX_UNACKNOWLEDGED_BYTES && this.failure === null;
  }

  private start(records: readonly OutgoingRecord[]): void {
    const size = records.reduce((sum, record) => sum + record.value.length, 0);
    const began = this.now();
    this.bytes += size;
    this.handedOver += 1;
    const number = this.handedOver;
    this.outstanding.add(number);
    this.onHandedOver(records);
    void this.publisher
      .publish(records)
      .then(() => this.onAcknowledged(records, this.now() - began))
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.ended(number, size));
  }

  private ended(number: number, size: number): void {
    this.bytes -= size;
    this.outstanding.delete(number);
    if (!this.isFull()) {
      const sleepers = this.waiting;
      this.waiting = [];
      for (const wake of sleepers) wake();
    }
    this.wakeSettled();
  }

  private wakeSettled(): void {
    if (this.settling.length === 0) return;
    const oldest = this.oldest();
    const settled = this.settling.filter(({ upTo }) => upTo < oldest);
    if (settled.length === 0) return;
    this.settling = this.settling.filter(({ upTo }) => upTo >= oldest);
    for (const { wake } of settled) wake();
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }
}
