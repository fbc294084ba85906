import type { Scope } from '@orchid/expression';
import { setOwn, type JsonObject } from '@orchid/kernel';
import type { ContextUpdate, NamedExpression } from '@orchid/plan';
import type { LoopState } from './loop-state';
import { StepError } from './step.errors';

/** Evaluates names in the order written, each seeing the ones before in `vars`. */
export function assignVars(loop: LoopState, named: readonly NamedExpression[], scope: Scope): void {
  if (named.length === 0) return;
  const vars = { ...loop.vars };
  for (const { name, expression } of named) setOwn(vars, name, expression.evaluate({ ...scope, vars }));
  loop.vars = vars;
}

export function extract(loop: LoopState, scope: Scope): JsonObject {
  const extracted: JsonObject = {};
  for (const { name, expression } of loop.step.extract) setOwn(extracted, name, expression.evaluate(scope));
  return extracted;
}

/** The root's updates are seen at once; a sub-step's go through its reducer and are seen after success. */
export function updateContext(loop: LoopState, scope: Scope): void {
  for (const update of loop.step.contextUpdates) {
    const value = update.expression.evaluate(scope);
    if (update.reduce === null) loop.run.context.set(update.name, value);
    else loop.run.context.reduce(update, value, keyOf(update, scope));
  }
}

function keyOf(update: ContextUpdate, scope: Scope): string | null {
  if (update.key === null) return null;
  const key = update.key.evaluate(scope);
  if (typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint') return String(key);
  throw new StepError(
    'context_key_invalid',
    `the key of context update ${update.name} is ${key === null ? 'null' : typeof key}, not a text or number`,
  );
}
