import type { StepDocument } from '../plan-document';

/** What a step inherits of the choice of an auth flow. */
export type EnclosingAuth = 'set' | 'none' | 'unset';

/** Where a step stands in its plan. */
export interface StepPlace {
  readonly id: string;
  /** `root.details` */
  readonly path: string;
  /** `$.step.sub_steps[0]` */
  readonly documentPath: string;
  /** 0 for the root. */
  readonly depth: number;
  readonly auth: EnclosingAuth;
}

export const ROOT_PLACE: Omit<StepPlace, 'id'> = { path: 'root', documentPath: '$.step', depth: 0, auth: 'unset' };

/** The place of a sub-step; without an `id` it is called by its position, counted from 1. */
export function placeBelow(parent: StepPlace, index: number, step: StepDocument, auth: EnclosingAuth): StepPlace {
  const id = step.id ?? `sub_step_${index + 1}`;
  return {
    id,
    path: `${parent.path}.${id}`,
    documentPath: `${parent.documentPath}.sub_steps[${index}]`,
    depth: parent.depth + 1,
    auth,
  };
}
