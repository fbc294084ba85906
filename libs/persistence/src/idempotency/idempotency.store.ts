import type { JsonValue } from '@orchid/kernel';
import { Conflict } from '../database/database.errors';
import { jsonText } from '../database/json-column';
import type { TenantStatements } from '../database/statements';
import { IdempotencyKey } from './idempotency-key.entity';

export interface IdempotentRequest {
  /** Such as `POST /api/v1/plans`. */
  readonly methodPath: string;
  readonly key: string;
  /** Digest of what was asked for: one key for two wishes is an error. */
  readonly requestHash: string;
}

/** Keep: the answer given before. New: do the work, then {@link IdempotencyStore.complete} in the same transaction. */
export type IdempotencyOutcome =
  { readonly kind: 'new' } | { readonly kind: 'repeat'; readonly status: number; readonly response: JsonValue };

const LIFETIME = `interval '24 hours'`;

/** Answers to requests with an `Idempotency-Key`, for 24 hours. */
export class IdempotencyStore {
  constructor(private readonly sql: TenantStatements) {}

  /**
   * Waits for a request with the same key that is under way in another transaction.
   * Throws `Conflict`: `idempotency_key_reused` when the key came with another request before.
   */
  async begin(request: IdempotentRequest): Promise<IdempotencyOutcome> {
    const { methodPath, key, requestHash } = request;
    const inserted = await this.sql.run(
      `INSERT INTO idempotency_keys AS k (tenant_id, method_path, key, request_hash) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id, method_path, key) DO UPDATE
         SET request_hash = EXCLUDED.request_hash, status = NULL, response = NULL, created_at = clock_timestamp()
         WHERE k.created_at < clock_timestamp() - ${LIFETIME}`,
      [this.sql.tenantId, methodPath, key, requestHash],
    );
    if (inserted > 0) return { kind: 'new' };
    const kept = await this.sql.first(
      IdempotencyKey,
      `SELECT * FROM idempotency_keys WHERE tenant_id = $1 AND method_path = $2 AND key = $3`,
      [this.sql.tenantId, methodPath, key],
    );
    if (kept.requestHash !== requestHash) {
      throw new Conflict('idempotency_key_reused', 'This Idempotency-Key was used for another request.', { key });
    }
    return { kind: 'repeat', status: kept.status ?? 200, response: kept.response };
  }

  /** Keeps the answer. Committed together with the work, so there is never one without the other. */
  async complete(request: IdempotentRequest, status: number, response: JsonValue): Promise<void> {
    await this.sql.run(
      `UPDATE idempotency_keys SET status = $4, response = $5 WHERE tenant_id = $1 AND method_path = $2 AND key = $3`,
      [this.sql.tenantId, request.methodPath, request.key, status, jsonText(response)],
    );
  }
}
