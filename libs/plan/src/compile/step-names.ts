import type { ContextUpdate } from '../compiled-plan';
import type { Findings } from '../findings';
import { below } from '../json-path';
import type { StepDocument } from '../plan-document';
import type { ExpressionReader } from './expression-reader';
import type { StepPlace } from './step-place';

const READ_ONLY = new Set([
  'current_time',
  'last_execution_at',
  'last_success_at',
  'last_failure_at',
  'execution_count',
  'loop_count',
  'event',
]);

/** Compiles the writes to `context`. The root writes values, a sub-step writes through a reducer. */
export function compileContextUpdates(
  findings: Findings,
  reader: ExpressionReader,
  place: StepPlace,
  updates: StepDocument['context_updates'],
): ContextUpdate[] {
  return Object.entries(updates ?? {}).map(([name, update]) => {
    const path = below(`${place.documentPath}.context_updates`, name);
    if (READ_ONLY.has(name)) {
      findings.fault(
        path,
        'read_only_context',
        `context.${name} is set by the system and cannot be written.`,
        'Use another name.',
      );
    }
    if (typeof update === 'string') {
      if (place.depth > 0) needsReducer(findings, path, update);
      return { name, expression: reader.expression(path, update), reduce: null, key: null };
    }
    return {
      name,
      expression: reader.expression(`${path}.expr`, update.expr),
      reduce: update.reduce,
      key: reader.optionalExpression(`${path}.key`, update.key),
    };
  });
}

function needsReducer(findings: Findings, path: string, source: string): void {
  const message = 'A sub-step runs many times: how its values become one has to be said.';
  const example = JSON.stringify({ expr: source, reduce: 'last' });
  findings.fault(path, 'reducer_required', message, `Write ${example}; reduce is max, min or last.`);
}

/** Names that would reach an object's prototype instead of a field. */
const PROTOTYPE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** Names of vars that a step's own bookkeeping, or JavaScript's, would take. */
export function checkNames(
  findings: Findings,
  place: StepPlace,
  step: StepDocument,
  siblingIds: ReadonlySet<string>,
): void {
  for (const field of ['init', 'vars', 'context_updates', 'extract'] as const) {
    for (const name of Object.keys(step[field] ?? {})) {
      const path = below(`${place.documentPath}.${field}`, name);
      if (PROTOTYPE_NAMES.has(name)) {
        findings.fault(path, 'unknown_field', `The name ${name} is not allowed.`, 'Use another name.');
      } else if ((field === 'init' || field === 'vars') && siblingIds.has(name)) {
        const message = `vars.${name} holds the answer of the step ${name}.`;
        findings.fault(path, 'var_takes_step_id', message, 'Rename the var or the step.');
      }
    }
  }
}
