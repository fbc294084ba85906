import type { JsonObject } from '@orchid/kernel';
import type { ContextStore } from '../contexts/context.store';
import { OwnershipLost } from '../database/database.errors';
import { jsonText } from '../database/json-column';
import type { TenantStatements } from '../database/statements';
import type { ScheduleStore } from '../schedules/schedule.store';
import type { StatisticsStore } from '../statistics/statistics.store';
import type { CheckpointStore } from './checkpoint.store';
import { Execution, type ExecutionError, type FinalStatus } from './execution.entity';

export interface ExecutionResult {
  readonly status: FinalStatus;
  /** Null on success. */
  readonly error?: ExecutionError | null;
  /** Its `api_calls`, `records` and `bytes` go into the statistics. */
  readonly receipt: JsonObject;
  readonly progress?: JsonObject | null;
  /** Committed on success only; null removes a field. */
  readonly contextPatch?: JsonObject;
  /** Active time in milliseconds; from start to end when absent. */
  readonly durationMs?: number;
}

export type EndedExecution = Execution & { readonly finishedAt: Date };

export interface Finished {
  readonly execution: EndedExecution;
  /** Id of the pair's waiting execution, which may start now. */
  readonly next: string | null;
}

/** The stores that the end of an execution writes to, all over one transaction. */
export interface Ledgers {
  readonly contexts: ContextStore;
  readonly statistics: StatisticsStore;
  readonly schedules: ScheduleStore;
  readonly checkpoints: CheckpointStore;
}

const FINISH = `UPDATE executions SET status = $4, error_type = $5, error = $6, receipt = $7,
    progress = COALESCE($8, progress), finished_at = clock_timestamp(), heartbeat_at = NULL, owner = NULL,
    parked_until = NULL
  WHERE tenant_id = $1 AND id = $2 AND epoch = $3 AND status = 'running' RETURNING *`;

/** Ends an execution: its result, context, statistics, checkpoint and the next due time, or none of them. */
export class FinishExecution {
  constructor(
    private readonly sql: TenantStatements,
    private readonly ledgers: Ledgers,
  ) {}

  async finish(id: string, epoch: number, result: ExecutionResult): Promise<Finished> {
    const error = result.error ?? null;
    const execution = await this.sql.one(Execution, FINISH, [
      this.sql.tenantId,
      id,
      epoch,
      result.status,
      error?.type ?? null,
      jsonText(error),
      jsonText(result.receipt),
      jsonText(result.progress),
    ]);
    if (execution === null) return this.finishedBefore(id, epoch, result);
    if (!hasEnded(execution)) throw new OwnershipLost(id, epoch);
    await this.commit(execution, result);
    return { execution, next: await this.waiting(execution) };
  }

  private async commit(execution: EndedExecution, result: ExecutionResult): Promise<void> {
    const { planId, configId, status, trigger, finishedAt } = execution;
    const { contexts, statistics, schedules, checkpoints } = this.ledgers;
    const startedAt = execution.startedAt ?? finishedAt;
    const succeeded = status === 'success';
    await contexts.commit({ planId, configId, startedAt, succeeded, patch: result.contextPatch ?? {} });
    await statistics.add({
      planId,
      configId,
      startedAt,
      status,
      apiCalls: count(result.receipt, 'api_calls'),
      records: count(result.receipt, 'records'),
      bytes: count(result.receipt, 'bytes'),
      duration: result.durationMs ?? finishedAt.getTime() - startedAt.getTime(),
    });
    // A failed execution's checkpoint is where its retry goes on.
    if (status !== 'failed') await checkpoints.delete(execution.id);
    await schedules.settle({ planId, configId, trigger, startedAt, finishedAt });
  }

  /** The answer to a commit can get lost: to finish again in the same epoch and way is no error. */
  private async finishedBefore(id: string, epoch: number, result: ExecutionResult): Promise<Finished> {
    const execution = await this.sql.one(
      Execution,
      `SELECT * FROM executions WHERE tenant_id = $1 AND id = $2 AND epoch = $3 AND status = $4`,
      [this.sql.tenantId, id, epoch, result.status],
    );
    if (!hasEnded(execution)) throw new OwnershipLost(id, epoch);
    return { execution, next: await this.waiting(execution) };
  }

  private async waiting(execution: Execution): Promise<string | null> {
    const [row] = await this.sql.rows<{ id: string }>(
      `SELECT id FROM executions WHERE tenant_id = $1 AND plan_id = $2 AND config_id = $3 AND status = 'pending'`,
      [this.sql.tenantId, execution.planId, execution.configId],
    );
    return row?.id ?? null;
  }
}

/** Narrows to an execution that is over. */
export function hasEnded(execution: Execution | null): execution is EndedExecution {
  return (execution?.finishedAt ?? null) !== null;
}

function count(receipt: JsonObject, name: string): number {
  const value = receipt[name];
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : 0;
}
