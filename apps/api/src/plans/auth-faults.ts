import type { Fault } from '@orchid/kernel';
import { authUse, type CompiledPlan } from '@orchid/plan';
import type { AuthFlow, Integration, TenantWork } from '@orchid/persistence';

/** Where a plan needs an auth flow that its integration does not have, or that cannot be told from others. */
export async function authFaults(work: TenantWork, plan: CompiledPlan, integration: Integration): Promise<Fault[]> {
  const { only, names, ids } = authUse(plan);
  if (only.length + names.length + ids.length === 0) return [];
  const flows = await work.authFlows.ofIntegration(integration.id);
  const hint = whatThereIs(flows);
  return [
    ...(flows.length === 1 ? [] : only.map(({ path }) => notExactlyOne(path, integration.name, flows))),
    ...names
      .filter(({ flow }) => !flows.some(({ name }) => name === flow))
      .map(({ path, flow }) => unknownFlow(path, `named "${flow.slice(0, 64)}"`, hint)),
    ...ids
      .filter(({ flowId }) => !flows.some(({ id }) => id === flowId.toLowerCase()))
      .map(({ path, flowId }) => unknownFlow(path, `with the id ${flowId}`, hint)),
  ];
}

function notExactlyOne(path: string, integration: string, flows: readonly AuthFlow[]): Fault {
  if (flows.length === 0) {
    const message = `The step reads auth, but the integration "${integration}" has no auth flow yet.`;
    const hint = 'Add the auth flow first (POST /api/v1/auth-flows), then save the plan.';
    return { path, code: 'auth_flow_missing', message, hint };
  }
  const message = `The step reads auth, and the integration "${integration}" has ${flows.length} auth flows to choose from.`;
  return { path, code: 'auth_flow_ambiguous', message, hint: `Set auth_flow to one of them: ${listed(flows)}.` };
}

function unknownFlow(path: string, what: string, hint: string): Fault {
  return { path, code: 'unknown_auth_flow', message: `The integration has no auth flow ${what}.`, hint };
}

function whatThereIs(flows: readonly AuthFlow[]): string {
  if (flows.length === 0) return 'It has none yet: add one first (POST /api/v1/auth-flows), then save the plan.';
  return `It has: ${listed(flows)}.`;
}

function listed(flows: readonly AuthFlow[]): string {
  return flows
    .slice(0, 20)
    .map(({ name }) => name)
    .join(', ');
}
