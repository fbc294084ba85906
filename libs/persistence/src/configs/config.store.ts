import { isJsonObject, newId, parseJson, stringifyJson, type JsonObject, type JsonValue } from '@orchid/kernel';
import { NotFound, StaleRevision } from '../database/database.errors';
import { jsonText } from '../database/json-column';
import { ListQuery, type Page, type PageRequest } from '../database/page';
import type { TenantStatements } from '../database/statements';
import { SecretBoxError, type SecretBox } from '../encryption/secret-box';
import { joinSecrets, splitSecrets, type SplitValues } from '../encryption/split-secrets';
import type { ScheduleStore } from '../schedules/schedule.store';
import { Config } from './config.entity';

type Secrets = Readonly<Record<string, JsonValue>>;

export interface NewConfig {
  readonly integrationId: string;
  readonly name: string;
  /** Checked against the schema, defaults applied; secrets in the clear. */
  readonly values: JsonObject;
  /** `config_schema.schema` of the integration, which says what is secret. */
  readonly schema: JsonObject;
  /** True when absent. */
  readonly enabled?: boolean;
}

export interface ConfigChange {
  readonly name: string;
  /** Where a secret is, the mask keeps the stored one. */
  readonly values: JsonObject;
  readonly schema: JsonObject;
  readonly expected?: number | undefined;
}

/** Configs of one tenant. Rows carry the mask in place of secrets; only {@link decrypted} opens them. */
export class ConfigStore {
  constructor(
    private readonly sql: TenantStatements,
    private readonly schedules: ScheduleStore,
    private readonly box: SecretBox | null,
  ) {}

  /** Throws `NotFound` (integration) and `Conflict` (`already_exists`). Its plans become due. */
  async create(config: NewConfig): Promise<Config> {
    const id = newId();
    const split = splitSecrets(config.schema, config.values);
    const created = await this.sql.one(
      Config,
      `WITH owner AS (SELECT tenant_id, id FROM integrations
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE)
       INSERT INTO configs (tenant_id, id, integration_id, name, public_values, secrets, enabled)
       SELECT owner.tenant_id, $3, owner.id, $4, $5, $6, $7 FROM owner RETURNING *`,
      [this.sql.tenantId, config.integrationId, id, config.name, ...this.columns(id, split), config.enabled ?? true],
    );
    if (created === null) throw new NotFound('integration', config.integrationId);
    await this.schedules.syncConfig(id);
    return created;
  }

  async find(id: string): Promise<Config | null> {
    return this.sql.one(Config, `SELECT * FROM configs WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL`, [
      this.sql.tenantId,
      id,
    ]);
  }

  /** Throws `NotFound`. */
  async get(id: string): Promise<Config> {
    const found = await this.find(id);
    if (found === null) throw new NotFound('config', id);
    return found;
  }

  async list(filter: { integrationId: string; enabled?: boolean }, page: PageRequest = {}): Promise<Page<Config>> {
    const query = new ListQuery(this.sql.tenantId, page)
      .where('integration_id = ? AND deleted_at IS NULL', filter.integrationId)
      .where('enabled = ?', filter.enabled);
    return query.page(await this.sql.many(Config, `SELECT * FROM configs ${query.tail}`, query.params));
  }

  /** Throws `NotFound`, `StaleRevision`, `Conflict` (`already_exists`). */
  async update(id: string, change: ConfigChange): Promise<Config> {
    const stored = await this.locked(id);
    const split = splitSecrets(change.schema, change.values, this.open(stored));
    const changed = await this.sql.one(
      Config,
      `UPDATE configs SET name = $3, public_values = $4, secrets = $5, revision = revision + 1,
         updated_at = clock_timestamp()
       WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL AND revision = COALESCE($6, revision) RETURNING *`,
      [this.sql.tenantId, id, change.name, ...this.columns(id, split), change.expected ?? null],
    );
    return changed ?? this.refuse(id);
  }

