import type { ErrorType, JsonObject } from '@orchid/kernel';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/json-column';

export const OPEN_STATUSES = ['pending', 'running', 'parked'] as const;
export const FINAL_STATUSES = ['success', 'failed', 'aborted', 'cancelled'] as const;
export type FinalStatus = (typeof FINAL_STATUSES)[number];
export type ExecutionStatus = (typeof OPEN_STATUSES)[number] | FinalStatus;
export type ExecutionTrigger = 'schedule' | 'manual' | 'event' | 'retry';

/** Why an execution did not succeed, as clients see it. Never holds a secret. */
export type ExecutionError = JsonObject & {
  readonly code: string;
  readonly type: ErrorType;
  readonly message: string;
};

/** One run of a plan for a config. */
@Entity({ name: 'executions' })
export class Execution {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'id' })
  readonly id!: string;

  @Column({ type: 'uuid', name: 'plan_id' })
  readonly planId!: string;

  @Column({ type: 'text', name: 'plan_key' })
  readonly planKey!: string;

  /** The version it started with; until then the current one. */
  @Column({ type: 'integer', name: 'plan_version' })
  readonly planVersion!: number;

  /** The integration's name. */
  @Column({ type: 'text', name: 'integration' })
  readonly integration!: string;

  @Column({ type: 'uuid', name: 'config_id' })
  readonly configId!: string;

  @Column({ type: 'text', name: 'status' })
  readonly status!: ExecutionStatus;

  @Column({ type: 'text', name: 'trigger' })
  readonly trigger!: ExecutionTrigger;

  @Column({ type: 'timestamptz', name: 'due_at', nullable: true })
  readonly dueAt!: Date | null;

  /** Raised by each claim; writes of an older one are refused. */
  @Column({ type: 'integer', name: 'epoch' })
  readonly epoch!: number;

  @Column({ type: 'text', name: 'owner', nullable: true })
  readonly owner!: string | null;

  @Column({ type: 'timestamptz', name: 'heartbeat_at', nullable: true })
  readonly heartbeatAt!: Date | null;

  /** Times its worker vanished while it ran. */
  @Column({ type: 'integer', name: 'crashes' })
  readonly crashes!: number;

  @Column({ type: 'timestamptz', name: 'parked_until', nullable: true })
  readonly parkedUntil!: Date | null;

  @Column({ type: 'boolean', name: 'cancel_requested' })
  readonly cancelRequested!: boolean;

  @JsonColumn('context_override')
  readonly contextOverride!: JsonObject | null;

  @Column({ type: 'text', name: 'error_type', nullable: true })
  readonly errorType!: ErrorType | null;

  @JsonColumn('error')
  readonly error!: ExecutionError | null;

  @JsonColumn('progress')
  readonly progress!: JsonObject | null;

  @JsonColumn('receipt')
  readonly receipt!: JsonObject | null;

  @Column({ type: 'uuid', name: 'retry_of', nullable: true })
  readonly retryOf!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  readonly createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'started_at', nullable: true })
  readonly startedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  readonly finishedAt!: Date | null;
}
