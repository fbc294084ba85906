import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

export const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** `1e2`, `0x10`, ` 5` and `5.0` are no integers here. */
export function toInteger({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

export function toBoolean({ value }: TransformFnParams): unknown {
  if (value === 'true') return true;
  return value === 'false' ? false : value;
}

/** What every list takes. */
export class PageQuery {
  @ApiPropertyOptional({
    description: 'Entries on a page.',
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
  })
  @IsOptional()
  @Transform(toInteger)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1)
  @Max(MAX_LIMIT)
  readonly limit: number = DEFAULT_LIMIT;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before.' })
  @IsOptional()
  @IsString()
  @Length(1, 512)
  readonly cursor?: string;
}
