import type { PublishError } from '../publish.errors';
import type { OutgoingRecord } from '../publisher.port';

/** One call of `publish`: settled when the last of its records is. */
export class PendingPublish {
  readonly settled: Promise<void>;
  private failure: PublishError | undefined;
  private resolve: () => void = () => undefined;
  private reject: (error: PublishError) => void = () => undefined;

  constructor(private remaining: number) {
    this.settled = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  settle(error?: PublishError): void {
    this.failure ??= error;
    this.remaining -= 1;
    if (this.remaining > 0) return;
    if (this.failure === undefined) this.resolve();
    else this.reject(this.failure);
  }
}

/** A record on its way, with what it costs and whom to tell. */
export interface QueuedRecord {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly call: PendingPublish;
  /** When the delivery time-out began, in milliseconds since the epoch. */
  admittedAt: number;
}
