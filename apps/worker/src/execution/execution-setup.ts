import { compileAuthFlow, FlowTokenProvider } from '@orchid/auth';
import { contextScope, flowAuth, type AuthPort } from '@orchid/engine';
import { Redactor, type JsonObject } from '@orchid/kernel';
import { secretMembers, type AuthFlow, type Claim, type TenantWork } from '@orchid/persistence';
import type { CompiledPlan } from '@orchid/plan';
import type { WorkerPorts } from '../worker-ports';
import type { PlanCache } from './plan-cache';

/** What the engine needs of one execution, decrypted and compiled. */
export interface ExecutionSetup {
  readonly plan: CompiledPlan;
  readonly config: JsonObject;
  readonly secretFields: ReadonlySet<string>;
  readonly redactor: Redactor;
  readonly context: JsonObject;
  readonly flows: readonly AuthFlow[];
}

/** Reads all of it in the caller's transaction. Throws `PlanInvalid`, `SecretBoxError` and `NotFound`. */
export async function prepareExecution(work: TenantWork, claim: Claim, plans: PlanCache): Promise<ExecutionSetup> {
  const { execution, document, integrationId } = claim;
  const integration = await work.integrations.get(integrationId);
  const { values, secrets } = await work.configs.decrypted(execution.configId);
  const flows = await work.authFlows.ofIntegration(integrationId);
  return {
    plan: plans.compiled(execution.planId, execution.planVersion, document),
    config: values,
    secretFields: secretMembers(integration.configSchema.schema, values),
    redactor: new Redactor(secrets),
    context: contextScope(claim.context, execution.startedAt ?? new Date(), execution.contextOverride),
    flows,
  };
}

/** The auth flows of an execution, over tokens that all executions of its config share. */
export function authPort(ports: WorkerPorts, claim: Claim, { flows, config }: ExecutionSetup): AuthPort {
  const { tenantId, configId } = claim.execution;
  const { clock, http, tokens: cache } = ports;
  const compiled = new Map(flows.map((flow) => [flow.name, compileAuthFlow(flow.document)]));
  return flowAuth(new FlowTokenProvider({ tenantId, configId, flows: compiled, config, http, cache, clock }), flows);
}
