import { Fifo } from './fifo';
import type { QueuedRecord } from './pending-publish';

export interface BatchBounds {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Records in the order they came: first those whose callers wait at the gate, then those admitted into the byte budget.
 * A record larger than the whole budget is admitted alone, since it would never fit otherwise.
 */
export class RecordQueue {
  private readonly gate = new Fifo<QueuedRecord>();
  private readonly ready = new Fifo<QueuedRecord>();
  private admitted = 0;
  private waiting = 0;

  constructor(
    private readonly maxInFlightBytes: number,
    private readonly now: () => number,
  ) {}

  /** Bytes admitted and not yet released. */
  get inFlightBytes(): number {
    return this.admitted;
  }

  /** Bytes whose callers wait at the gate. */
  get waitingBytes(): number {
    return this.waiting;
  }

  get isEmpty(): boolean {
    return this.ready.length === 0 && this.gate.length === 0;
  }

  get readyCount(): number {
    return this.ready.length;
  }

  add(record: QueuedRecord): void {
    this.gate.push(record);
    this.waiting += record.bytes;
    this.admit();
  }

  /** The next batch, within the bounds but never empty while records wait. */
  take(bounds: BatchBounds): QueuedRecord[] {
    const batch: QueuedRecord[] = [];
    let bytes = 0;
    for (let next = this.ready.peek(); next !== undefined; next = this.ready.peek()) {
      if (batch.length > 0 && (batch.length >= bounds.messages || bytes + next.bytes > bounds.bytes)) break;
      batch.push(next);
      bytes += next.bytes;
      this.ready.shift();
    }
    return batch;
  }

  /** Gives back the budget of a record that is settled. */
  release(record: QueuedRecord): void {
    this.admitted -= record.bytes;
    this.admit();
  }

  private admit(): void {
    for (let next = this.gate.peek(); next !== undefined; next = this.gate.peek()) {
      if (this.admitted > 0 && this.admitted + next.bytes > this.maxInFlightBytes) return;
      this.gate.shift();
      this.waiting -= next.bytes;
      this.admitted += next.bytes;
      next.admittedAt = this.now();
      this.ready.push(next);
    }
  }
}
