import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { ErrorType, JsonObject } from '@orchid/kernel';
import {
  FINAL_STATUSES,
  OPEN_STATUSES,
  type Execution,
  type ExecutionError,
  type ExecutionStatus,
  type ExecutionTrigger,
} from '@orchid/persistence';

const nullableTime = { type: String, format: 'date-time', nullable: true } as const;
const ERROR_TYPES = ['transient', 'permanent', 'rate_limit', 'partial', 'timeout', 'auth', 'config'];

@ApiSchema({ name: 'Execution', description: 'One run of a plan for a config.' })
export class ExecutionResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty()
  readonly plan_key!: string;

  @ApiProperty({ type: 'integer', description: 'The version it started with.' })
  readonly plan_version!: number;

  @ApiProperty({ format: 'uuid' })
  readonly config_id!: string;

  @ApiProperty({ enum: [...OPEN_STATUSES, ...FINAL_STATUSES] })
  readonly status!: ExecutionStatus;

  @ApiProperty({ enum: ['schedule', 'manual', 'event', 'retry'] })
  readonly trigger!: ExecutionTrigger;

  @ApiProperty({ type: String, enum: ERROR_TYPES, nullable: true })
  readonly error_type!: ErrorType | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    properties: {
      code: { type: 'string' },
      type: { type: 'string' },
      message: { type: 'string' },
      step_path: { type: 'string' },
    },
  })
  readonly error!: ExecutionError | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: Date;

  @ApiProperty(nullableTime)
  readonly started_at!: Date | null;

  @ApiProperty(nullableTime)
  readonly finished_at!: Date | null;

  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true, description: 'How far it is.' })
  readonly progress!: JsonObject | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'What it did, once it has ended: `pages api_calls records published ... complete`.',
  })
  readonly receipt!: JsonObject | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  readonly retry_of!: string | null;
}

export function showExecution(execution: Execution): ExecutionResponse {
  return {
    id: execution.id,
    plan_key: execution.planKey,
    plan_version: execution.planVersion,
    config_id: execution.configId,
    status: execution.status,
    trigger: execution.trigger,
    error_type: execution.errorType,
    error: execution.error,
    created_at: execution.createdAt,
    started_at: execution.startedAt,
    finished_at: execution.finishedAt,
    progress: execution.progress,
    receipt: execution.receipt,
    retry_of: execution.retryOf,
  };
}
