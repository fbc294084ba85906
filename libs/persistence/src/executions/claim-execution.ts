import { parseJson, type JsonObject } from '@orchid/kernel';
import type { PlanDocument } from '@orchid/plan';
import type { ContextStore } from '../contexts/context.store';
import type { StoredContext } from '../contexts/context.entity';
import { NotFound } from '../database/database.errors';
import type { TenantStatements } from '../database/statements';
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

const GATHER = `SELECT p.integration_id, v.document, k.state FROM plans p
  JOIN plan_versions v ON v.tenant_id = p.tenant_id AND v.plan_id = p.id AND v.version = $4
  LEFT JOIN checkpoints k ON k.tenant_id = p.tenant_id AND k.execution_id = $2
  WHERE p.tenant_id = $1 AND p.id = $3`;

interface Gathered {
  readonly integration_id: string;
  readonly document: string;
  readonly state: string | null;
}

/** Makes a worker the owner of an execution. */
export class ClaimExecution {
  constructor(
    private readonly sql: TenantStatements,
    private readonly contexts: ContextStore,
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
    const { id, planId, configId, planVersion } = execution;
    const [row] = await this.sql.rows<Gathered>(GATHER, [this.sql.tenantId, id, planId, planVersion]);
    if (row === undefined) throw new NotFound('plan_version', String(planVersion));
    return {
      execution,
      integrationId: row.integration_id,
      document: parseJson(row.document) as unknown as PlanDocument,
      context: await this.contexts.find(planId, configId),
      checkpoint: row.state === null ? null : (parseJson(row.state) as JsonObject),
    };
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
