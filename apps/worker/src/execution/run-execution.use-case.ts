import {
  LimiterQuota,
  runExecution,
  StopSignal,
  type EnginePorts,
  type ExecutionInput,
  type ExecutionOutcome,
} from '@orchid/engine';
import { OrchidError } from '@orchid/kernel';
import { planCaps } from '@orchid/plan';
import { currentTraceIds, withLogContext, withSpan } from '@orchid/observability';
import { OwnershipLost, type Claim } from '@orchid/persistence';
import type { ExecutionRef, JobOutcome } from '@orchid/queue';
import type { WorkerPorts } from '../worker-ports';
import { EndExecution } from './end-execution';
import { ExecutionEvents } from './execution-events';
import { authPort, prepareExecution, type ExecutionSetup } from './execution-setup';
import { metricsObserver } from './metrics-observer';
import { OwnedCheckpointStore } from './owned-checkpoint-store';
import { Ownership } from './ownership';
import { PlanCache } from './plan-cache';
import { RunningExecutions } from './running-executions';

/** Orchid's own trouble: the same execution is tried again after this time. */
const TROUBLE_PAUSE_MS = 5_000;
/** Somebody else has it, or its predecessor still runs: looked at again after this time. */
const LOOK_AGAIN_MS = 5_000;

const DONE: JobOutcome = { kind: 'done' };

/** Runs one execution from the queue, from its claim to its end or to the point where it is set aside. */
export class RunExecution {
  private readonly plans: PlanCache;
  private readonly events: ExecutionEvents;
  private readonly end: EndExecution;

  constructor(
    private readonly ports: WorkerPorts,
    private readonly running: RunningExecutions,
  ) {
    this.plans = new PlanCache(planCaps(ports.settings.limits));
    this.events = new ExecutionEvents(ports.publisher, ports.clock);
    this.end = new EndExecution(ports, this.events);
  }

  execute(ref: ExecutionRef): Promise<JobOutcome> {
    return withLogContext({ tenant_id: ref.tenantId, execution_id: ref.executionId }, () => this.attempt(ref));
  }

  private async attempt(ref: ExecutionRef): Promise<JobOutcome> {
    try {
      const outcome = await this.ports.database
        .tenant(ref.tenantId)
        .run((work) => work.executions.claim(ref.executionId, this.ports.owner));
      switch (outcome.kind) {
        case 'claimed':
          return await this.own(outcome.claim);
        case 'missing':
        case 'finished':
          return DONE;
        case 'owned':
        case 'blocked':
          return this.again(LOOK_AGAIN_MS);
        case 'parked':
          return { kind: 'again', at: outcome.until.getTime() };
      }
    } catch (error) {
      if (error instanceof OwnershipLost) return DONE;
      this.ports.logger.error({ err: error }, 'an execution could not go on; it is tried again');
      return this.again(TROUBLE_PAUSE_MS);
    }
  }

  private async own(claim: Claim): Promise<JobOutcome> {
    const { execution } = claim;
    const stop = new StopSignal();
    const owned = { tenantId: execution.tenantId, executionId: execution.id, epoch: execution.epoch };
    const ownership = new Ownership(owned, stop, this.ports.database, this.ports.clock, this.ports.logger);
    const active = this.ports.metrics.activeExecutions;
    this.running.add(stop);
    ownership.start();
    active.set({}, this.running.count);
    try {
      return await withSpan('execution', { attributes: { 'orchid.plan_key': execution.planKey } }, () =>
        this.runOwned(claim, ownership),
      );
    } catch (error) {
      if (error instanceof OwnershipLost) throw error;
      await this.letGo(ownership);
      throw error;
    } finally {
      this.running.delete(stop);
      active.set({}, this.running.count);
      await ownership.end();
    }
  }

  private async runOwned(claim: Claim, ownership: Ownership): Promise<JobOutcome> {
    const { execution } = claim;
    if (execution.crashes >= this.ports.settings.worker.jobAttempts) return this.end.crashedTooOften(claim, ownership);
    if (claim.checkpoint === null) await this.events.started(execution);
    let setup: ExecutionSetup;
    try {
      setup = await this.ports.database
        .tenant(execution.tenantId)
        .run((work) => prepareExecution(work, claim, this.plans));
    } catch (error) {
      if (error instanceof OrchidError && error.retry === 'never') return this.end.unprepared(claim, ownership, error);
      throw error;
    }
    const outcome = await runExecution(
      this.input(claim, setup, ownership.stop),
      this.enginePorts(claim, setup, ownership),
    );
    return this.conclude(outcome, claim, { setup, ownership });
  }

  private async conclude(
    outcome: ExecutionOutcome,
    claim: Claim,
    context: { readonly setup: ExecutionSetup; readonly ownership: Ownership },
  ): Promise<JobOutcome> {
    switch (outcome.kind) {
      case 'lost':
        return DONE;
      case 'parked': {
        const { tenantId, executionId, epoch } = context.ownership.execution;
        const { until, state } = outcome;
        await this.ports.database
          .tenant(tenantId)
          .run((work) => work.executions.park(executionId, epoch, new Date(until), { state }));
        return { kind: 'again', at: until };
      }
      default:
        return this.end.ended(outcome, claim, context);
    }
  }

  /** After trouble of Orchid's own: any worker may go on from the last checkpoint, and no crash is counted. */
  private async letGo(ownership: Ownership): Promise<void> {
    const { tenantId, executionId, epoch } = ownership.execution;
    const until = new Date(this.ports.clock.now() + TROUBLE_PAUSE_MS);
    await this.ports.database
      .tenant(tenantId)
      .run((work) => work.executions.release(executionId, epoch, until))
      .catch((error: unknown) => this.ports.logger.warn({ err: error }, 'an execution could not be handed back'));
  }

  private again(ms: number): JobOutcome {
    return { kind: 'again', at: this.ports.clock.now() + ms };
  }

  private input({ execution, checkpoint }: Claim, setup: ExecutionSetup, stop: StopSignal): ExecutionInput {
    const { parkAfterMs } = this.ports.settings.worker;
    return {
      tenantId: execution.tenantId,
      executionId: execution.id,
      integration: execution.integration,
      plan: setup.plan,
      planVersion: execution.planVersion,
      configId: execution.configId,
      config: setup.config,
      secretFields: setup.secretFields,
      redactor: setup.redactor,
      context: setup.context,
      checkpoint,
      stop,
      parkAfterMs,
      sliceMs: this.ports.settings.limits.maxExecutionMs,
    };
  }

  private enginePorts(claim: Claim, setup: ExecutionSetup, ownership: Ownership): EnginePorts {
    const { http, publisher, clock, limiter, metrics } = this.ports;
    const { tenantId, configId } = claim.execution;
    const identity = { tenantId, configId, integrationId: claim.integrationId, config: setup.config };
    return {
      http,
      publisher,
      clock,
      checkpoints: new OwnedCheckpointStore(ownership, metrics),
      auth: authPort(this.ports, claim, setup),
      quota: new LimiterQuota(limiter, setup.plan.limits, identity, clock),
      observer: { ...metricsObserver(metrics), pageDone: (progress) => ownership.note({ ...progress }) },
      random: Math.random,
      traceIds: () => {
        const ids = currentTraceIds();
        return ids === undefined ? null : { traceId: ids.trace_id, spanId: ids.span_id };
      },
    };
  }
}
