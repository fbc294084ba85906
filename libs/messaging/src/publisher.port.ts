/** Which stream a record belongs to; the deployment's settings map it to a topic. */
export type Channel = 'responses' | 'errors' | 'events';

export interface OutgoingRecord {
  readonly channel: Channel;
  /** Records with the same key stay in order. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The message, serialised: UTF-8 JSON. */
  readonly value: string;
}

export interface Publisher {
  /**
   * Resolves once the broker has acknowledged every record. Waits while more than the allowed bytes are in flight.
   * Throws `PublishError` (`broker_unavailable`, `message_too_large`): none or some of the records may then have arrived.
   */
  publish(records: readonly OutgoingRecord[]): Promise<void>;
  /** The largest `value` in bytes that the broker takes. */
  readonly maxMessageBytes: number;
  /** Round trip to the broker in milliseconds; throws `PublishError` when it cannot be reached. */
  ping(): Promise<number>;
  close(): Promise<void>;
}
