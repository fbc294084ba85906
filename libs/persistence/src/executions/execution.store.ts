import { newId, type JsonObject } from '@orchid/kernel';
import { Conflict, NotFound, OwnershipLost } from '../database/database.errors';
import { jsonText } from '../database/json-column';
import { ListQuery, type Page, type PageRequest } from '../database/page';
import type { TenantStatements } from '../database/statements';
import { ClaimExecution, type ClaimOptions, type ClaimOutcome } from './claim-execution';
import { Execution, type ExecutionStatus, type ExecutionTrigger } from './execution.entity';
import { FinishExecution, hasEnded, type ExecutionResult, type Finished, type Ledgers } from './finish-execution';
import { SAVE_CHECKPOINT } from './save-checkpoint.sql';

export interface TriggerRequest {
  readonly planId: string;
  readonly configId: string;
  readonly trigger: Exclude<ExecutionTrigger, 'schedule' | 'retry'>;
  readonly contextOverride?: JsonObject | null;
}

/** `startable` is false while another execution of the pair is under way; its end names this one as next. */
export type TriggerOutcome =
  | { readonly kind: 'queued'; readonly execution: Execution; readonly startable: boolean }
  | { readonly kind: 'already_queued'; readonly executionId: string };

export interface ExecutionFilter {
  readonly planKey?: string | undefined;
  readonly configId?: string | undefined;
  readonly status?: ExecutionStatus | undefined;
  /** By `created_at`: from `since` on, before `until`. */
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** `requested`: the owner stops at its next write; `wake`: it is parked, so it must be enqueued to be told. */
export type CancelOutcome =
  | { readonly kind: 'cancelled' | 'finished'; readonly execution: Execution }
  | { readonly kind: 'requested'; readonly execution: Execution; readonly wake: boolean };

export interface OwnerNews {
  readonly cancelRequested: boolean;
}

interface Insertion {
  readonly planId: string;
  readonly configId: string;
  readonly trigger: ExecutionTrigger;
  readonly contextOverride: JsonObject | null;
  readonly retryOf: Execution | null;
}

const PAIR = `SELECT p.key, p.current_version, i.name AS integration, c.enabled
  FROM plans p JOIN integrations i ON i.tenant_id = p.tenant_id AND i.id = p.integration_id
  JOIN configs c ON c.tenant_id = p.tenant_id AND c.integration_id = p.integration_id AND c.deleted_at IS NULL
  WHERE p.tenant_id = $1 AND p.id = $2 AND c.id = $3 AND p.deleted_at IS NULL FOR SHARE OF c, p`;

const INSERT = `INSERT INTO executions (tenant_id, id, plan_id, plan_key, plan_version, integration, config_id, trigger,
    context_override, retry_of)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (tenant_id, plan_id, config_id) WHERE status = 'pending' DO NOTHING RETURNING *`;

const OF_PAIR = `tenant_id = $1 AND plan_id = $2 AND config_id = $3`;

/** Executions of one tenant: those who start, watch and cancel them, and - by epoch - the worker that owns one. */
export class ExecutionStore {
  private readonly claims: ClaimExecution;
  private readonly ends: FinishExecution;

  constructor(
    private readonly sql: TenantStatements,
    private readonly ledgers: Ledgers,
  ) {
    this.claims = new ClaimExecution(sql, ledgers.contexts);
    this.ends = new FinishExecution(sql, ledgers);
  }

  /** A new pending execution. Throws `NotFound` (config) and `Conflict` (`config_disabled`). */
  async trigger(request: TriggerRequest): Promise<TriggerOutcome> {
    return this.insert({ ...request, contextOverride: request.contextOverride ?? null, retryOf: null });
  }

  /**
   * A new execution that goes on where a failed one stopped, with the same plan version.
   * Throws as {@link trigger}, and `Conflict` (`not_retryable`) unless it failed.
   */
  async retry(id: string): Promise<TriggerOutcome> {
    const failed = await this.get(id);
    if (failed.status !== 'failed') {
      throw new Conflict('not_retryable', `The execution is ${failed.status}; only a failed one can be retried.`, {
        status: failed.status,
      });
    }
    const { planId, configId, contextOverride } = failed;
    const outcome = await this.insert({ planId, configId, contextOverride, trigger: 'retry', retryOf: failed });
    if (outcome.kind === 'queued') await this.ledgers.checkpoints.copy(id, outcome.execution.id);
    return outcome;
  }

  async find(id: string): Promise<Execution | null> {
    return this.sql.one(Execution, `SELECT * FROM executions WHERE tenant_id = $1 AND id = $2`, [
      this.sql.tenantId,
      id,
    ]);
  }

  /** Throws `NotFound`. */
  async get(id: string): Promise<Execution> {
    const found = await this.find(id);
    if (found === null) throw new NotFound('execution', id);
    return found;
  }

  async list(filter: ExecutionFilter = {}, page: PageRequest = {}): Promise<Page<Execution>> {
    const query = new ListQuery(this.sql.tenantId, page)
      .where('plan_key = ?', filter.planKey)
      .where('config_id = ?', filter.configId)
      .where('status = ?', filter.status)
      .where('created_at >= ?', filter.since)
      .where('created_at < ?', filter.until);
    return query.page(await this.sql.many(Execution, `SELECT * FROM executions ${query.tail}`, query.params));
  }

