/** What a deployment allows a plan to ask for. A plan that asks for more gets this much, and a warning when it is saved. */
export interface PlanCaps {
  readonly maxExecutionSeconds: number;
  readonly maxLoops: number;
  readonly maxNestingDepth: number;
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  /** Items of a fan-out in flight where the step does not say. */
  readonly defaultConcurrency: number;
}

const MEBIBYTE = 1_048_576;

/** The caps of a deployment that sets none. */
export const DEFAULT_PLAN_CAPS: PlanCaps = {
  maxExecutionSeconds: 86_400,
  maxLoops: 100_000,
  maxNestingDepth: 10,
  maxRequestBytes: 50 * MEBIBYTE,
  maxResponseBytes: 100 * MEBIBYTE,
  defaultConcurrency: 50,
};

/** What holds where a plan says nothing, as far as the caps allow. */
export const PLAN_DEFAULTS = {
  maxExecutionSeconds: 300,
  maxLoops: 1_000,
  maxNestingDepth: 5,
  maxRequestBytes: 5 * MEBIBYTE,
} as const;
