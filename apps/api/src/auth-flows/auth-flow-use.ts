import { authUse, compilePlan } from '@orchid/plan';
import { Conflict, type AuthFlow, type TenantWork } from '@orchid/persistence';
import { plansOf } from '../plans/plans-of';

const MOST_NAMED = 20;

/** Throws `Conflict` (`in_use`) while plans refer to the flow by its name - or, as a whole, in any way. */
export async function refuseWhileUsed(work: TenantWork, flow: AuthFlow, what: 'name' | 'flow'): Promise<void> {
  const keys: string[] = [];
  for await (const { document } of plansOf(work, flow.integrationId)) {
    const use = authUse(compilePlan(document));
    const byName = use.names.some((each) => each.flow === flow.name);
    const inAnyWay = byName || use.only.length > 0 || use.ids.some((each) => each.flowId === flow.id);
    if (what === 'name' ? byName : inAnyWay) keys.push(document.key);
  }
  if (keys.length === 0) return;
  const named = keys.slice(0, MOST_NAMED).join(', ');
  throw new Conflict('in_use', `The auth flow is used by: ${named}.`, { plan_keys: keys.slice(0, MOST_NAMED) });
}
