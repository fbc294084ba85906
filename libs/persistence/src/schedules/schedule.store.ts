import type { PlanDocument } from '@orchid/plan';
import { parseJson } from '@orchid/kernel';
import type { TenantStatements } from '../database/statements';
import { isExhausted, nextDue, nextSlot, SECOND_MS, timingOf } from './next-due';
import { Schedule } from './schedule.entity';

/** Notified when something may have become due earlier than the scheduler believes. */
export const SCHEDULES_CHANGED = 'schedules_changed';

/** Later than this the scheduler's own poll finds it. */
const NOTIFY_HORIZON_MS = 60 * SECOND_MS;

interface Scope {
  readonly integrationId: string;
  readonly planId: string | null;
  readonly configId: string | null;
}

interface PlanRow {
  readonly id: string;
  readonly document: string;
  readonly now: Date;
}

/** What the end of an execution means for the schedule. */
export interface SettledExecution {
  readonly planId: string;
  readonly configId: string;
  readonly trigger: string;
  readonly startedAt: Date | null;
  readonly finishedAt: Date;
}

const DEACTIVATE = `UPDATE schedules s SET active = false, next_due_at = NULL
  WHERE s.tenant_id = $1 AND s.active AND s.plan_id = COALESCE($2, s.plan_id) AND s.config_id = COALESCE($3, s.config_id)
    AND NOT (s.plan_id = ANY ($4::uuid[]) AND EXISTS (SELECT 1 FROM configs c
      WHERE c.tenant_id = s.tenant_id AND c.id = s.config_id AND c.enabled AND c.deleted_at IS NULL))`;

const SAME_TIMING = `(s.wait_seconds, s.wait_from, s.cron, s.timezone, s.jitter_seconds) IS NOT DISTINCT FROM
  (EXCLUDED.wait_seconds, EXCLUDED.wait_from, EXCLUDED.cron, EXCLUDED.timezone, EXCLUDED.jitter_seconds)`;
const SAME_RUNS = `s.active AND s.repeat_count = EXCLUDED.repeat_count`;

// A new pair is due at once, or at cron's next slot; one enabled again when its wait has passed.
const ACTIVATE = `INSERT INTO schedules AS s (tenant_id, plan_id, config_id, active, wait_seconds, wait_from, cron, timezone,
    jitter_seconds, repeat_count, next_due_at, enabled_at)
  SELECT $1, t.plan_id, c.id, true, t.wait_seconds, t.wait_from, t.cron, t.timezone, t.jitter_seconds, t.repeat_count,
    COALESCE(t.slot + t.jitter_seconds * random() * interval '1 second', clock_timestamp()), clock_timestamp()
  FROM json_to_recordset($4::json) AS t (plan_id uuid, wait_seconds double precision, wait_from text, cron text,
    timezone text, jitter_seconds double precision, repeat_count integer, slot timestamptz)
  JOIN configs c ON c.tenant_id = $1 AND c.integration_id = $2 AND c.enabled AND c.deleted_at IS NULL
    AND c.id = COALESCE($3, c.id)
  ON CONFLICT (tenant_id, plan_id, config_id) DO UPDATE SET
    active = true, wait_seconds = EXCLUDED.wait_seconds, wait_from = EXCLUDED.wait_from, cron = EXCLUDED.cron,
    timezone = EXCLUDED.timezone, jitter_seconds = EXCLUDED.jitter_seconds, repeat_count = EXCLUDED.repeat_count,
    enabled_at = CASE WHEN s.active THEN s.enabled_at ELSE EXCLUDED.enabled_at END,
    scheduled_runs = CASE WHEN ${SAME_RUNS} THEN s.scheduled_runs ELSE 0 END,
    next_due_at = CASE
      WHEN ${SAME_RUNS} AND s.repeat_count > 0 AND s.scheduled_runs >= s.repeat_count THEN NULL
      WHEN ${SAME_RUNS} AND ${SAME_TIMING} THEN s.next_due_at
      WHEN s.active AND ${SAME_TIMING} AND s.next_due_at IS NOT NULL THEN s.next_due_at
      WHEN EXCLUDED.cron IS NOT NULL THEN EXCLUDED.next_due_at
      ELSE GREATEST(EXCLUDED.next_due_at, EXCLUDED.wait_seconds * interval '1 second' +
        CASE EXCLUDED.wait_from WHEN 'start' THEN s.last_started_at ELSE s.last_finished_at END)
    END`;

const CANCEL = `status = 'cancelled', finished_at = clock_timestamp()`;

// Waiting executions of a disabled config go, whatever triggered them; of a disabled plan only those of its schedule.
const CANCEL_WAITING = `UPDATE executions e SET ${CANCEL}
  WHERE e.tenant_id = $1 AND e.status = 'pending' AND e.plan_id = COALESCE($2, e.plan_id)
    AND e.config_id = COALESCE($3, e.config_id) AND (
      EXISTS (SELECT 1 FROM configs c WHERE c.tenant_id = $1 AND c.id = e.config_id
        AND (NOT c.enabled OR c.deleted_at IS NOT NULL))
      OR (e.trigger = 'schedule' AND EXISTS (SELECT 1 FROM plans p WHERE p.tenant_id = $1 AND p.id = e.plan_id
        AND (NOT p.enabled OR p.deleted_at IS NOT NULL))))`;

/** When plans run for configs: one row per pair that ever had a schedule. The other stores keep it in step. */
export class ScheduleStore {
  constructor(private readonly sql: TenantStatements) {}

  async find(planId: string, configId: string): Promise<Schedule | null> {
    return this.sql.one(Schedule, `SELECT * FROM schedules WHERE tenant_id = $1 AND plan_id = $2 AND config_id = $3`, [
      this.sql.tenantId,
      planId,
      configId,
    ]);
  }

