import type { TenantStatements } from '../database/statements';
import { Statistics } from './statistics.entity';

export interface StatisticsOutcome {
  readonly planId: string;
  readonly configId: string;
  readonly startedAt: Date;
  readonly status: string;
  readonly apiCalls: number;
  readonly records: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** Sums over executions, of one tenant. */
export class StatisticsStore {
  constructor(private readonly sql: TenantStatements) {}

  async find(planId: string, configId: string): Promise<Statistics | null> {
    return this.sql.one(
      Statistics,
      `SELECT * FROM statistics WHERE tenant_id = $1 AND plan_id = $2 AND config_id = $3`,
      [this.sql.tenantId, planId, configId],
    );
  }

  /** Of every config that the plan has run for. */
  async ofPlan(planId: string): Promise<Statistics[]> {
    return this.sql.many(
      Statistics,
      `SELECT * FROM statistics WHERE tenant_id = $1 AND plan_id = $2 ORDER BY config_id`,
      [this.sql.tenantId, planId],
    );
  }

  /** Adds an execution that ended. Aborted and cancelled ones count as executions only. */
  async add(outcome: StatisticsOutcome): Promise<void> {
    await this.sql.run(
      `INSERT INTO statistics AS s (tenant_id, plan_id, config_id, last_execution_at, last_success_at, last_failure_at,
         total_executions, total_successes, total_failures, total_api_calls, total_records, total_bytes,
         total_execution_time_ms)
       VALUES ($1, $2, $3, $4, CASE WHEN $5 = 'success' THEN $4::timestamptz END,
         CASE WHEN $5 = 'failed' THEN $4::timestamptz END, 1, ($5 = 'success')::int, ($5 = 'failed')::int, $6, $7, $8, $9)
       ON CONFLICT (tenant_id, plan_id, config_id) DO UPDATE SET
         last_execution_at = EXCLUDED.last_execution_at,
         last_success_at = COALESCE(EXCLUDED.last_success_at, s.last_success_at),
         last_failure_at = COALESCE(EXCLUDED.last_failure_at, s.last_failure_at),
         total_executions = s.total_executions + 1,
         total_successes = s.total_successes + EXCLUDED.total_successes,
         total_failures = s.total_failures + EXCLUDED.total_failures,
         total_api_calls = s.total_api_calls + EXCLUDED.total_api_calls,
         total_records = s.total_records + EXCLUDED.total_records,
         total_bytes = s.total_bytes + EXCLUDED.total_bytes,
         total_execution_time_ms = s.total_execution_time_ms + EXCLUDED.total_execution_time_ms`,
      [
        this.sql.tenantId,
        outcome.planId,
        outcome.configId,
        outcome.startedAt,
        outcome.status,
        outcome.apiCalls,
        outcome.records,
        outcome.bytes,
        Math.round(outcome.duration),
      ],
    );
  }
}
