import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { PageQuery } from '../http/page.query';

export class AuthFlowListQuery extends PageQuery {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('all', { message: 'integration_id must be the id of an integration' })
  readonly integration_id!: string;
}
