import type { AuthChoice } from '@orchid/plan';
import type { LoopState } from './loop-state';
import { StepError } from './step.errors';

/** The name of the flow that fills `auth` at a step; null when none does. Throws `StepError` of type `auth`. */
export function flowOf(loop: LoopState): string | null {
  const choice: AuthChoice = loop.step.auth;
  switch (choice.kind) {
    case 'none':
      return null;
    case 'name':
      return choice.flow;
    case 'inherit':
      return loop.frame.flow ?? (loop.step.readsAuth ? onlyFlow(loop) : null);
    case 'only':
      return onlyFlow(loop);
    case 'id':
      return byId(loop, choice.flowId);
    case 'choose':
      return choice.cases.find((each) => each.when.test(loop.scope()) === true)?.flow ?? null;
  }
}

function onlyFlow(loop: LoopState): string {
  const { only } = loop.run.ports.auth;
  if (only !== null) return only;
  throw new StepError(
    'auth_flow_unclear',
    `step ${loop.step.path} reads auth, but the integration does not have exactly one auth flow: name one in auth_flow`,
    {},
    'auth',
  );
}

function byId(loop: LoopState, id: string): string {
  const name = loop.run.ports.auth.nameOf(id);
  if (name !== null) return name;
  throw new StepError(
    'auth_flow_unknown',
    `step ${loop.step.path} names an auth flow that does not exist: ${id}`,
    {},
    'auth',
  );
}
