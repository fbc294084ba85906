import type { JsonObject } from '@orchid/kernel';

/** Where an execution's position is kept. */
export interface CheckpointStore {
  /** Commits the position. `state` is plain JSON that the engine alone understands. Throws `OwnershipLost` when another worker owns the execution by now. */
  save(state: JsonObject, progress: Progress): Promise<void>;
}

/** Counts while an execution runs, as shown to people. Field names are the wire's. */
export interface Progress {
  readonly pages: number;
  readonly api_calls: number;
  readonly records: number;
  readonly items_total: number;
  readonly items_failed: number;
  readonly published: number;
  readonly bytes: number;
}
