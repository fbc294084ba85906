import { compileAuthFlow, FlowTokenProvider, type AuthFlowDocument } from '@orchid/auth';
import { type AuthPort } from '@orchid/engine';
import { Redactor, type JsonObject } from '@orchid/kernel';
import type { CompiledPlan } from '@orchid/plan';
import { splitSecrets, type AuthFlow, type Claim, type StoredContext, type TenantWork } from '@orchid/persistence';
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
    secretFields: secretFields(integration.configSchema.schema, values),
    redactor: new Redactor(secrets),
    context: { ...contextOf(claim.context, execution.startedAt), ...execution.contextOverride },
    flows,
  };
}

/** The auth flows of an execution, over tokens that all executions of its config share. */
export function authPort(ports: WorkerPorts, claim: Claim, setup: ExecutionSetup): AuthPort {
  const { tenantId, configId } = claim.execution;
  const { clock, http, tokens: cache } = ports;
  const compiled = new Map(
    setup.flows.map((flow) => [flow.name, compileAuthFlow(flow.document as unknown as AuthFlowDocument)]),
  );
  const provider = new FlowTokenProvider({
    tenantId,
    configId,
    flows: compiled,
    config: setup.config,
    http,
    cache,
    clock,
  });
  const [first, ...others] = setup.flows;
  return {
    get: (flow, signal) => provider.get(flow, signal),
    reject: (flow, token) => provider.reject(flow, token),
    only: first !== undefined && others.length === 0 ? first.name : null,
    nameOf: (id) => setup.flows.find((flow) => flow.id === id)?.name ?? null,
  };
}

function secretFields(schema: JsonObject, values: JsonObject): Set<string> {
  const pointers = Object.keys(splitSecrets(schema, values).secrets);
  return new Set(pointers.map((pointer) => pointer.split('/')[1] ?? '').map(unescapePointer));
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function contextOf(stored: StoredContext | null, startedAt: Date | null): JsonObject {
  return {
    ...stored?.data,
    current_time: (startedAt ?? new Date()).toISOString(),
    last_execution_at: stored?.lastExecutionAt?.toISOString() ?? null,
    last_success_at: stored?.lastSuccessAt?.toISOString() ?? null,
    last_failure_at: stored?.lastFailureAt?.toISOString() ?? null,
    execution_count: stored?.executionCount ?? 0,
  };
}
