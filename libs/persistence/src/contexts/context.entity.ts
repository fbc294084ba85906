import type { JsonObject } from '@orchid/kernel';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/json-column';

/** What a plan and config keep from one execution to the next. */
@Entity({ name: 'contexts' })
export class StoredContext {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'plan_id' })
  readonly planId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'config_id' })
  readonly configId!: string;

  @JsonColumn('data')
  readonly data!: JsonObject;

  /** Start of the last execution. */
  @Column({ type: 'timestamptz', name: 'last_execution_at', nullable: true })
  readonly lastExecutionAt!: Date | null;

  /** Start of the last successful one. */
  @Column({ type: 'timestamptz', name: 'last_success_at', nullable: true })
  readonly lastSuccessAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_failure_at', nullable: true })
  readonly lastFailureAt!: Date | null;

  @Column({ type: 'integer', name: 'execution_count' })
  readonly executionCount!: number;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  readonly updatedAt!: Date;
}
