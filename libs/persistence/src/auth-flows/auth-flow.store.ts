import { newId, type JsonObject } from '@orchid/kernel';
import { NotFound, StaleRevision } from '../database/database.errors';
import { jsonText } from '../database/json-column';
import { ListQuery, type Page, type PageRequest } from '../database/page';
import type { TenantStatements } from '../database/statements';
import { AuthFlow } from './auth-flow.entity';

/** Auth flows of one tenant. Their documents hold templates on `config`, never a secret. */
export class AuthFlowStore {
  constructor(private readonly sql: TenantStatements) {}

  /** Throws `NotFound` (integration) and `Conflict` (`already_exists`). */
  async create(fields: { integrationId: string; name: string; document: JsonObject }): Promise<AuthFlow> {
    const created = await this.sql.one(
      AuthFlow,
      `WITH owner AS (SELECT tenant_id, id FROM integrations
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE)
       INSERT INTO auth_flows (tenant_id, id, integration_id, name, document)
       SELECT owner.tenant_id, $3, owner.id, $4, $5 FROM owner RETURNING *`,
      [this.sql.tenantId, fields.integrationId, newId(), fields.name, jsonText(fields.document)],
    );
    if (created === null) throw new NotFound('integration', fields.integrationId);
    return created;
  }

  async find(id: string): Promise<AuthFlow | null> {
    return this.sql.one(AuthFlow, `SELECT * FROM auth_flows WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL`, [
      this.sql.tenantId,
      id,
    ]);
  }

  /** Throws `NotFound`. */
  async get(id: string): Promise<AuthFlow> {
    const found = await this.find(id);
    if (found === null) throw new NotFound('auth_flow', id);
    return found;
  }

  /** Every flow of an integration, by name: what an execution may choose from. */
  async ofIntegration(integrationId: string): Promise<AuthFlow[]> {
    return this.sql.many(
      AuthFlow,
      `SELECT * FROM auth_flows WHERE tenant_id = $1 AND integration_id = $2 AND deleted_at IS NULL ORDER BY name`,
      [this.sql.tenantId, integrationId],
    );
  }

  async list(integrationId: string, page: PageRequest = {}): Promise<Page<AuthFlow>> {
    const query = new ListQuery(this.sql.tenantId, page).where(
      'integration_id = ? AND deleted_at IS NULL',
      integrationId,
    );
    return query.page(await this.sql.many(AuthFlow, `SELECT * FROM auth_flows ${query.tail}`, query.params));
  }

  async update(id: string, fields: { name: string; document: JsonObject }, expected?: number): Promise<AuthFlow> {
    const changed = await this.sql.one(
      AuthFlow,
      `UPDATE auth_flows SET name = $3, document = $4, revision = revision + 1, updated_at = clock_timestamp()
       WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL AND revision = COALESCE($5, revision) RETURNING *`,
      [this.sql.tenantId, id, fields.name, jsonText(fields.document), expected ?? null],
    );
    return changed ?? this.refuse(id);
  }

  async delete(id: string, expected?: number): Promise<void> {
    const gone = await this.sql.run(
      `UPDATE auth_flows SET deleted_at = clock_timestamp(), revision = revision + 1
       WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL AND revision = COALESCE($3, revision)`,
      [this.sql.tenantId, id, expected ?? null],
    );
    if (gone === 0) await this.refuse(id);
  }

  private async refuse(id: string): Promise<never> {
    await this.get(id);
    throw new StaleRevision('auth_flow', id);
  }
}
