import { newId } from '@orchid/kernel';
import { Conflict, NotFound, StaleRevision } from '../database/database.errors';
import { jsonText } from '../database/json-column';
import { ListQuery, type Page, type PageRequest } from '../database/page';
import type { TenantStatements } from '../database/statements';
import type { ScheduleStore } from '../schedules/schedule.store';
import { Integration, type ConfigSchema } from './integration.entity';

export interface IntegrationFields {
  readonly name: string;
  readonly description: string | null;
  readonly configSchema: ConfigSchema;
}

/** Integrations of one tenant. `expected` is the revision of `If-Match`: another one throws `StaleRevision`. */
export class IntegrationStore {
  constructor(
    private readonly sql: TenantStatements,
    private readonly schedules: ScheduleStore,
  ) {}

  /** Throws `Conflict` (`already_exists`). */
  async create(fields: IntegrationFields): Promise<Integration> {
    return this.sql.first(
      Integration,
      `INSERT INTO integrations (tenant_id, id, name, description, config_schema) VALUES ($1, $2, $3, $4, $5) RETURNING *`,
      [this.sql.tenantId, newId(), ...columns(fields)],
    );
  }

  async find(id: string): Promise<Integration | null> {
    return this.sql.one(
      Integration,
      `SELECT * FROM integrations WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL`,
      [this.sql.tenantId, id],
    );
  }

  /** Throws `NotFound`. */
  async get(id: string): Promise<Integration> {
    const found = await this.find(id);
    if (found === null) throw new NotFound('integration', id);
    return found;
  }

  async findByName(name: string): Promise<Integration | null> {
    return this.sql.one(
      Integration,
      `SELECT * FROM integrations WHERE tenant_id = $1 AND name = $2 AND deleted_at IS NULL`,
      [this.sql.tenantId, name],
    );
  }

  async list(page: PageRequest = {}): Promise<Page<Integration>> {
    const query = new ListQuery(this.sql.tenantId, page).where('deleted_at IS NULL AND ?', true);
    return query.page(await this.sql.many(Integration, `SELECT * FROM integrations ${query.tail}`, query.params));
  }

  async update(id: string, fields: IntegrationFields, expected?: number): Promise<Integration> {
    const changed = await this.sql.one(
      Integration,
      `UPDATE integrations SET name = $3, description = $4, config_schema = $5, revision = revision + 1,
         updated_at = clock_timestamp()
       WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL AND revision = COALESCE($6, revision) RETURNING *`,
      [this.sql.tenantId, id, ...columns(fields), expected ?? null],
    );
    return changed ?? this.refuse(id);
  }

  /**
   * Deletes it, and with `cascade` its configs, auth flows and plans, cancelling what runs.
   * Throws `Conflict` (`in_use`, with counts) when it has any and `cascade` is not set.
   */
  async delete(id: string, options: { cascade?: boolean; expected?: number } = {}): Promise<void> {
    const gone = await this.sql.run(
      `UPDATE integrations SET deleted_at = clock_timestamp(), revision = revision + 1
       WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL AND revision = COALESCE($3, revision)`,
      [this.sql.tenantId, id, options.expected ?? null],
    );
    if (gone === 0) await this.refuse(id);
    const uses = await this.uses(id);
    if (uses.configs + uses.authFlows + uses.plans === 0) return;
    if (!options.cascade) throw new Conflict('in_use', 'The integration is still in use.', uses);
    await this.deleteContents(id);
  }

  /** What belongs to the integration, in numbers. */
  async uses(id: string): Promise<{ configs: number; authFlows: number; plans: number }> {
    const count = (table: string): string =>
      `(SELECT count(*) FROM ${table} WHERE tenant_id = $1 AND integration_id = $2 AND deleted_at IS NULL)`;
    const [row] = await this.sql.rows<{ configs: number; auth_flows: number; plans: number }>(
      `SELECT ${count('configs')} AS configs, ${count('auth_flows')} AS auth_flows, ${count('plans')} AS plans`,
      [this.sql.tenantId, id],
    );
    return { configs: row?.configs ?? 0, authFlows: row?.auth_flows ?? 0, plans: row?.plans ?? 0 };
  }

  private async refuse(id: string): Promise<never> {
    await this.get(id);
    throw new StaleRevision('integration', id);
  }

  private async deleteContents(id: string): Promise<void> {
    const deletion = `SET deleted_at = clock_timestamp(), revision = revision + 1`;
    const scope = `WHERE tenant_id = $1 AND integration_id = $2 AND deleted_at IS NULL`;
    const params = [this.sql.tenantId, id];
    await this.sql.run(`UPDATE auth_flows ${deletion} ${scope}`, params);
    await this.sql.run(
      `UPDATE configs ${deletion}, enabled = false, secrets = NULL, public_values = '{}' ${scope}`,
      params,
    );
    const plans = await this.sql.rows<{ id: string }>(
      `UPDATE plans ${deletion}, enabled = false ${scope} RETURNING id`,
      params,
    );
    for (const plan of plans) await this.schedules.cancelPlan(plan.id);
  }
}

function columns(fields: IntegrationFields): unknown[] {
  return [fields.name, fields.description, jsonText(fields.configSchema)];
}
