import { ApiPropertyOptional } from '@nestjs/swagger';
import { FINAL_STATUSES, OPEN_STATUSES, type ExecutionStatus } from '@orchid/persistence';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsDate, IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { PageQuery } from '../http/page.query';

const STATUSES = [...OPEN_STATUSES, ...FINAL_STATUSES];
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

export class ExecutionListQuery extends PageQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 128)
  readonly plan_key?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: 'config_id must be the id of a config' })
  readonly config_id?: string;

  @ApiPropertyOptional({ enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES, { message: `status must be one of: ${STATUSES.join(', ')}` })
  readonly status?: ExecutionStatus;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Made at this time or later.' })
  @IsOptional()
  @Transform(toInstant)
  @IsDate({ message: 'since must be a date, or a time with its zone (ISO 8601)' })
  readonly since?: Date;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Made before this time.' })
  @IsOptional()
  @Transform(toInstant)
  @IsDate({ message: 'until must be a date, or a time with its zone (ISO 8601)' })
  readonly until?: Date;
}

function toInstant({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && INSTANT.test(value) ? new Date(value) : value;
}
