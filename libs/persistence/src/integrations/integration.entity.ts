import type { JsonObject } from '@orchid/kernel';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/json-column';

export interface ConfigSchema {
  readonly name: string;
  /** JSON Schema, draft 2020-12. */
  readonly schema: JsonObject;
}

/** An external API of one tenant. */
@Entity({ name: 'integrations' })
export class Integration {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'id' })
  readonly id!: string;

  @Column({ type: 'text', name: 'name' })
  readonly name!: string;

  @Column({ type: 'text', name: 'description', nullable: true })
  readonly description!: string | null;

  @JsonColumn('config_schema')
  readonly configSchema!: ConfigSchema;

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
