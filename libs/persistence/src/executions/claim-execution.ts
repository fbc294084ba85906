import type { JsonObject } from '@orchid/kernel';
import type { PlanDocument } from '@orchid/plan';
import type { ContextStore } from '../contexts/context.store';
import type { StoredContext } from '../contexts/context.entity';
import type { TenantStatements } from '../database/statements';
import { PlanVersion } from '../plans/plan-version.entity';
import type { CheckpointStore } from './checkpoint.store';
import { Execution, type ExecutionStatus } from './execution.entity';

export interface ClaimOptions {
  /** A running execution whose worker was silent for so long may be taken over. */
  readonly silentForMs?: number;
}

/** All that a worker needs to run, or go on with, an execution. `execution.epoch` guards its writes. */
export interface Claim {
  readonly execution: Execution;
  readonly integrationId: string;
  readonly document: PlanDocument;
  readonly context: StoredContext | null;
  /** Null: from the beginning. */
  readonly checkpoint: JsonObject | null;
}

/**
 * `missing`: not this tenant's. `finished`: nothing left to do. `owned`: its worker is alive. `blocked`: another
 * execution of the plan and config is under way, whose end names this one as next. `parked`: not before `until`.
 */
export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'missing' | 'finished' | 'owned' | 'blocked' }
  | { readonly kind: 'parked'; readonly until: Date };

interface Standing {
  readonly status: ExecutionStatus;
  readonly silent: boolean;
  readonly early: boolean;
  readonly blocked: boolean;
  readonly parked_until: Date | null;
}

const SILENT_FOR_MS = 10_000;
/** A delayed job may come a little early by this server's clock. */
const EARLY_MS = 1_000;

const STANDING = `SELECT e.status, e.parked_until,
    e.heartbeat_at IS NULL OR e.heartbeat_at < clock_timestamp() - $3 * interval '1 millisecond' AS silent,
    NOT e.cancel_requested AND e.parked_until > clock_timestamp() + ${EARLY_MS} * interval '1 millisecond' AS early,
    e.status = 'pending' AND EXISTS (SELECT 1 FROM executions o WHERE o.tenant_id = e.tenant_id AND o.plan_id = e.plan_id
      AND o.config_id = e.config_id AND o.status IN ('running', 'parked')) AS blocked
  FROM executions e WHERE e.tenant_id = $1 AND e.id = $2 FOR UPDATE OF e`;

// An execution keeps the version it started with; a retry that of the execution it repeats.
const TAKE = `UPDATE executions e SET status = 'running', epoch = e.epoch + 1, owner = $3,
    heartbeat_at = clock_timestamp(), parked_until = NULL, crashes = e.crashes + (e.status = 'running')::int,
    started_at = COALESCE(e.started_at, clock_timestamp()),
    plan_version = CASE WHEN e.started_at IS NULL AND e.trigger <> 'retry' THEN p.current_version ELSE e.plan_version END
  FROM plans p WHERE e.tenant_id = $1 AND e.id = $2 AND p.tenant_id = e.tenant_id AND p.id = e.plan_id RETURNING e.*`;

/** Makes a worker the owner of an execution. */
export class ClaimExecution {
  constructor(
    private readonly sql: TenantStatements,
    private readonly contexts: ContextStore,
    private readonly checkpoints: CheckpointStore,
  ) {}

  async claim(id: string, owner: string, options: ClaimOptions = {}): Promise<ClaimOutcome> {
    const { tenantId } = this.sql;
    const [standing] = await this.sql.rows<Standing>(STANDING, [tenantId, id, options.silentForMs ?? SILENT_FOR_MS]);
    const refusal = refuse(standing);
    if (refusal !== null) return refusal;
    const execution = await this.sql.first(Execution, TAKE, [tenantId, id, owner]);
    return { kind: 'claimed', claim: await this.gather(execution) };
  }

  private async gather(execution: Execution): Promise<Claim> {
    const { planId, configId, planVersion } = execution;
    const version = await this.sql.first(
      PlanVersion,
      `SELECT * FROM plan_versions WHERE tenant_id = $1 AND plan_id = $2 AND version = $3`,
      [this.sql.tenantId, planId, planVersion],
    );
    const [plan] = await this.sql.rows<{ integration_id: string }>(
      `SELECT integration_id FROM plans WHERE tenant_id = $1 AND id = $2`,
      [this.sql.tenantId, planId],
    );
    const context = await this.contexts.find(planId, configId);
    const checkpoint = await this.checkpoints.find(execution.id);
    const integrationId = plan?.integration_id ?? '';
    return { execution, integrationId, document: version.document, context, checkpoint: checkpoint?.state ?? null };
  }
}

function refuse(standing: Standing | undefined): ClaimOutcome | null {
  if (standing === undefined) return { kind: 'missing' };
  switch (standing.status) {
    case 'pending':
      return standing.blocked ? { kind: 'blocked' } : null;
    case 'running':
      return standing.silent ? null : { kind: 'owned' };
    case 'parked':
      return standing.early && standing.parked_until !== null ? { kind: 'parked', until: standing.parked_until } : null;
    default:
      return { kind: 'finished' };
  }
}
