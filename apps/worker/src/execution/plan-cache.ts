import { compilePlan, type CompiledPlan, type PlanCaps, type PlanDocument } from '@orchid/plan';

const MOST_KEPT = 500;

/** Compiled plan versions of this process. A version never changes, so nothing here grows old. */
export class PlanCache {
  private readonly plans = new Map<string, CompiledPlan>();

  constructor(private readonly caps: PlanCaps) {}

  /** Throws `PlanInvalid` when the deployment's settings no longer allow the plan. */
  compiled(planId: string, version: number, document: PlanDocument): CompiledPlan {
    const key = `${planId} ${version}`;
    const plan = this.plans.get(key) ?? compilePlan(document, this.caps);
    this.plans.delete(key);
    this.plans.set(key, plan);
    const oldest = this.plans.keys().next();
    if (this.plans.size > MOST_KEPT && oldest.done !== true) this.plans.delete(oldest.value);
    return plan;
  }
}