  /** Disabling stops its schedules at once and cancels its waiting executions. */
  async setEnabled(id: string, enabled: boolean, expected?: number): Promise<Config> {
    const changed = await this.sql.one(
      Config,
      `UPDATE configs SET enabled = $3, updated_at = clock_timestamp(),
         revision = revision + CASE WHEN enabled = $3 THEN 0 ELSE 1 END
       WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL AND revision = COALESCE($4, revision) RETURNING *`,
      [this.sql.tenantId, id, enabled, expected ?? null],
    );
    await this.schedules.syncConfig(id);
    return changed ?? this.refuse(id);
  }

  /** Its values and secrets are erased, what waits is cancelled, what runs is asked to stop; its history stays. */
  async delete(id: string, expected?: number): Promise<void> {
    const gone = await this.sql.run(
      `UPDATE configs SET deleted_at = clock_timestamp(), enabled = false, secrets = NULL, public_values = '{}',
         revision = revision + 1
       WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL AND revision = COALESCE($3, revision)`,
      [this.sql.tenantId, id, expected ?? null],
    );
    if (gone === 0) await this.refuse(id);
    await this.schedules.cancelConfig(id);
  }

  /** The values with their secrets in the clear: for running plans and token flows, never for an answer or a log. */
  async decrypted(id: string): Promise<{ values: JsonObject; secrets: readonly string[] }> {
    const config = await this.get(id);
    const secrets = this.open(config);
    return { values: joinSecrets(config.publicValues, secrets), secrets: Object.values(secrets).flatMap(texts) };
  }

  /** Seals again, with the key in use, secrets sealed with an older one. Returns how many of at most `limit`. */
  async reseal(limit = 100): Promise<number> {
    const { box } = this;
    if (box === null) throw keysMissing();
    const rows = await this.sql.many(
      Config,
      `SELECT * FROM configs WHERE tenant_id = $1 AND secrets IS NOT NULL FOR UPDATE`,
      [this.sql.tenantId],
    );
    const outdated = rows.filter((row) => row.secrets !== null && box.isOutdated(row.secrets)).slice(0, limit);
    for (const row of outdated) {
      await this.sql.run(`UPDATE configs SET secrets = $3 WHERE tenant_id = $1 AND id = $2`, [
        this.sql.tenantId,
        row.id,
        this.seal(row.id, this.open(row)),
      ]);
    }
    return outdated.length;
  }

  private async locked(id: string): Promise<Config> {
    const sql = `SELECT * FROM configs WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE`;
    const found = await this.sql.one(Config, sql, [this.sql.tenantId, id]);
    if (found === null) throw new NotFound('config', id);
    return found;
  }

  private columns(id: string, split: SplitValues): unknown[] {
    return [jsonText(split.shown), this.seal(id, split.secrets)];
  }

  private seal(id: string, secrets: Secrets): Buffer | null {
    if (Object.keys(secrets).length === 0) return null;
    if (this.box === null) throw keysMissing();
    return this.box.seal(stringifyJson({ ...secrets }), this.identity(id));
  }

  private open(config: Config): Secrets {
    if (config.secrets === null) return {};
    if (this.box === null) throw keysMissing();
    const secrets = parseJson(this.box.open(config.secrets, this.identity(config.id)));
    return isJsonObject(secrets) ? secrets : {};
  }

  private identity(id: string) {
    return { tenantId: this.sql.tenantId, table: 'configs', id };
  }

  private async refuse(id: string): Promise<never> {
    await this.get(id);
    throw new StaleRevision('config', id);
  }
}

function keysMissing(): SecretBoxError {
  return new SecretBoxError('encryption_keys_missing', 'ENCRYPTION_KEYS is needed to store or read secrets.');
}

/** Every text and number in a secret: what must not appear in anything that is shown. */
function texts(value: JsonValue): string[] {
  if (value === null || typeof value === 'boolean') return [];
  if (typeof value !== 'object') return [String(value)];
  return Object.values(value).flatMap(texts);
}
