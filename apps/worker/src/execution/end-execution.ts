import { emptyReceipt, type ExecutionError, type ExecutionOutcome } from '@orchid/engine';
import { OrchidError, Redactor, type JsonObject } from '@orchid/kernel';
import type { Receipt } from '@orchid/messaging';
import { mergeContext, type Claim, type ExecutionResult } from '@orchid/persistence';
import type { JobOutcome } from '@orchid/queue';
import type { WorkerPorts } from '../worker-ports';
import type { ExecutionEvents } from './execution-events';
import type { ExecutionSetup } from './execution-setup';
import type { Ownership } from './ownership';

type Ended = Exclude<ExecutionOutcome, { kind: 'parked' | 'lost' }>;

/** Ends executions: publishes the receipt, commits the result, and lets the pair's waiting execution start. */
export class EndExecution {
  constructor(
    private readonly ports: WorkerPorts,
    private readonly events: ExecutionEvents,
  ) {}

  async ended(
    outcome: Ended,
    claim: Claim,
    { setup, ownership }: { readonly setup: ExecutionSetup; readonly ownership: Ownership },
  ): Promise<JobOutcome> {
    const { kind: status, receipt } = outcome;
    if (outcome.kind === 'success') {
      const tooLarge = contextFault(claim, outcome.contextUpdates);
      if (tooLarge !== null) return this.commit(claim, ownership, failure(tooLarge, { ...receipt, complete: false }));
      return this.commit(claim, ownership, { status, receipt, contextPatch: outcome.contextUpdates });
    }
    const error = outcome.kind === 'cancelled' ? null : shown(outcome.error, setup.redactor);
    return this.commit(claim, ownership, { status, receipt, error });
  }

  /** The execution cannot even begin: its plan, config or secrets cannot be used. */
  unprepared(claim: Claim, ownership: Ownership, cause: OrchidError): Promise<JobOutcome> {
    const error = new OrchidError(cause.message, { code: cause.code, type: 'config' });
    return this.commit(claim, ownership, failure(error, emptyReceipt()));
  }

  crashedTooOften(claim: Claim, ownership: Ownership): Promise<JobOutcome> {
    const message = `the execution lost its worker ${claim.execution.crashes} times (JOB_ATTEMPTS)`;
    const error = new OrchidError(message, { code: 'worker_lost', type: 'transient' });
    return this.commit(claim, ownership, failure(error, emptyReceipt()));
  }

  private async commit(claim: Claim, ownership: Ownership, end: End): Promise<JobOutcome> {
    const { tenantId, executionId, epoch } = ownership.execution;
    // The event goes out before the commit, so that no crash in between can keep it back; only the owner may send it.
    await ownership.confirm();
    await this.events.completed(claim.execution, end.status, end.receipt);
    const { execution, next } = await this.ports.database
      .tenant(tenantId)
      .run((work) =>
        work.executions.finish(executionId, epoch, { ...end, receipt: { ...end.receipt } as unknown as JsonObject }),
      );
    const { metrics, logger } = this.ports;
    const seconds = (execution.finishedAt.getTime() - (execution.startedAt ?? execution.finishedAt).getTime()) / 1_000;
    metrics.executions.inc({ status: end.status });
    metrics.executionDuration.observe({ status: end.status }, seconds);
    logger.info(
      { plan_key: execution.planKey, status: end.status, pages: end.receipt.pages, error: end.error ?? undefined },
      'execution ended',
    );
    if (next !== null) await this.startNext(tenantId, next);
    return { kind: 'done' };
  }

  private async startNext(tenantId: string, executionId: string): Promise<void> {
    await this.ports.queue.wake({ tenantId, executionId }).catch((error: unknown) => {
      this.ports.logger.warn({ err: error }, 'the waiting execution could not be enqueued; the scheduler will find it');
    });
  }
}

interface End extends Omit<ExecutionResult, 'receipt'> {
  readonly receipt: Receipt;
}

function failure(error: OrchidError, receipt: Receipt): End {
  const { code, type, message } = error;
  return { status: 'failed', receipt, error: { code, type, message } };
}

function shown(error: ExecutionError, redactor: Redactor): NonNullable<ExecutionResult['error']> {
  return { ...error, message: redactor.text(error.message) };
}

/** Whether the context would outgrow its bounds: found before anything says that the execution succeeded. */
function contextFault(claim: Claim, updates: JsonObject): OrchidError | null {
  try {
    mergeContext(claim.context?.data ?? {}, updates);
    return null;
  } catch (error) {
    if (error instanceof OrchidError) return error;
    throw error;
  }
}
