import type { CompiledRequest, CompiledStep, ContextUpdate } from '../compiled-plan';
import type { Findings } from '../findings';
import { below } from '../json-path';
import type { StepPlace } from './step-place';

type Loop = Pick<CompiledStep, 'while' | 'breakWhen' | 'nextUrl' | 'contextUpdates'> & {
  readonly request: CompiledRequest | null;
};

/** Roots that change from one pass of a loop to the next. */
const CHANGING = new Set(['context', 'vars', 'response', 'prev', 'meta']);

/** Whether a step makes more than one pass. */
export function loops(step: Pick<Loop, 'while' | 'nextUrl'>): boolean {
  return step.while !== null || step.nextUrl !== null;
}

/** Warns of loops that are legal and probably not meant: endless, standing still, or starting where the last one ended. */
export function checkLoop(findings: Findings, place: StepPlace, step: Loop): void {
  const at = place.documentPath;
  if (!loops(step)) {
    if (step.breakWhen === null) return;
    const message = 'The step does not loop, so there is nothing to leave.';
    findings.warn(`${at}.break_when`, 'unused_field', message, 'Add while or next_url, or remove break_when.');
    return;
  }
  checkBounds(findings, at, step);
  checkProgress(findings, at, step);
  for (const update of step.contextUpdates) checkCursor(findings, at, step, update);
}

function checkBounds(findings: Findings, at: string, step: Loop): void {
  if (step.while === null || step.breakWhen !== null || step.nextUrl !== null) return;
  if (step.while.references.some(({ root }) => CHANGING.has(root))) return;
  const message = 'Nothing the condition reads changes from pass to pass: the loop ends at max_loops, as a failure.';
  findings.warn(
    `${at}.while`,
    'unbounded_loop',
    message,
    'Let the condition read response or vars, or add break_when.',
  );
}

function checkProgress(findings: Findings, at: string, step: Loop): void {
  if (step.request === null || step.nextUrl !== null) return;
  if (readRoots(step.request).some((root) => CHANGING.has(root))) return;
  const message = 'Every pass sends the same request.';
  findings.warn(
    at,
    'loop_repeats_request',
    message,
    'Read vars, context or prev in url, params or body, or use next_url.',
  );
}

function checkCursor(findings: Findings, at: string, step: Loop, { name }: ContextUpdate): void {
  if (step.request === null || !readsContext(step.request, name)) return;
  const message = `context.${name} moves this loop from page to page, and is kept: the next execution starts where this one ended.`;
  const hint = `Keep the position in vars (vars.${name}) unless that is what is meant.`;
  findings.warn(below(`${at}.context_updates`, name), 'cursor_in_context', message, hint);
}

function readsContext(request: CompiledRequest, name: string): boolean {
  return references(request).some(({ root, field }) => root === 'context' && (field === name || field === null));
}

function readRoots(request: CompiledRequest): string[] {
  return references(request).map(({ root }) => root);
}

function references(request: CompiledRequest) {
  const values = [...request.headers.values(), ...request.params.values(), request.body];
  return [...request.url.references, ...values.flatMap((value) => value?.references ?? [])];
}
