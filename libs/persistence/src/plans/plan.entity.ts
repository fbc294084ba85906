import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A plan without its document, which each version has one of. */
@Entity({ name: 'plans' })
export class Plan {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'id' })
  readonly id!: string;

  @Column({ type: 'uuid', name: 'integration_id' })
  readonly integrationId!: string;

  @Column({ type: 'text', name: 'key' })
  readonly key!: string;

  @Column({ type: 'text', name: 'name' })
  readonly name!: string;

  @Column({ type: 'boolean', name: 'enabled' })
  readonly enabled!: boolean;

  @Column({ type: 'integer', name: 'current_version' })
  readonly currentVersion!: number;

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