  /** Brings the rows of a plan in line with plan and configs: activates, retimes, stops. Wakes the scheduler. */
  async sync(planId: string): Promise<void> {
    const integrationId = await this.lockIntegration('plans', planId);
    if (integrationId !== null) await this.apply({ integrationId, planId, configId: null });
  }

  /** The same for the rows of a config. */
  async syncConfig(configId: string): Promise<void> {
    const integrationId = await this.lockIntegration('configs', configId);
    if (integrationId !== null) await this.apply({ integrationId, planId: null, configId });
  }

  /** Stops everything of a plan: schedules, what waits, and - by asking - what runs. */
  async cancelPlan(planId: string): Promise<void> {
    await this.cancel('plan_id', planId);
  }

  /** The same for a config. */
  async cancelConfig(configId: string): Promise<void> {
    await this.cancel('config_id', configId);
  }

  /** Takes the pair's row before anything of the pair that waits is touched: the order in which claims lock. */
  async lock(planId: string, configId: string): Promise<Schedule | null> {
    return this.sql.one(
      Schedule,
      `SELECT * FROM schedules WHERE tenant_id = $1 AND plan_id = $2 AND config_id = $3 FOR UPDATE`,
      [this.sql.tenantId, planId, configId],
    );
  }

  /** Sets when the pair is due again, and counts scheduled executions against `repeat_count`. */
  async settle(ended: SettledExecution): Promise<Schedule | null> {
    const row = await this.lock(ended.planId, ended.configId);
    if (row === null) return null;
    const scheduledRuns = row.scheduledRuns + (ended.trigger === 'schedule' && ended.startedAt !== null ? 1 : 0);
    const due = isExhausted({ repeatCount: row.repeatCount, scheduledRuns }) ? null : nextDue(row, ended);
    const settled = await this.sql.one(
      Schedule,
      `UPDATE schedules SET scheduled_runs = $4, next_due_at = $5, last_started_at = COALESCE($6, last_started_at),
         last_finished_at = $7
       WHERE tenant_id = $1 AND plan_id = $2 AND config_id = $3 RETURNING *`,
      [this.sql.tenantId, ended.planId, ended.configId, scheduledRuns, due, ended.startedAt, ended.finishedAt],
    );
    if (due !== null && due.getTime() - ended.finishedAt.getTime() < NOTIFY_HORIZON_MS) await this.notify();
    return settled;
  }

  private async apply(scope: Scope): Promise<void> {
    const { tenantId } = this.sql;
    const timings = await this.timings(scope);
    const planIds = timings.map((timing) => timing.plan_id);
    await this.sql.run(DEACTIVATE, [tenantId, scope.planId, scope.configId, planIds]);
    if (timings.length > 0) {
      await this.sql.run(ACTIVATE, [tenantId, scope.integrationId, scope.configId, JSON.stringify(timings)]);
    }
    await this.sql.run(CANCEL_WAITING, [tenantId, scope.planId, scope.configId]);
    await this.notify();
  }

  private async timings(scope: Scope) {
    const plans = await this.sql.rows<PlanRow>(
      `SELECT p.id, v.document, clock_timestamp() AS now FROM plans p
       JOIN plan_versions v ON v.tenant_id = p.tenant_id AND v.plan_id = p.id AND v.version = p.current_version
       WHERE p.tenant_id = $1 AND p.integration_id = $2 AND p.enabled AND p.deleted_at IS NULL
         AND p.id = COALESCE($3, p.id)`,
      [this.sql.tenantId, scope.integrationId, scope.planId],
    );
    return plans.flatMap(({ id, document, now }) => {
      const timing = timingOf(parseJson(document) as unknown as PlanDocument);
      return timing === null ? [] : [toRecord(id, timing, now)];
    });
  }

  /** Of a plan and a config made at the same moment, the second to come here sees the first. */
  private async lockIntegration(table: 'plans' | 'configs', id: string): Promise<string | null> {
    const [row] = await this.sql.rows<{ id: string }>(
      `SELECT i.id FROM integrations i JOIN ${table} t ON t.tenant_id = i.tenant_id AND t.integration_id = i.id
       WHERE i.tenant_id = $1 AND t.id = $2 FOR NO KEY UPDATE OF i`,
      [this.sql.tenantId, id],
    );
    return row?.id ?? null;
  }

  private async cancel(column: 'plan_id' | 'config_id', id: string): Promise<void> {
    const params = [this.sql.tenantId, id];
    const scope = `WHERE tenant_id = $1 AND ${column} = $2`;
    await this.sql.run(
      `UPDATE executions SET cancel_requested = true,
         parked_until = CASE WHEN status = 'parked' THEN clock_timestamp() END
       ${scope} AND status IN ('running', 'parked')`,
      params,
    );
    await this.sql.run(`UPDATE schedules SET active = false, next_due_at = NULL ${scope}`, params);
    await this.sql.run(`UPDATE executions SET ${CANCEL} ${scope} AND status = 'pending'`, params);
    await this.notify();
  }

  private async notify(): Promise<void> {
    await this.sql.rows('SELECT pg_notify($1, $2)', [SCHEDULES_CHANGED, '']);
  }
}

function toRecord(planId: string, timing: NonNullable<ReturnType<typeof timingOf>>, now: Date) {
  return {
    plan_id: planId,
    wait_seconds: timing.waitSeconds,
    wait_from: timing.waitFrom,
    cron: timing.cron,
    timezone: timing.timezone,
    jitter_seconds: timing.jitterSeconds,
    repeat_count: timing.repeatCount,
    slot: timing.cron === null ? null : nextSlot(timing.cron, timing.timezone, now),
  };
}
