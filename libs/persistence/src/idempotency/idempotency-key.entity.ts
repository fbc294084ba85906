import type { JsonValue } from '@orchid/kernel';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/json-column';

/** An answer kept for the repeats of its request. */
@Entity({ name: 'idempotency_keys' })
export class IdempotencyKey {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'text', name: 'method_path' })
  readonly methodPath!: string;

  @PrimaryColumn({ type: 'text', name: 'key' })
  readonly key!: string;

  @Column({ type: 'text', name: 'request_hash' })
  readonly requestHash!: string;

  @Column({ type: 'integer', name: 'status', nullable: true })
  readonly status!: number | null;

  @JsonColumn('response')
  readonly response!: JsonValue | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  readonly createdAt!: Date;
}
