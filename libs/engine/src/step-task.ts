import type { CompiledStep } from '@orchid/plan';
import type { StepState } from './checkpoint';
import type { Execution } from './execution';
import type { Frame } from './frame';
import type { StepOutcome } from './step-outcome';

export interface StepTask {
  readonly step: CompiledStep;
  readonly frame: Frame;
  readonly resumed: StepState | null;
  /** Somebody reads the bodies of all passes. */
  readonly wantsBodies: boolean;
}

/** Runs a step with all its passes, and what runs on each of its responses. */
export type RunStep = (run: Execution, task: StepTask) => Promise<StepOutcome>;
