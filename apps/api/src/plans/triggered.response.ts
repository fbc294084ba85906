import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'Triggered' })
export class TriggeredResponse {
  @ApiProperty({ format: 'uuid', description: 'The execution, which exists already, `pending`.' })
  readonly execution_id!: string;

  @ApiProperty({ enum: ['queued'] })
  readonly status!: 'queued';
}
