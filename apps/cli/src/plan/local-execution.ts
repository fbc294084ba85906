import {
  type AuthPort,
  type EnginePorts,
  type ExecutionInput,
  type ExecutionObserver,
  type ExecutionOutcome,
  LimiterQuota,
  MemoryCheckpointStore,
  type Quota,
  runExecution,
  StopSignal,
} from '@orchid/engine';
import type { HttpClient } from '@orchid/http-client';
import { type JsonObject, newId, Redactor, systemClock } from '@orchid/kernel';
import { eventRecord, type ExecutionCompleted, type Publisher } from '@orchid/messaging';
import type { CompiledPlan } from '@orchid/plan';
import { MemoryRateLimiter } from '@orchid/rate-limit';
import type { ConfigValues } from './config-values';
import { RequestBudget } from './request-budget';

/** There is one tenant and one config on an author's machine. */
export const LOCAL_TENANT = '00000000-0000-4000-8000-000000000001';
export const LOCAL_CONFIG = '00000000-0000-4000-8000-000000000002';

const SLICE_MS = 86_400_000;

export interface LocalExecutionOptions {
  readonly plan: CompiledPlan;
  readonly config: ConfigValues;
  readonly context: JsonObject;
  readonly parkAfterMs: number;
  /** Cancels after so many requests. */
  readonly maxRequests: number | null;
}

export interface LocalPorts {
  readonly http: HttpClient;
  readonly auth: AuthPort;
  readonly publisher: Publisher;
  readonly observer: ExecutionObserver;
}

export type LocalOutcome = Exclude<ExecutionOutcome, { kind: 'parked' | 'lost' }>;

/** One execution of a plan within this process: no database, no Redis, no broker. */
export class LocalExecution {
  readonly stop = new StopSignal();
  readonly redactor: Redactor;
  private readonly executionId = newId();
  private readonly budget: RequestBudget | null;
  private readonly quota: Quota;

  constructor(
    private readonly options: LocalExecutionOptions,
    private readonly ports: LocalPorts,
  ) {
    const { plan, config, maxRequests } = options;
    this.redactor = new Redactor(config.secrets);
    const integrationId = integrationOf(plan);
    const identity = { tenantId: LOCAL_TENANT, configId: LOCAL_CONFIG, integrationId, config: config.values };
    const limits = new LimiterQuota(new MemoryRateLimiter(systemClock), plan.limits, identity, systemClock);
    this.budget = maxRequests === null ? null : new RequestBudget(limits, maxRequests, this.stop);
    this.quota = this.budget ?? limits;
  }

  get usedUpRequests(): boolean {
    return this.budget?.isExhausted ?? false;
  }

  /** Runs to the end; a parked execution waits here and goes on. Throws when the output or a setting is at fault. */
  async run(): Promise<LocalOutcome> {
    await this.publishEvent({ type: 'execution.started', ...this.facts(), status: 'running' });
    const outcome = await this.runParts();
    const { kind: status, receipt } = outcome;
    await this.publishEvent({ type: 'execution.completed', ...this.facts(), status, receipt });
    return outcome;
  }

  private async runParts(): Promise<LocalOutcome> {
    let checkpoint: JsonObject | null = null;
    for (;;) {
      const outcome = await runExecution(this.input(checkpoint), this.enginePorts());
      if (outcome.kind === 'lost') throw new Error('an execution without rivals was lost');
      if (outcome.kind !== 'parked') return outcome;
      checkpoint = outcome.state;
      const waitMs = outcome.until - systemClock.now();
      if (waitMs > 0) this.ports.observer.waiting?.(outcome.limit ?? 'of the server', waitMs);
      // An interruption ends the wait; the engine then ends the execution, with its receipt.
      await systemClock.sleep(waitMs, this.stop.signal).catch(() => undefined);
    }
  }

  private input(checkpoint: JsonObject | null): ExecutionInput {
    const { plan, config, context, parkAfterMs } = this.options;
    return {
      tenantId: LOCAL_TENANT,
      executionId: this.executionId,
      integration: integrationOf(plan),
      plan,
      planVersion: 1,
      configId: LOCAL_CONFIG,
      config: config.values,
      secretFields: config.secretFields,
      redactor: this.redactor,
      context,
      checkpoint,
      stop: this.stop,
      parkAfterMs,
      sliceMs: SLICE_MS,
    };
  }

  private enginePorts(): EnginePorts {
    return {
      ...this.ports,
      checkpoints: new MemoryCheckpointStore(),
      quota: this.quota,
      clock: systemClock,
      random: Math.random,
      traceIds: () => null,
    };
  }

  private publishEvent(event: Parameters<typeof eventRecord>[0]): Promise<void> {
    return this.ports.publisher.publish([eventRecord(event)]);
  }

  private facts(): Omit<ExecutionCompleted, 'type' | 'status' | 'receipt'> {
    const { plan } = this.options;
    return {
      tenant_id: LOCAL_TENANT,
      integration: integrationOf(plan),
      plan_key: plan.document.key,
      plan_version: 1,
      config_id: LOCAL_CONFIG,
      execution_id: this.executionId,
      timestamp: new Date(systemClock.now()).toISOString(),
    };
  }
}

function integrationOf({ document }: CompiledPlan): string {
  return document.integration ?? document.integration_id ?? 'local';
}

/** The stored context with its read-only members, as a worker gives it to a first execution. */
export function localContext(stored: JsonObject): JsonObject {
  return {
    last_execution_at: null,
    last_success_at: null,
    last_failure_at: null,
    execution_count: 0,
    ...stored,
    current_time: new Date(systemClock.now()).toISOString(),
  };
}
