import type { Statements } from '../database/statements';

/** An execution to enqueue. */
export interface DispatchedExecution {
  readonly tenantId: string;
  readonly executionId: string;
}

export interface LostOptions {
  /** A pending execution older than this should have started, unless another of its pair is under way. */
  readonly pendingForMs: number;
  /** A running execution whose worker was silent for so long has lost it. */
  readonly silentForMs: number;
  readonly limit?: number;
}

const OPEN_OF_PAIR = `SELECT 1 FROM executions e WHERE e.tenant_id = s.tenant_id AND e.plan_id = s.plan_id
  AND e.config_id = s.config_id AND e.status IN ('pending', 'running', 'parked')`;

const CLAIM_DUE = `WITH due AS (
    SELECT s.tenant_id, s.plan_id, s.config_id, s.next_due_at FROM schedules s
    WHERE s.next_due_at <= COALESCE($2::timestamptz, clock_timestamp()) AND NOT EXISTS (${OPEN_OF_PAIR})
    ORDER BY s.next_due_at LIMIT $1 FOR UPDATE OF s SKIP LOCKED
  ), made AS (
    INSERT INTO executions (tenant_id, id, plan_id, plan_key, plan_version, integration, config_id, trigger, due_at)
    SELECT d.tenant_id, gen_random_uuid(), d.plan_id, p.key, p.current_version, i.name, d.config_id, 'schedule', d.next_due_at
    FROM due d JOIN plans p ON p.tenant_id = d.tenant_id AND p.id = d.plan_id
    JOIN integrations i ON i.tenant_id = p.tenant_id AND i.id = p.integration_id
    ON CONFLICT DO NOTHING RETURNING tenant_id, id, plan_id, config_id
  ), cleared AS (
    UPDATE schedules s SET next_due_at = NULL FROM made m
    WHERE s.tenant_id = m.tenant_id AND s.plan_id = m.plan_id AND s.config_id = m.config_id
  )
  SELECT tenant_id AS "tenantId", id AS "executionId" FROM made`;

const NEXT_DUE = `SELECT s.next_due_at FROM schedules s
  WHERE s.next_due_at IS NOT NULL AND NOT EXISTS (${OPEN_OF_PAIR}) ORDER BY s.next_due_at LIMIT 1`;

const LOST = `SELECT e.tenant_id AS "tenantId", e.id AS "executionId" FROM executions e
  WHERE (e.status = 'running' AND COALESCE(e.heartbeat_at, '-infinity') < clock_timestamp() - $2 * interval '1 millisecond')
    OR (e.status = 'parked' AND (e.cancel_requested OR e.parked_until < clock_timestamp() - $1 * interval '1 millisecond'))
    OR (e.status = 'pending' AND e.created_at < clock_timestamp() - $1 * interval '1 millisecond'
      AND NOT EXISTS (SELECT 1 FROM executions o WHERE o.tenant_id = e.tenant_id AND o.plan_id = e.plan_id
        AND o.config_id = e.config_id AND o.status IN ('running', 'parked')))
  ORDER BY e.created_at LIMIT $3`;

const PURGE = `DELETE FROM executions WHERE (tenant_id, id) IN (
  SELECT tenant_id, id FROM executions WHERE finished_at < $1 ORDER BY finished_at LIMIT $2)`;

const PURGE_KEYS = `DELETE FROM idempotency_keys WHERE created_at < clock_timestamp() - interval '24 hours'`;

const LIMIT = 1_000;

/** The scheduler's work across tenants, over one transaction. */
export class DispatchWork {
  constructor(private readonly sql: Statements) {}

  /**
   * Makes one pending execution for each of at most `limit` pairs that are due and have none under way.
   * However many call it at once, a due time yields one execution. `now` is the server's clock unless given.
   */
  async claimDue(limit = LIMIT, now: Date | null = null): Promise<DispatchedExecution[]> {
    return this.sql.rows<DispatchedExecution>(CLAIM_DUE, [limit, now]);
  }

  /** When to look again; null when nothing is planned. Pairs with an execution under way are left out. */
  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.sql.rows<{ next_due_at: Date }>(NEXT_DUE);
    return row?.next_due_at ?? null;
  }

  /** Executions that should have a live job and may not: enqueue each again. Their claim counts the crash. */
  async lostExecutions(options: LostOptions): Promise<DispatchedExecution[]> {
    return this.sql.rows<DispatchedExecution>(LOST, [
      options.pendingForMs,
      options.silentForMs,
      options.limit ?? LIMIT,
    ]);
  }

  /** Deletes at most `limit` executions that ended before `before`. Returns how many. */
  async purgeExecutions(before: Date, limit = LIMIT): Promise<number> {
    return this.sql.run(PURGE, [before, limit]);
  }

  /** Deletes the answers kept for repeats that are older than 24 hours. Returns how many. */
  async purgeIdempotencyKeys(): Promise<number> {
    return this.sql.run(PURGE_KEYS);
  }
}
