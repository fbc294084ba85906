import { isTransient, PublishError } from '../publish.errors';
import type { BatchSink, Refusal } from './batch-sink.port';
import type { BatchingSettings } from './batching-settings';
import type { QueuedRecord } from './pending-publish';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

type Settle = (entry: QueuedRecord, error: PublishError | undefined) => void;

/** Delivers one batch to the end: sent again while the broker is away, narrowed down when it refuses the whole. */
export class BatchDelivery {
  private readonly stop = new AbortController();
  private lastFailure: { readonly error: PublishError; readonly at: number } | undefined;

  constructor(
    private readonly sink: BatchSink,
    private readonly settings: Required<BatchingSettings>,
    private readonly settle: Settle,
  ) {}

  /** No further attempts: what cannot be delivered at once is rejected. */
  giveUp(): void {
    this.stop.abort(new Error('closing'));
  }

  /** Settles every record of the batch; never throws. */
  async deliver(batch: readonly QueuedRecord[]): Promise<void> {
    const outcome = await this.sendUntilKnown(batch);
    if (!(outcome instanceof PublishError)) {
      this.settleAll(batch, outcome);
      return;
    }
    const [only] = batch;
    if (isTransient(outcome) || (batch.length === 1 && only !== undefined)) {
      for (const entry of batch) this.settle(entry, outcome);
      return;
    }
    // In halves and in order: one record that the broker never takes must not take its neighbours with it.
    const middle = Math.ceil(batch.length / 2);
    await this.deliver(batch.slice(0, middle));
    await this.deliver(batch.slice(middle));
  }

  private async sendUntilKnown(batch: readonly QueuedRecord[]): Promise<readonly Refusal[] | PublishError> {
    const records = batch.map((entry) => entry.record);
    const admittedAt = batch[0]?.admittedAt ?? 0;
    const deadline = admittedAt + this.settings.deliveryTimeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      // The records behind a batch that timed out have seen the broker away for as long.
      if (this.lastFailure !== undefined && this.lastFailure.at > admittedAt && this.isOver(deadline)) {
        return this.lastFailure.error;
      }
      const outcome = await this.attempt(records, batch);
      if (!(outcome instanceof PublishError)) return outcome;
      this.settings.observer.onError?.(outcome.code);
      if (!isTransient(outcome) || this.isOver(deadline)) return outcome;
      await this.pause(attempt, deadline);
    }
  }

  private async attempt(
    records: Parameters<BatchSink['send']>[0],
    batch: readonly QueuedRecord[],
  ): Promise<readonly Refusal[] | PublishError> {
    const started = performance.now();
    try {
      const refusals = await this.sink.send(records);
      this.lastFailure = undefined;
      const refused = new Set(refusals.map((refusal) => refusal.index));
      const bytes = batch.reduce((sum, entry, index) => sum + (refused.has(index) ? 0 : entry.bytes), 0);
      const count = batch.length - refused.size;
      if (count > 0) this.settings.observer.onPublished?.(count, bytes, performance.now() - started);
      return refusals;
    } catch (error) {
      const failure =
        error instanceof PublishError ? error : PublishError.unavailable('The broker driver failed', error);
      if (isTransient(failure)) this.lastFailure = { error: failure, at: this.settings.clock.now() };
      return failure;
    }
  }

  private settleAll(batch: readonly QueuedRecord[], refusals: readonly Refusal[]): void {
    const errors = new Map(refusals.map(({ index, error }) => [index, error]));
    for (const { error } of refusals) this.settings.observer.onError?.(error.code);
    for (const [index, entry] of batch.entries()) this.settle(entry, errors.get(index));
  }

  private isOver(deadline: number): boolean {
    return this.stop.signal.aborted || this.settings.clock.now() >= deadline;
  }

  private async pause(attempt: number, deadline: number): Promise<void> {
    const { clock } = this.settings;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS) * (0.5 + Math.random() / 2);
    try {
      await clock.sleep(Math.min(delay, Math.max(deadline - clock.now(), 0)), this.stop.signal);
    } catch {
      // Told to stop: the caller looks at the signal next.
    }
  }
}
