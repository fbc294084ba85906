import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Sums over all executions of a plan and config. Times in milliseconds. */
@Entity({ name: 'statistics' })
export class Statistics {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' })
  readonly tenantId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'plan_id' })
  readonly planId!: string;

  @PrimaryColumn({ type: 'uuid', name: 'config_id' })
  readonly configId!: string;

  @Column({ type: 'timestamptz', name: 'last_execution_at', nullable: true })
  readonly lastExecutionAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_success_at', nullable: true })
  readonly lastSuccessAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_failure_at', nullable: true })
  readonly lastFailureAt!: Date | null;

  @Column({ type: 'bigint', name: 'total_executions' })
  readonly totalExecutions!: number;

  @Column({ type: 'bigint', name: 'total_successes' })
  readonly totalSuccesses!: number;

  @Column({ type: 'bigint', name: 'total_failures' })
  readonly totalFailures!: number;

  @Column({ type: 'bigint', name: 'total_api_calls' })
  readonly totalApiCalls!: number;

  @Column({ type: 'bigint', name: 'total_records' })
  readonly totalRecords!: number;

  @Column({ type: 'bigint', name: 'total_bytes' })
  readonly totalBytes!: number;

  @Column({ type: 'bigint', name: 'total_execution_time_ms' })
  readonly totalExecutionTimeMs!: number;

  @Column({ type: 'bigint', name: 'average_execution_time_ms' })
  readonly averageExecutionTimeMs!: number;
}
