import type { JsonObject } from '@orchid/kernel';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/json-column';

/** Values for an integration. `publicValues` holds the mask where a secret is; the secrets themselves stay encrypted. */
@Entity({ name: 'configs' })
export class Config {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'id' })
  readonly id!: string;

  @Column({ type: 'uuid', name: 'integration_id' })
  readonly integrationId!: string;

  @Column({ type: 'text', name: 'name' })
  readonly name!: string;

  @JsonColumn('public_values')
  readonly publicValues!: JsonObject;

  /** Sealed JSON, see `SecretBox`. */
  @Column({ type: 'bytea', name: 'secrets', nullable: true })
  readonly secrets!: Buffer | null;

  @Column({ type: 'boolean', name: 'enabled' })
  readonly enabled!: boolean;

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
