import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a plan runs for a config. Times are the database server's. */
@Entity({ name: 'schedules' })
export class Schedule {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'plan_id' })
  readonly planId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'config_id' })
  readonly configId!: string;

  /** Plan and config are enabled and the plan has a schedule. */
  @Column({ type: 'boolean', name: 'active' })
  readonly active!: boolean;

  @Column({ type: 'double precision', name: 'wait_seconds', nullable: true })
  readonly waitSeconds!: number | null;

  @Column({ type: 'text', name: 'wait_from' })
  readonly waitFrom!: 'end' | 'start';

  @Column({ type: 'text', name: 'cron', nullable: true })
  readonly cron!: string | null;

  @Column({ type: 'text', name: 'timezone', nullable: true })
  readonly timezone!: string | null;

  @Column({ type: 'double precision', name: 'jitter_seconds' })
  readonly jitterSeconds!: number;

  /** Scheduled executions until it stops; 0: it never does. */
  @Column({ type: 'integer', name: 'repeat_count' })
  readonly repeatCount!: number;

  /** Scheduled executions that ended since it was enabled. */
  @Column({ type: 'integer', name: 'scheduled_runs' })
  readonly scheduledRuns!: number;

  /** Null: not due, because an execution is under way, or it stopped. */
  @Column({ type: 'timestamptz', name: 'next_due_at', nullable: true })
  readonly nextDueAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_started_at', nullable: true })
  readonly lastStartedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_finished_at', nullable: true })
  readonly lastFinishedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'enabled_at', nullable: true })
  readonly enabledAt!: Date | null;
}
