import { setOwn, type JsonObject, type JsonValue } from '@orchid/kernel';
import type { CompiledStep } from '@orchid/plan';
import type { ItemState, StepState } from './checkpoint';
import type { ItemSink } from './item-sink';
import type { Frame } from './frame';
import type { LoopState } from './loop-state';
import type { ExecutionError } from './execution-outcome';
import { readsVar } from './stages';
import type { Ended, Parked, StepOutcome } from './step-outcome';
import type { RunStep } from './step-task';

export type ItemOutcome =
  /** `vars` as the item's last step left them: the bodies that were asked for are in it. */
  | {
      readonly kind: 'completed';
      readonly attached: JsonObject;
      readonly vars: JsonObject;
      readonly ignored: boolean;
    }
  | { readonly kind: 'failed'; readonly error: ExecutionError }
  | Parked<ItemState>
  | Ended;

export interface ItemTask {
  /** The loop of the step whose response was fanned out. */
  readonly loop: LoopState;
  readonly response: JsonObject;
  readonly item: JsonValue;
  readonly index: number;
  readonly sink: ItemSink;
  readonly resumed: ItemState | null;
  readonly runStep: RunStep;
}

const keepNothing = (): Promise<void> => Promise.resolve();

/** Runs the sub-steps of one item, in order. */
export async function runItem(task: ItemTask): Promise<ItemOutcome> {
  const { loop, resumed } = task;
  const steps = loop.step.itemSteps;
  const vars: JsonObject = { ...(resumed?.vars ?? loop.vars) };
  const attached: JsonObject = { ...resumed?.attached };
  let ignored = false;
  const begun = resumed?.stage ?? 0;
  for (const [stage, step] of steps.entries()) {
    if (stage < begun) continue;
    const asked = isAskedFor(step, [...steps, ...loop.step.plainSteps]);
    const inner: StepState | null = stage === begun ? (resumed?.step ?? null) : null;
    const stepTask = { step, frame: itemFrame(task, { ...vars }), resumed: inner, wantsBodies: step.attach || asked };
    const outcome = await task.runStep(loop.run, stepTask);
    if (outcome.kind !== 'completed') return unfinished(outcome, { stage, vars, attached });
    ignored ||= outcome.ignored;
    if (step.attach) setOwn(attached, step.id, outcome.body);
    if (asked) setOwn(vars, step.id, outcome.body);
  }
  return { kind: 'completed', attached, vars, ignored };
}

function unfinished(
  outcome: Exclude<StepOutcome, { kind: 'completed' }>,
  position: Omit<ItemState, 'step'>,
): ItemOutcome {
  return outcome.kind === 'parked' ? { ...outcome, state: { ...position, step: outcome.state } } : outcome;
}

/** Whether a sibling reads the body of a step. */
export function isAskedFor(step: CompiledStep, siblings: readonly CompiledStep[]): boolean {
  return siblings.some((each) => each !== step && readsVar(each, step.id));
}

function itemFrame(task: ItemTask, vars: JsonObject): Frame {
  const { loop, index } = task;
  return {
    ...loop.frame,
    parent: loop.parentScope(task.response),
    item: task.item,
    itemIndex: index,
    loopCount: loop.loopCount,
    trail: [...loop.frame.trail, [loop.page, index]],
    vars,
    flow: loop.flow ?? loop.frame.flow,
    origin: loop.origin ?? loop.frame.origin,
    sink: task.sink,
    insideItem: true,
    keep: keepNothing,
  };
}
