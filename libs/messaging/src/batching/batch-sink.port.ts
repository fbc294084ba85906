import type { PublishError } from '../publish.errors';
import type { OutgoingRecord } from '../publisher.port';

/** A record of a batch that the broker refused for good, while it took the others. */
export interface Refusal {
  readonly index: number;
  readonly error: PublishError;
}

/** What a driver does for the batching core: one batch at a time, in order. */
export interface BatchSink {
  /**
   * Resolves once the broker has every record but the refused ones. Throws `PublishError` when nothing is known of any
   * of them: a transient one is sent again as it is, any other is narrowed down to the records that cause it.
   */
  send(batch: readonly OutgoingRecord[]): Promise<readonly Refusal[]>;
  /** Throws when the broker cannot be reached. */
  ping(): Promise<void>;
  /** Ends the connection at once; a `send` under way fails. */
  close(): Promise<void>;
}
