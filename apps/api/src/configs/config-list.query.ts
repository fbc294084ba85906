import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsUUID } from 'class-validator';
import { PageQuery, toBoolean } from '../http/page.query';

export class ConfigListQuery extends PageQuery {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('all', { message: 'integration_id must be the id of an integration' })
  readonly integration_id!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean({ message: 'enabled must be true or false' })
  readonly enabled?: boolean;
}
