import { setMaxListeners } from 'node:events';
import type { JsonObject, Redactor } from '@orchid/kernel';
import type { CompiledPlan } from '@orchid/plan';

export interface ExecutionInput {
  readonly tenantId: string;
  readonly executionId: string;
  /** Name of the integration. */
  readonly integration: string;
  readonly plan: CompiledPlan;
  readonly planVersion: number;
  readonly configId: string;
  /** The config's values, secrets in the clear. */
  readonly config: JsonObject;
  /** Top-level names of the config that hold secrets. */
  readonly secretFields: ReadonlySet<string>;
  /** Knows every secret value of the config; tokens are added as they come. */
  readonly redactor: Redactor;
  /** The stored context with its read-only members. */
  readonly context: JsonObject;
  /** Where an earlier attempt stopped, as {@link CheckpointStore} got it. */
  readonly checkpoint: JsonObject | null;
  /** Why to stop before the end, when asked. */
  readonly stop: StopSignal;
  /** A wait longer than this parks the execution, in milliseconds. */
  readonly parkAfterMs: number;
  /** Upper bound of one run of the engine before it yields, in milliseconds of active time. */
  readonly sliceMs: number;
}

export type StopReason = 'cancel' | 'yield' | 'lost';

/** Asks a running execution to stop: `cancel` for good, `yield` to go on elsewhere, `lost` because another worker owns it. */
export class StopSignal {
  private readonly work = new AbortController();
  private readonly wait = new AbortController();
  private asked: StopReason | null = null;

  constructor() {
    // Every request in flight listens.
    setMaxListeners(0, this.work.signal, this.wait.signal);
  }

  get reason(): StopReason | null {
    return this.asked;
  }

  /** Breaks off what is in flight: not for a `yield`, which lets it finish. */
  get signal(): AbortSignal {
    return this.work.signal;
  }

  /** Breaks off waits before anything is in flight, whatever the reason to stop. */
  get waiting(): AbortSignal {
    return this.wait.signal;
  }

  /** Whether an error is what these signals reject with. */
  isReason(error: unknown): boolean {
    return [this.work, this.wait].some(({ signal }) => signal.aborted && signal.reason === error);
  }

  /** The first reason stands, except that losing ownership overrides a wish to yield. */
  ask(reason: StopReason): void {
    if (this.asked === null || reason === 'lost') this.asked = reason;
    const why = new Error(`the execution was asked to stop: ${reason}`);
    this.wait.abort(why);
    if (reason !== 'yield') this.work.abort(why);
  }
}
