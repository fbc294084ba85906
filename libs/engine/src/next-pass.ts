import type { JsonObject } from '@orchid/kernel';
import type { LoopStopReason } from '@orchid/messaging';
import type { Scope } from '@orchid/expression';
import type { LoopState } from './loop-state';
import { StepError } from './step.errors';

export type NextPass =
  { readonly kind: 'stop'; readonly reason: LoopStopReason } | { readonly kind: 'go'; readonly nextUrl: string | null };

/** Whether a loop goes on after a successful pass, and where to. Throws `ExpressionError` and `StepError`. */
export function nextPass(loop: LoopState, scope: Scope, response: JsonObject): NextPass {
  const { step } = loop;
  if (step.breakWhen?.test(scope) === true) return { kind: 'stop', reason: 'break_when' };
  if (!loop.loops) return { kind: 'stop', reason: 'single' };
  const goesOn = step.while === null || step.while.test(scope);
  if (goesOn === null) return { kind: 'stop', reason: 'condition_null' };
  if (!goesOn) return { kind: 'stop', reason: 'while_false' };
  if (step.nextUrl === null) return { kind: 'go', nextUrl: null };
  const next = step.nextUrl.evaluate(scope);
  if (next === null || next === '') return { kind: 'stop', reason: 'next_url_null' };
  return { kind: 'go', nextUrl: absolute(next, response) };
}

function absolute(next: unknown, response: JsonObject): string {
  const base = typeof response.url === 'string' ? response.url : undefined;
  if (typeof next === 'string' && URL.canParse(next, base)) return new URL(next, base).href;
  throw new StepError(
    'bad_next_url',
    `next_url evaluated to ${typeof next === 'string' ? 'text that is no address' : typeof next}`,
  );
}
