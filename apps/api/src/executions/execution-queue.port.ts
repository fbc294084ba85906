/** Where executions wait for a worker. PostgreSQL knows them too: one that cannot be enqueued is found there later. */
export interface ExecutionQueue {
  enqueue(ref: QueuedExecution): Promise<void>;
  /** As `enqueue`; one that is in the queue for a later time starts at once. */
  wake(ref: QueuedExecution): Promise<void>;
  /** Round trip in milliseconds. */
  ping(): Promise<number>;
}

export interface QueuedExecution {
  readonly tenantId: string;
  readonly executionId: string;
}
