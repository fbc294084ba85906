import type { Fault } from '@orchid/kernel';
import type { CompiledLimit, CompiledPlan, CompiledStep } from '../compiled-plan';
import { stepsOf } from '../compile/step-auth';
import type { CanonicalExpression } from '../findings';
import type { PlanValidation } from '../validate-plan';
import { countRequests } from './count-requests';

/** A plan as the engine understands it, for its author. */
export interface PlanExplanation {
  readonly key: string;
  readonly expressions: readonly CanonicalExpression[];
  readonly steps: readonly StepExplanation[];
  readonly warnings: readonly Fault[];
}

export interface StepExplanation {
  readonly step_path: string;
  /** `GET {config.base_url}/contacts`; null for a step that sends nothing. */
  readonly request: string | null;
  readonly runs: 'once' | 'per response' | 'per item';
  /** The most passes of its loop; 1 without one. */
  readonly max_passes: number;
  /** Requests for one pass with all that runs on its response, such as `1 + items(root) × 1`. */
  readonly requests_per_page: string;
  /** The same when every request needs all of its retries. */
  readonly worst_case: string;
  readonly limits: readonly LimitExplanation[];
}

export interface LimitExplanation {
  readonly name: string;
  readonly scope: CompiledLimit['scope'];
  readonly requests: number | string | null;
  readonly window_secs: number | string | null;
  readonly max_concurrent: number | string | null;
}

/** What a valid plan will do: the canonical form of its expressions, the limits on each step, and what a page costs at most. */
export function explainPlan(validation: Extract<PlanValidation, { ok: true }>): PlanExplanation {
  const { plan, canonical, warnings } = validation;
  return {
    key: plan.document.key,
    expressions: canonical,
    steps: stepsOf(plan.root).map((step) => explainStep(plan, step)),
    warnings,
  };
}

function explainStep(plan: CompiledPlan, step: CompiledStep): StepExplanation {
  const { request } = step;
  return {
    step_path: step.path,
    request: request === null ? null : `${request.method} ${request.url.source}`,
    runs: runsOf(plan, step),
    max_passes: passesOf(plan, step),
    requests_per_page: countRequests(step, { maxLoops: plan.maxLoops, withRetries: false }),
    worst_case: countRequests(step, { maxLoops: plan.maxLoops, withRetries: true }),
    limits: plan.limits.filter((limit) => appliesTo(limit, step)).map(explainLimit),
  };
}

function runsOf(plan: CompiledPlan, step: CompiledStep): StepExplanation['runs'] {
  if (step === plan.root) return 'once';
  return stepsOf(plan.root).some((parent) => parent.itemSteps.includes(step)) ? 'per item' : 'per response';
}

function passesOf(plan: CompiledPlan, step: CompiledStep): number {
  return step.while !== null || step.nextUrl !== null ? plan.maxLoops : 1;
}

/** Whether a limit matches the step's path as the plan writes it; an island may stand for any segment. */
function appliesTo(limit: CompiledLimit, step: CompiledStep): boolean {
  if (step.request === null) return false;
  const path = `/${step.request.url.source.replace(/^(\{\{.*?\}\}|\{[^}]*\}|[a-z]+:\/\/[^/]*)\/?/, '').split('?')[0] ?? ''}`;
  return limit.matches({ method: step.request.method, path, stepId: step.id });
}

function explainLimit({ name, scope, document }: CompiledLimit): LimitExplanation {
  const { requests = null, window_secs = null, max_concurrent = null } = document;
  return { name, scope, requests, window_secs, max_concurrent };
}
