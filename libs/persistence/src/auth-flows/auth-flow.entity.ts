import type { JsonObject } from '@orchid/kernel';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/json-column';

/** How to obtain a token for an integration. */
@Entity({ name: 'auth_flows' })
export class AuthFlow {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'id' })
  readonly id!: string;

  @Column({ type: 'uuid', name: 'integration_id' })
  readonly integrationId!: string;

  @Column({ type: 'text', name: 'name' })
  readonly name!: string;

  @JsonColumn('document')
  readonly document!: JsonObject;

  /** Raised by every change; the `ETag`. */
  @Column({ type: 'integer', name: 'revision' })
  readonly revision!: number;

  @Column({ type: 'timestamptz', name: 'deleted_at', nullable: true })
  readonly deletedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  readonly createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  readonly updatedAt!: Date;
}
