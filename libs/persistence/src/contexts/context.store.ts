import type { JsonObject } from '@orchid/kernel';
import { jsonText } from '../database/json-column';
import type { TenantStatements } from '../database/statements';
import { StoredContext } from './context.entity';
import { mergeContext } from './merge-context';

export interface ContextOutcome {
  readonly planId: string;
  readonly configId: string;
  readonly startedAt: Date;
  readonly succeeded: boolean;
  /** Applied only when it succeeded. */
  readonly patch: JsonObject;
}

/** Contexts of one tenant. */
export class ContextStore {
  constructor(private readonly sql: TenantStatements) {}

  /** Null before the pair's first execution ended. */
  async find(planId: string, configId: string): Promise<StoredContext | null> {
    return this.sql.one(
      StoredContext,
      `SELECT * FROM contexts WHERE tenant_id = $1 AND plan_id = $2 AND config_id = $3`,
      [this.sql.tenantId, planId, configId],
    );
  }

  /** Notes that an execution ended, and commits what it changed if it succeeded. Throws `ContextTooLarge`. */
  async commit(outcome: ContextOutcome): Promise<void> {
    const { planId, configId, succeeded } = outcome;
    const stored = await this.find(planId, configId);
    const data = succeeded ? mergeContext(stored?.data ?? {}, outcome.patch) : (stored?.data ?? {});
    await this.sql.run(
      `INSERT INTO contexts AS c (tenant_id, plan_id, config_id, data, last_execution_at, last_success_at, last_failure_at,
         execution_count)
       VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN $5::timestamptz END, CASE WHEN $6 THEN NULL ELSE $5::timestamptz END, 1)
       ON CONFLICT (tenant_id, plan_id, config_id) DO UPDATE SET
         data = EXCLUDED.data, last_execution_at = EXCLUDED.last_execution_at,
         last_success_at = COALESCE(EXCLUDED.last_success_at, c.last_success_at),
         last_failure_at = COALESCE(EXCLUDED.last_failure_at, c.last_failure_at),
         execution_count = c.execution_count + 1, updated_at = clock_timestamp()`,
      [this.sql.tenantId, planId, configId, jsonText(data), outcome.startedAt, succeeded],
    );
  }
}
