import type { CompiledStep } from '@orchid/plan';

/** One thing that runs on a response: a sub-step of its own, or the whole fan-out. In document order. */
export type Stage = { readonly kind: 'step'; readonly step: CompiledStep } | { readonly kind: 'items' };

const cache = new WeakMap<CompiledStep, readonly Stage[]>();

/** The stages of a step: the fan-out stands where its first sub-step stands. */
export function stagesOf(step: CompiledStep): readonly Stage[] {
  const known = cache.get(step);
  if (known !== undefined) return known;
  const stages = arrange(step);
  cache.set(step, stages);
  return stages;
}

function arrange(step: CompiledStep): Stage[] {
  const plain = step.plainSteps.map((each): [number, Stage] => [position(each), { kind: 'step', step: each }]);
  const first = step.itemSteps[0];
  const items: [number, Stage][] =
    step.items === null ? [] : [[first === undefined ? -1 : position(first), { kind: 'items' }]];
  return [...plain, ...items].sort(([a], [b]) => a - b).map(([, stage]) => stage);
}

function position(step: CompiledStep): number {
  const index = /\[(\d+)\]$/.exec(step.documentPath)?.[1];
  return index === undefined ? 0 : Number(index);
}

/** Every expression and template of a step that may read a root: decides what has to be kept for it. */
export function reads(step: CompiledStep, root: string, field: string | null = null): boolean {
  return referencesOf(step).some(
    (reference) => reference.root === root && (field === null || reference.field === null || reference.field === field),
  );
}

/** Whether a step or anything below it reads `vars.<id>`. */
export function readsVar(step: CompiledStep, id: string): boolean {
  return reads(step, 'vars', id) || [...step.itemSteps, ...step.plainSteps].some((each) => readsVar(each, id));
}

interface Reference {
  readonly root: string;
  readonly field: string | null;
}

const references = new WeakMap<CompiledStep, readonly Reference[]>();

/** Asked for every loop that starts, also for each item of a fan-out: gathered once for a step. */
function referencesOf(step: CompiledStep): readonly Reference[] {
  const known = references.get(step);
  if (known !== undefined) return known;
  const gathered = gatherReferences(step);
  references.set(step, gathered);
  return gathered;
}

function gatherReferences(step: CompiledStep): Reference[] {
  const { request, rules } = step;
  const named = [...step.init, ...step.vars, ...step.contextUpdates, ...step.extract].map((each) => each.expression);
  const parts = [
    step.while,
    step.breakWhen,
    step.nextUrl,
    step.items,
    step.poll?.until,
    request?.url,
    request?.body,
    ...(request === null ? [] : [...request.headers.values(), ...request.params.values()]),
    ...Object.values(rules).map((rule) => rule.when),
    ...named,
  ];
  return parts.flatMap((part) => [...(part?.references ?? [])]);
}
