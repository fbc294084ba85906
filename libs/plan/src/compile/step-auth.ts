import type { AuthChoice, CompiledPlan, CompiledStep } from '../compiled-plan';
import { soundEntries } from '../document/sound-part';
import type { StepDocument } from '../plan-document';
import type { Compilation } from './compilation';
import type { ExpressionReader } from './expression-reader';
import type { EnclosingAuth, StepPlace } from './step-place';

export interface StepAuth {
  readonly choice: AuthChoice;
  /** What the sub-steps find. */
  readonly below: EnclosingAuth;
}

/** Decides which flow fills `auth` at a step. Call after everything else of the step was read. */
export function compileAuth(
  compilation: Compilation,
  reader: ExpressionReader,
  place: StepPlace,
  step: StepDocument,
): StepAuth {
  const written = writtenChoice(compilation, reader, place, step);
  if (written !== null) return { choice: written, below: written.kind === 'none' ? 'none' : 'set' };
  if (!reader.reads('auth')) return unchanged(place);
  if (place.auth === 'unset') return { choice: { kind: 'only' }, below: 'set' };
  if (place.auth === 'none') warnNever(compilation, place);
  return unchanged(place);
}

function writtenChoice(
  { findings }: Compilation,
  reader: ExpressionReader,
  place: StepPlace,
  step: StepDocument,
): AuthChoice | null {
  const { auth_flow: flow, auth_flow_id: flowId } = step;
  const path = `${place.documentPath}.auth_flow`;
  if (flow !== undefined && flowId !== undefined) {
    findings.fault(
      `${path}_id`,
      'conflicting_fields',
      'Both auth_flow and auth_flow_id are given.',
      'Remove one of the two.',
    );
  }
  if (flowId !== undefined) return { kind: 'id', flowId };
  if (flow === undefined) return null;
  if (flow === null) {
    if (reader.reads('auth')) warnNever({ findings }, place);
    return { kind: 'none' };
  }
  if (typeof flow === 'string') return { kind: 'name', flow };
  const cases = soundEntries(flow).map(([index, { when, use }]) => ({
    when: reader.condition(`${path}[${index}].when`, when, ['config']),
    flow: use,
  }));
  return { kind: 'choose', cases };
}

function unchanged(place: StepPlace): StepAuth {
  return { choice: { kind: place.depth === 0 ? 'none' : 'inherit' }, below: place.auth };
}

function warnNever({ findings }: Pick<Compilation, 'findings'>, place: StepPlace): void {
  const message = 'The step reads auth, but its auth_flow is null here: auth is always null.';
  findings.warn(place.documentPath, 'auth_never_set', message, 'Name a flow in auth_flow, or do not read auth.');
}

/** The auth flows a plan needs, each with the JSONPath of the place that asks for it. */
export interface AuthUse {
  /** Steps that take the integration's only flow: it must have exactly one. */
  readonly only: readonly { readonly path: string }[];
  readonly names: readonly { readonly path: string; readonly flow: string }[];
  readonly ids: readonly { readonly path: string; readonly flowId: string }[];
}

/** What to check against the integration's flows before a plan is saved. */
export function authUse(plan: CompiledPlan): AuthUse {
  const only: { path: string }[] = [];
  const names: { path: string; flow: string }[] = [];
  const ids: { path: string; flowId: string }[] = [];
  for (const { auth, documentPath } of stepsOf(plan.root)) {
    const path = `${documentPath}.auth_flow`;
    if (auth.kind === 'only') only.push({ path: documentPath });
    else if (auth.kind === 'name') names.push({ path, flow: auth.flow });
    else if (auth.kind === 'id') ids.push({ path: `${path}_id`, flowId: auth.flowId });
    else if (auth.kind === 'choose')
      names.push(...auth.cases.map(({ flow }, index) => ({ path: `${path}[${index}].use`, flow })));
  }
  return { only, names, ids };
}

/** A step and all below it, in no particular order. */
export function stepsOf(step: CompiledStep): CompiledStep[] {
  return [step, ...[...step.itemSteps, ...step.plainSteps].flatMap(stepsOf)];
}