  /** Ends one that waits, asks one that is under way to stop. Throws `NotFound`. */
  async requestCancel(id: string): Promise<CancelOutcome> {
    const { planId, configId } = await this.get(id);
    await this.ledgers.schedules.lock(planId, configId);
    const cancelled = await this.cancelPending(id);
    if (cancelled !== null) return { kind: 'cancelled', execution: cancelled };
    const asked = await this.sql.one(
      Execution,
      `UPDATE executions SET cancel_requested = true,
         parked_until = CASE WHEN status = 'parked' THEN clock_timestamp() END
       WHERE tenant_id = $1 AND id = $2 AND status IN ('running', 'parked') RETURNING *`,
      [this.sql.tenantId, id],
    );
    if (asked === null) return { kind: 'finished', execution: await this.get(id) };
    return { kind: 'requested', execution: asked, wake: asked.status === 'parked' };
  }

  /** Makes `owner` its only owner: raises the epoch. Takes over a running one whose worker fell silent. */
  async claim(id: string, owner: string, options: ClaimOptions = {}): Promise<ClaimOutcome> {
    return this.claims.claim(id, owner, options);
  }

  /** Says that the owner lives. Throws `OwnershipLost`. */
  async heartbeat(id: string, epoch: number, progress: JsonObject | null = null): Promise<OwnerNews> {
    return this.news(
      id,
      epoch,
      `UPDATE executions SET heartbeat_at = clock_timestamp(), progress = COALESCE($4, progress)
       WHERE tenant_id = $1 AND id = $2 AND epoch = $3 AND status = 'running' RETURNING cancel_requested`,
      [jsonText(progress)],
    );
  }

  /** Keeps where it goes on from, and says that the owner lives. Throws `OwnershipLost`; nothing is written then. */
  async saveCheckpoint(
    id: string,
    epoch: number,
    state: JsonObject,
    progress: JsonObject | null = null,
  ): Promise<OwnerNews> {
    return this.news(id, epoch, SAVE_CHECKPOINT, [jsonText(state), jsonText(progress)]);
  }

  /** Gives it back until `until`; any worker may go on with it then. Throws `OwnershipLost`. */
  async park(
    id: string,
    epoch: number,
    until: Date,
    at: { state: JsonObject; progress?: JsonObject | null },
  ): Promise<OwnerNews> {
    const news = await this.saveCheckpoint(id, epoch, at.state, at.progress ?? null);
    await this.sql.run(
      `UPDATE executions SET status = 'parked', parked_until = $3, owner = NULL, heartbeat_at = NULL
       WHERE tenant_id = $1 AND id = $2`,
      [this.sql.tenantId, id, until],
    );
    return news;
  }

  /** Hands it back where its last checkpoint is, until `until`: its owner cannot go on, through no fault of the plan. */
  async release(id: string, epoch: number, until: Date): Promise<void> {
    await this.sql.run(
      `UPDATE executions SET status = 'parked', parked_until = $4, owner = NULL, heartbeat_at = NULL
       WHERE tenant_id = $1 AND id = $2 AND epoch = $3 AND status = 'running'`,
      [this.sql.tenantId, id, epoch, until],
    );
  }

  /**
   * Ends it: result and receipt, context on success, statistics, checkpoint, next due time - all or nothing.
   * Throws `OwnershipLost`, and `ContextTooLarge`. To repeat it in the same epoch and with the same status is harmless.
   */
  async finish(id: string, epoch: number, result: ExecutionResult): Promise<Finished> {
    return this.ends.finish(id, epoch, result);
  }

  private async insert(wish: Insertion): Promise<TriggerOutcome> {
    const { planId, configId, retryOf } = wish;
    const pair = await this.pair(planId, configId);
    const execution = await this.sql.one(Execution, INSERT, [
      this.sql.tenantId,
      newId(),
      planId,
      pair.key,
      retryOf?.planVersion ?? pair.current_version,
      pair.integration,
      configId,
      wish.trigger,
      jsonText(wish.contextOverride),
      retryOf?.id ?? null,
    ]);
    const { pending, active } = await this.open(planId, configId);
    if (execution !== null) return { kind: 'queued', execution, startable: active === null };
    // The one in the way was claimed or cancelled in between: there is room now.
    return pending === null ? this.insert(wish) : { kind: 'already_queued', executionId: pending };
  }

  private async pair(planId: string, configId: string) {
    const [pair] = await this.sql.rows<{ key: string; current_version: number; integration: string; enabled: boolean }>(
      PAIR,
      [this.sql.tenantId, planId, configId],
    );
    if (pair === undefined) throw new NotFound('config', configId);
    if (!pair.enabled) throw new Conflict('config_disabled', 'The config is disabled.', { configId });
    return pair;
  }

  private async open(planId: string, configId: string): Promise<{ pending: string | null; active: string | null }> {
    const rows = await this.sql.rows<{ id: string; status: ExecutionStatus }>(
      `SELECT id, status FROM executions WHERE ${OF_PAIR} AND status IN ('pending', 'running', 'parked')`,
      [this.sql.tenantId, planId, configId],
    );
    const pending = rows.find((row) => row.status === 'pending')?.id ?? null;
    return { pending, active: rows.find((row) => row.status !== 'pending')?.id ?? null };
  }

  private async cancelPending(id: string): Promise<Execution | null> {
    const execution = await this.sql.one(
      Execution,
      `UPDATE executions SET status = 'cancelled', finished_at = clock_timestamp()
       WHERE tenant_id = $1 AND id = $2 AND status = 'pending' RETURNING *`,
      [this.sql.tenantId, id],
    );
    if (hasEnded(execution)) await this.ledgers.schedules.settle(execution);
    return execution;
  }

  private async news(id: string, epoch: number, sql: string, params: unknown[]): Promise<OwnerNews> {
    const [row] = await this.sql.rows<{ cancel_requested: boolean }>(sql, [this.sql.tenantId, id, epoch, ...params]);
    if (row === undefined) throw new OwnershipLost(id, epoch);
    return { cancelRequested: row.cancel_requested };
  }
}
