import type { Findings } from '../findings';
import type { PlanCaps } from '../plan-caps';

/** What holds for all of one plan while it is compiled. */
export interface Compilation {
  readonly findings: Findings;
  readonly caps: PlanCaps;
  /** The document's `max_nesting_depth` under the deployment's cap. */
  readonly maxNestingDepth: number;
  /** Fields of the integration's config; null when they are not known here. */
  readonly configFields: ReadonlySet<string> | null;
}
