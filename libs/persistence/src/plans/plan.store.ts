import { newId } from '@orchid/kernel';
import type { PlanDocument } from '@orchid/plan';
import { NotFound, StaleRevision } from '../database/database.errors';
import { jsonText } from '../database/json-column';
import { ListQuery, type Page, type PageRequest } from '../database/page';
import type { TenantStatements } from '../database/statements';
import type { ScheduleStore } from '../schedules/schedule.store';
import { PlanVersion } from './plan-version.entity';
import { Plan } from './plan.entity';

/** A plan with the document of its current version. `enabled` of the plan counts, the document's does not. */
export type PlanWithDocument = Plan & { readonly document: PlanDocument };

export interface NewPlan {
  readonly integrationId: string;
  /** Canonical. */
  readonly document: PlanDocument;
  /** False when absent. */
  readonly enabled?: boolean;
  readonly createdBy?: string | null;
}

export interface PlanChange {
  readonly document: PlanDocument;
  readonly enabled?: boolean;
  readonly createdBy?: string | null;
  readonly expected?: number | undefined;
}

/** Plans of one tenant and their versions. Every change keeps the schedules in step. */
export class PlanStore {
  constructor(
    private readonly sql: TenantStatements,
    private readonly schedules: ScheduleStore,
  ) {}

  /** Version 1. Throws `NotFound` (integration) and `Conflict` (`already_exists`). */
  async create(plan: NewPlan): Promise<PlanWithDocument> {
    const { document } = plan;
    const created = await this.sql.one(
      Plan,
      `WITH owner AS (SELECT tenant_id, id FROM integrations
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE)
       INSERT INTO plans (tenant_id, id, integration_id, key, name, enabled, current_version)
       SELECT owner.tenant_id, $3, owner.id, $4, $5, $6, 1 FROM owner RETURNING *`,
      [
        this.sql.tenantId,
        plan.integrationId,
        newId(),
        document.key,
        document.name ?? document.key,
        plan.enabled ?? false,
      ],
    );
    if (created === null) throw new NotFound('integration', plan.integrationId);
    await this.addVersion(created, document, plan.createdBy ?? null);
    await this.schedules.sync(created.id);
    return withDocument(created, document);
  }

  async find(key: string): Promise<PlanWithDocument | null> {
    const plan = await this.sql.one(
      Plan,
      `SELECT * FROM plans WHERE tenant_id = $1 AND key = $2 AND deleted_at IS NULL`,
      [this.sql.tenantId, key],
    );
    return plan === null ? null : withDocument(plan, (await this.version(plan.id, plan.currentVersion)).document);
  }

  /** Also a deleted plan, for what still runs of it. Throws `NotFound`. */
  async getById(id: string): Promise<PlanWithDocument> {
    const plan = await this.sql.one(Plan, `SELECT * FROM plans WHERE tenant_id = $1 AND id = $2`, [
      this.sql.tenantId,
      id,
    ]);
    if (plan === null) throw new NotFound('plan', id);
    return withDocument(plan, (await this.version(plan.id, plan.currentVersion)).document);
  }

  /** Throws `NotFound`. */
  async get(key: string): Promise<PlanWithDocument> {
    const plan = await this.find(key);
    if (plan === null) throw new NotFound('plan', key);
    return plan;
  }

  async list(
    filter: { integrationId?: string; enabled?: boolean } = {},
    page: PageRequest = {},
  ): Promise<Page<PlanWithDocument>> {
    const query = new ListQuery(this.sql.tenantId, page)
      .where('deleted_at IS NULL AND ?', true)
      .where('integration_id = ?', filter.integrationId)
      .where('enabled = ?', filter.enabled);
    const { data, nextCursor } = query.page(
      await this.sql.many(Plan, `SELECT * FROM plans ${query.tail}`, query.params),
    );
    const documents = await this.documents(data);
    return { data: data.map((plan) => withDocument(plan, documentOf(documents, plan))), nextCursor };
  }

