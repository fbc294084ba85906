import type { OutgoingRecord } from '@orchid/messaging';
import type { JsonObject } from '@orchid/kernel';
import type { CompiledRequest } from '@orchid/plan';
import { AckTracker } from './ack-tracker';
import { ActiveTime } from './active-time';
import type { ExecutionState, StepState } from './checkpoint';
import { ContextLedger } from './context-ledger';
import type { EnginePorts } from './engine-ports';
import type { ExecutionInput } from './execution-input';
import type { ExecutionError } from './execution-outcome';
import { credentialsOf, type Credentials } from './origin';
import { ReceiptCounter } from './receipt-counter';

/** What all steps of one running execution share. */
export class Execution {
  readonly receipt: ReceiptCounter;
  readonly context: ContextLedger;
  readonly acks: AckTracker;
  /** The root's position to go on from. */
  readonly resumed: StepState | null;
  /** The first failure of an item or a page that let the rest go on. */
  partial: ExecutionError | null;
  readonly time: ActiveTime;
  /** This run got further: a checkpoint was saved or an item finished. */
  progressed = false;
  private readonly credentials = new Map<CompiledRequest, Credentials>();

  constructor(
    readonly input: ExecutionInput,
    readonly ports: EnginePorts,
  ) {
    const state = input.checkpoint as unknown as ExecutionState | null;
    this.receipt = new ReceiptCounter(state?.receipt ?? null);
    this.context = new ContextLedger(input.context, state?.pending ?? {});
    this.partial = state?.partial ?? null;
    this.resumed = state?.root ?? null;
    this.time = new ActiveTime(() => ports.clock.now());
    this.acks = new AckTracker(
      ports.publisher,
      (records, ms) => this.acknowledged(records, ms),
      () => ports.clock.now(),
      (records) => {
        this.receipt.counts.published += records.length;
      },
    );
  }

  credentialsOf(request: CompiledRequest): Credentials {
    const known = this.credentials.get(request) ?? credentialsOf(request, this.input.secretFields);
    this.credentials.set(request, known);
    return known;
  }

  /** The run has had its share of time: it should yield, or fail when it got nowhere. */
  isOverdue(): boolean {
    return this.time.ms() > Math.min(this.input.sliceMs, this.input.plan.maxExecutionMs);
  }

  /** Commits a position once everything published for it is acknowledged. */
  async keep(root: StepState | null): Promise<void> {
    // The position and its counts are taken before waiting: other items go on meanwhile.
    const [state, progress] = [this.position(root), this.receipt.progress()];
    await this.acks.settled();
    const began = this.ports.clock.now();
    await this.ports.checkpoints.save(state, progress);
    this.progressed = true;
    this.ports.observer.checkpointed?.(this.ports.clock.now() - began);
  }

  position(root: StepState | null): JsonObject {
    const state: ExecutionState = {
      version: 1,
      root,
      receipt: this.receipt.state(),
      pending: this.context.pending,
      partial: this.partial,
    };
    return state as unknown as JsonObject;
  }

  private acknowledged(records: readonly OutgoingRecord[], milliseconds: number): void {
    const errors = records.filter((record) => record.channel === 'errors').length;
    if (errors > 0) this.ports.observer.published?.('errors', errors, milliseconds);
    if (errors < records.length) this.ports.observer.published?.('responses', records.length - errors, milliseconds);
  }
}
