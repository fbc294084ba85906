import type { JsonObject } from '@orchid/kernel';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/json-column';

/** Where an execution goes on from. */
@Entity({ name: 'checkpoints' })
export class Checkpoint {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'execution_id' })
  readonly executionId!: string;

  @Column({ type: 'integer', name: 'epoch' })
  readonly epoch!: number;

  @JsonColumn('state')
  readonly state!: JsonObject;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  readonly updatedAt!: Date;
}
