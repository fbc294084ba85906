import type { Fault } from '@orchid/kernel';
import { compilePlan, type CompiledLimit, type CompiledPlan } from '@orchid/plan';
import type { TenantWork } from '@orchid/persistence';
import { plansOf } from './plans-of';

const NUMBERS = ['requests', 'window_secs', 'max_concurrent'] as const;

/** Where a plan's limit shares its bucket with a limit of another plan but not its numbers. */
export async function limitFaults(work: TenantWork, plan: CompiledPlan, integrationId: string): Promise<Fault[]> {
  if (plan.limits.length === 0) return [];
  const faults = new Map<string, Fault>();
  for await (const other of plansOf(work, integrationId)) {
    const { key, rate_limits: limits = [] } = other.document;
    if (key === plan.document.key || limits.length === 0) continue;
    for (const theirs of compilePlan(other.document).limits) note(faults, plan.limits, theirs, key);
  }
  return [...faults.values()];
}

function note(faults: Map<string, Fault>, limits: readonly CompiledLimit[], theirs: CompiledLimit, key: string): void {
  for (const [index, { name, scope, document }] of limits.entries()) {
    const isShared = name === theirs.name && scope === theirs.scope;
    const differing = NUMBERS.filter((field) => document[field] !== theirs.document[field]);
    if (!isShared || differing.length === 0) continue;
    const path = `$.rate_limits[${index}]`;
    const message = `The plan "${key}" has a limit of the same name and scope with another ${differing.join(', ')}.`;
    const hint = 'Use the same numbers, or give the limit a name of its own.';
    if (!faults.has(path)) faults.set(path, { path, code: 'conflicting_limits', message, hint });
  }
}
