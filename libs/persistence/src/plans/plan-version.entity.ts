import type { PlanDocument } from '@orchid/plan';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/json-column';

/** One immutable version of a plan. */
@Entity({ name: 'plan_versions' })
export class PlanVersion {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'plan_id' })
  readonly planId!: string;

  @PrimaryColumn({ type: 'integer', name: 'version' })
  readonly version!: number;

  @JsonColumn('document')
  readonly document!: PlanDocument;

  @Column({ type: 'text', name: 'created_by', nullable: true })
  readonly createdBy!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  readonly createdAt!: Date;
}
