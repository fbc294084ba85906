import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

export class StatisticsQuery {
  @ApiProperty({ example: 'salesforce-contacts' })
  @IsString({ message: 'plan_key must be the key of a plan' })
  @Length(1, 128)
  readonly plan_key!: string;
}
