import type { Settings } from '@orchid/config';
import type { PlanCaps } from './plan-caps';

/** What a deployment allows a plan to ask for. */
export function planCaps({ maxExecutionMs, ...limits }: Settings['limits']): PlanCaps {
  return { ...limits, maxExecutionSeconds: Math.floor(maxExecutionMs / 1_000) };
}