  /** A new version becomes the current one. Throws `NotFound`, `StaleRevision`. */
  async saveVersion(key: string, change: PlanChange): Promise<PlanWithDocument> {
    const { document, expected } = change;
    const changed = await this.sql.one(
      Plan,
      `UPDATE plans SET name = $3, enabled = COALESCE($4, enabled), current_version = current_version + 1,
         revision = revision + 1, updated_at = clock_timestamp()
       WHERE tenant_id = $1 AND key = $2 AND deleted_at IS NULL AND revision = COALESCE($5, revision) RETURNING *`,
      [this.sql.tenantId, key, document.name ?? key, change.enabled ?? null, expected ?? null],
    );
    if (changed === null) return this.refuse(key);
    await this.addVersion(changed, document, change.createdBy ?? null);
    await this.schedules.sync(changed.id);
    return withDocument(changed, document);
  }

  /** No new version: whether a plan is enabled is not part of its document. */
  async setEnabled(key: string, enabled: boolean, expected?: number): Promise<PlanWithDocument> {
    const changed = await this.sql.one(
      Plan,
      `UPDATE plans SET enabled = $3, updated_at = clock_timestamp(),
         revision = revision + CASE WHEN enabled = $3 THEN 0 ELSE 1 END
       WHERE tenant_id = $1 AND key = $2 AND deleted_at IS NULL AND revision = COALESCE($4, revision) RETURNING *`,
      [this.sql.tenantId, key, enabled, expected ?? null],
    );
    if (changed === null) return this.refuse(key);
    await this.schedules.sync(changed.id);
    return withDocument(changed, (await this.version(changed.id, changed.currentVersion)).document);
  }

  /** Newest first; `before` is the smallest version of the page before. */
  async versions(key: string, page: { limit?: number; before?: number } = {}): Promise<PlanVersion[]> {
    const plan = await this.get(key);
    return this.sql.many(
      PlanVersion,
      `SELECT * FROM plan_versions WHERE tenant_id = $1 AND plan_id = $2 AND version < COALESCE($3, 2147483647)
       ORDER BY version DESC LIMIT $4`,
      [this.sql.tenantId, plan.id, page.before ?? null, page.limit ?? 50],
    );
  }

  /** Throws `NotFound`. */
  async version(planId: string, version: number): Promise<PlanVersion> {
    const found = await this.sql.one(
      PlanVersion,
      `SELECT * FROM plan_versions WHERE tenant_id = $1 AND plan_id = $2 AND version = $3`,
      [this.sql.tenantId, planId, version],
    );
    if (found === null) throw new NotFound('plan_version', String(version));
    return found;
  }

  /** What waits is cancelled, what runs is asked to stop; versions and executions stay. The key is free again. */
  async delete(key: string, expected?: number): Promise<void> {
    const gone = await this.sql.one(
      Plan,
      `UPDATE plans SET deleted_at = clock_timestamp(), enabled = false, revision = revision + 1
       WHERE tenant_id = $1 AND key = $2 AND deleted_at IS NULL AND revision = COALESCE($3, revision) RETURNING *`,
      [this.sql.tenantId, key, expected ?? null],
    );
    if (gone === null) return this.refuse(key);
    await this.schedules.cancelPlan(gone.id);
  }

  private async addVersion(plan: Plan, document: PlanDocument, createdBy: string | null): Promise<void> {
    await this.sql.run(
      `INSERT INTO plan_versions (tenant_id, plan_id, version, document, created_by) VALUES ($1, $2, $3, $4, $5)`,
      [this.sql.tenantId, plan.id, plan.currentVersion, jsonText(document), createdBy],
    );
  }

  private async documents(plans: readonly Plan[]): Promise<ReadonlyMap<string, PlanDocument>> {
    const versions = await this.sql.many(
      PlanVersion,
      `SELECT v.* FROM plan_versions v JOIN plans p ON p.tenant_id = v.tenant_id AND p.id = v.plan_id
         AND p.current_version = v.version
       WHERE v.tenant_id = $1 AND v.plan_id = ANY ($2)`,
      [this.sql.tenantId, plans.map((plan) => plan.id)],
    );
    return new Map(versions.map((version) => [version.planId, version.document]));
  }

  private async refuse(key: string): Promise<never> {
    await this.get(key);
    throw new StaleRevision('plan', key);
  }
}

function documentOf(documents: ReadonlyMap<string, PlanDocument>, plan: Plan): PlanDocument {
  const document = documents.get(plan.id);
  if (document === undefined) throw new NotFound('plan_version', String(plan.currentVersion));
  return document;
}

function withDocument(plan: Plan, document: PlanDocument): PlanWithDocument {
  return Object.assign(plan, { document });
}
