import type { CheckpointStore, Progress } from '@orchid/engine';
import type { JsonObject } from '@orchid/kernel';
import type { Metrics } from '@orchid/observability';
import { OwnershipLost } from '@orchid/persistence';
import type { Ownership } from './ownership';

/** Checkpoints of an execution that this worker owns. */
export class OwnedCheckpointStore implements CheckpointStore {
  constructor(
    private readonly ownership: Ownership,
    private readonly metrics: Metrics,
  ) {}

  async save(state: JsonObject, progress: Progress): Promise<void> {
    try {
      await this.ownership.save(state, { ...progress });
      this.metrics.checkpoints.inc({ outcome: 'written' });
    } catch (error) {
      if (error instanceof OwnershipLost) this.metrics.checkpoints.inc({ outcome: 'lost' });
      throw error;
    }
  }
}
