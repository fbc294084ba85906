import type { CompiledPlan } from '../compiled-plan';
import { soundEntries } from '../document/sound-part';
import type { Findings } from '../findings';
import { PLAN_DEFAULTS, type PlanCaps } from '../plan-caps';
import type { PlanDocument, StepDocument } from '../plan-document';
import type { Compilation } from './compilation';
import { compileLimits } from './compile-limits';
import { compileStep } from './compile-step';
import { checkTiming } from './schedule';
import { stepsOf } from './step-auth';
import { checkNames } from './step-names';
import { ROOT_PLACE } from './step-place';

const MOST_STEPS = 100;

export interface CompileSettings {
  readonly caps: PlanCaps;
  readonly configFields: ReadonlySet<string> | null;
}

/** Compiles a document that passed the schema, whole or in part. The result is good only when no fault was found. */
export function compileDocument(
  document: PlanDocument,
  findings: Findings,
  { caps, configFields }: CompileSettings,
): CompiledPlan | null {
  checkIntegration(findings, document);
  checkTiming(findings, document);
  const maxExecutionSeconds = capped(findings, caps, document, 'maxExecutionSeconds');
  const maxNestingDepth = capped(findings, caps, document, 'maxNestingDepth');
  const compilation: Compilation = { findings, caps, maxNestingDepth, configFields };
  const common = {
    document,
    maxExecutionMs: maxExecutionSeconds * 1_000,
    maxLoops: capped(findings, caps, document, 'maxLoops'),
    maxRequestBytes: capped(findings, caps, document, 'maxRequestBytes'),
    allowedOrigins: compileOrigins(findings, document.allowed_origins),
  };
  const step = document.step as StepDocument | undefined;
  if (step === undefined) {
    compileLimits(compilation, document.rate_limits, new Set());
    return null;
  }
  checkStepCount(findings, step);
  const place = { ...ROOT_PLACE, id: step.id ?? ROOT_PLACE.path };
  checkNames(findings, place, step, new Set());
  const root = compileStep(compilation, place, step);
  const stepIds = new Set(stepsOf(root).map(({ id }) => id));
  return { ...common, root, limits: compileLimits(compilation, document.rate_limits, stepIds) };
}

function checkIntegration(findings: Findings, document: PlanDocument): void {
  const has = (field: 'integration' | 'integration_id') =>
    document[field] !== undefined || findings.isBroken(`$.${field}`);
  if (has('integration') && has('integration_id')) {
    const message = 'Both integration and integration_id are given.';
    findings.fault('$.integration_id', 'conflicting_fields', message, 'Remove one of the two.');
  } else if (!has('integration') && !has('integration_id')) {
    const message = 'The plan does not say which integration it reads.';
    findings.fault('$.integration', 'required', message, 'Add integration with its name, or integration_id.');
  }
}

const CAPPED = {
  maxExecutionSeconds: 'max_execution_seconds',
  maxLoops: 'max_loops',
  maxNestingDepth: 'max_nesting_depth',
  maxRequestBytes: 'max_request_bytes',
} as const;

function capped(findings: Findings, caps: PlanCaps, document: PlanDocument, name: keyof typeof CAPPED): number {
  const asked = document[CAPPED[name]];
  if (asked !== undefined && asked > caps[name]) {
    const message = `This deployment allows at most ${caps[name]}.`;
    findings.warn(`$.${CAPPED[name]}`, 'capped', message, 'The smaller number holds.');
  }
  return Math.min(asked ?? PLAN_DEFAULTS[name], caps[name]);
}

function compileOrigins(findings: Findings, origins: readonly string[] | undefined): string[] {
  return soundEntries(origins).map(([index, text]) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isHttp = url !== null && ['http:', 'https:'].includes(url.protocol);
    if (isHttp && [url.origin, `${url.origin}/`].includes(text.toLowerCase())) return url.origin;
    const hint = isHttp ? `Write ${url.origin}.` : 'Write scheme and host, such as https://files.example.com.';
    findings.fault(`$.allowed_origins[${index}]`, 'invalid_origin', 'This is no origin of an http(s) address.', hint);
    return text;
  });
}

function checkStepCount(findings: Findings, root: StepDocument): void {
  const count = countSteps(root);
  if (count <= MOST_STEPS) return;
  const message = `The plan has ${count} steps; at most ${MOST_STEPS} are allowed.`;
  findings.fault('$.step', 'too_many_steps', message, 'Divide it into several plans.');
}

function countSteps(step: StepDocument): number {
  return soundEntries(step.sub_steps).reduce((sum, [, each]) => sum + countSteps(each), 1);
}
