/** What metrics want to know of a publisher. Called synchronously: it must neither throw nor wait. */
export interface PublisherObserver {
  /** A batch was acknowledged: its records, their bytes, and the milliseconds its last attempt took. */
  onPublished?(count: number, bytes: number, ms: number): void;
  /** An attempt failed or a record was refused; `code` is a `PublishErrorCode`. */
  onError?(code: string): void;
  /** The bytes that are accepted but not yet acknowledged have changed. */
  onInFlight?(bytes: number): void;
}
