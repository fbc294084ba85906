import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Statistics } from '@orchid/persistence';

const nullableTime = { type: String, format: 'date-time', nullable: true } as const;
const count = { type: 'integer' } as const;

@ApiSchema({ name: 'Statistics', description: 'Sums over all executions of a plan for a config.' })
export class StatisticsResponse {
  @ApiProperty()
  readonly plan_key!: string;

  @ApiProperty({ format: 'uuid' })
  readonly config_id!: string;

  @ApiProperty({ ...nullableTime, description: 'Start of the last execution.' })
  readonly last_execution_at!: Date | null;

  @ApiProperty(nullableTime)
  readonly last_success_at!: Date | null;

  @ApiProperty(nullableTime)
  readonly last_failure_at!: Date | null;

  @ApiProperty(count)
  readonly total_executions!: number;

  @ApiProperty(count)
  readonly total_successes!: number;

  @ApiProperty(count)
  readonly total_failures!: number;

  @ApiProperty({ ...count, description: 'Every request sent, retries included.' })
  readonly total_api_calls!: number;

  @ApiProperty(count)
  readonly total_records!: number;

  @ApiProperty({ ...count, description: 'Decoded bytes received.' })
  readonly total_bytes!: number;

  @ApiProperty(count)
  readonly average_execution_time_ms!: number;
}

/** Without statistics the pair has not run yet. */
export function showStatistics(planKey: string, configId: string, found: Statistics | null): StatisticsResponse {
  return {
    plan_key: planKey,
    config_id: configId,
    last_execution_at: found?.lastExecutionAt ?? null,
    last_success_at: found?.lastSuccessAt ?? null,
    last_failure_at: found?.lastFailureAt ?? null,
    total_executions: found?.totalExecutions ?? 0,
    total_successes: found?.totalSuccesses ?? 0,
    total_failures: found?.totalFailures ?? 0,
    total_api_calls: found?.totalApiCalls ?? 0,
    total_records: found?.totalRecords ?? 0,
    total_bytes: found?.totalBytes ?? 0,
    average_execution_time_ms: found?.averageExecutionTimeMs ?? 0,
  };
}
