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
  private readonly controller = new AbortController();
  private asked: StopReason | null = null;

  constructor() {
    // Every request in flight listens.
    setMaxListeners(0, this.controller.signal);
  }

  get reason(): StopReason | null {
    return this.asked;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The first reason stands, except that losing ownership overrides a wish to yield. */
  ask(reason: StopReason): void {
    if (this.asked === null || reason === 'lost') this.asked = reason;
    if (reason !== 'yield') this.controller.abort(new Error(`the execution was asked to stop: ${reason}`));
  }
}
