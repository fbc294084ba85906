import type { Expression } from '@orchid/expression';
import type { CompiledStep } from '../compiled-plan';
import { soundEntries } from '../document/sound-part';
import type { StepDocument } from '../plan-document';
import type { Compilation } from './compilation';
import type { ExpressionReader } from './expression-reader';
import type { StepPlace } from './step-place';

type Settings = Pick<CompiledStep, 'concurrency' | 'stopOnError' | 'emitMode'>;

export interface FanOut extends Settings {
  readonly items: Expression | null;
  /** Whether the sub-step of this index runs once per item. */
  readonly perItem: (index: number) => boolean;
}

/** What a step without an address of its own may read: nothing was asked yet. */
const EMPTY_HANDED = new Set(['response', 'prev']);

/** Whether a step's `iterate_over` makes the items of its own sub-steps rather than its parent's. */
function ownsItems(step: StepDocument, depth: number): boolean {
  return step.iterate_over !== undefined && (depth === 0 || step.url === undefined);
}

/** Finds the one list that a step's sub-steps run over, who runs over it, and how. */
export function compileFanOut(
  compilation: Compilation,
  reader: ExpressionReader,
  place: StepPlace,
  step: StepDocument,
): FanOut {
  const iterating = soundEntries(step.sub_steps).filter(
    ([, sub]) => sub.iterate_over !== undefined && !ownsItems(sub, place.depth + 1),
  );
  if (step.iterate_over !== undefined && ownsItems(step, place.depth)) {
    const items = ownItems(compilation, reader, place, { ...step, iterate_over: step.iterate_over });
    for (const [index] of iterating) conflict(compilation, place, index);
    return { items, perItem: () => true, ...settings(compilation, [step]) };
  }
  const indexes = new Set(iterating.map(([index]) => index));
  const sharing = iterating.map(([, sub]) => sub);
  // A sub-step that runs over its parent's list spends its own settings there.
  const mine = place.depth > 0 && step.iterate_over !== undefined ? [] : [step];
  checkEmitModes(compilation, place, iterating);
  return {
    items: sharedItems(compilation, reader, place, iterating),
    perItem: (index) => indexes.has(index),
    ...settings(compilation, [...sharing, ...mine]),
  };
}

function ownItems(
  { findings }: Compilation,
  reader: ExpressionReader,
  place: StepPlace,
  step: StepDocument & { readonly iterate_over: string },
): Expression {
  const path = `${place.documentPath}.iterate_over`;
  const items = reader.expression(path, step.iterate_over);
  const empty = items.references.find(({ root }) => EMPTY_HANDED.has(root));
  if (step.url === undefined && empty !== undefined && !findings.isBroken(`${place.documentPath}.url`)) {
    const message = `A step without url has no answer: its iterate_over cannot read ${empty.root}.`;
    findings.fault(
      path,
      'root_not_available',
      message,
      'Read config, context, vars, parent or item, or give the step a url.',
    );
  }
  return items;
}

function conflict({ findings }: Compilation, place: StepPlace, index: number): void {
  const message = 'The enclosing step runs its sub-steps over its own iterate_over; a second list has no place here.';
  findings.fault(`${place.documentPath}.sub_steps[${index}].iterate_over`, 'iterate_over_differs', message, NEST);
}

const NEST = 'Nest it: put this step into the sub_steps of a step without url that has the other iterate_over.';

function sharedItems(
  { findings }: Compilation,
  reader: ExpressionReader,
  place: StepPlace,
  iterating: readonly [index: number, step: StepDocument][],
): Expression | null {
  let items: Expression | null = null;
  for (const [index, { iterate_over: source = '' }] of iterating) {
    const path = `${place.documentPath}.sub_steps[${index}].iterate_over`;
    const each = reader.expression(path, source);
    if (items !== null && !findings.isBroken(path) && items.source !== '' && !sameList(items, each)) {
      const message =
        'The sub-steps of one step share one list of items; this one differs from that of an earlier step.';
      findings.fault(path, 'iterate_over_differs', message, NEST);
    }
    items ??= each;
  }
  return items;
}

/** On a sub-step `parent` and `response` are the same answer. */
function sameList(a: Expression, b: Expression): boolean {
  const neutral = ({ canonical }: Expression) => canonical.replace(/^parent\b/, 'response');
  return neutral(a) === neutral(b);
}

function checkEmitModes(
  { findings }: Compilation,
  place: StepPlace,
  iterating: readonly [number, StepDocument][],
): void {
  const first = iterating.find(([, step]) => step.fanout_emit_mode !== undefined)?.[1].fanout_emit_mode;
  for (const [index, { fanout_emit_mode: mode }] of iterating) {
    if (mode === undefined || mode === first) continue;
    const path = `${place.documentPath}.sub_steps[${index}].fanout_emit_mode`;
    const message = `The sub-steps that share a list publish in one way; an earlier one says ${first ?? 'record'}.`;
    findings.fault(path, 'conflicting_fields', message, 'Give all of them the same fanout_emit_mode.');
  }
}

/** Of several steps that share a list the most careful one counts. */
function settings({ caps }: Compilation, steps: readonly StepDocument[]): Settings {
  const [first] = steps.flatMap(({ fanout_emit_mode: mode }) => mode ?? []);
  const limits = steps.flatMap(({ concurrency }) => concurrency ?? []);
  return {
    concurrency: limits.length > 0 ? Math.min(...limits) : caps.defaultConcurrency,
    stopOnError: steps.some((step) => step.stop_on_error === true),
    emitMode: first ?? 'record',
  };
}
