import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'Fault', description: 'One thing that is wrong.' })
export class FaultResponse {
  @ApiProperty({ description: 'Where: a JSONPath of the document, or `query.<name>`.', example: '$.step.url' })
  readonly path!: string;

  @ApiProperty({ description: 'What, for programs.', example: 'unknown_root' })
  readonly code!: string;

  @ApiProperty({ description: 'What, for people.' })
  readonly message!: string;

  @ApiPropertyOptional({ description: 'What to do about it.' })
  readonly hint?: string;
}

/** How `Problem` is documented. */
@ApiSchema({ name: 'Problem', description: 'An error (RFC 9457). Some have further members, such as `execution_id`.' })
export class ProblemResponse {
  @ApiProperty({ example: 'urn:orchid:problem:invalid_document' })
  readonly type!: string;

  @ApiProperty({ example: 'Unprocessable Content' })
  readonly title!: string;

  @ApiProperty({ type: 'integer', example: 422 })
  readonly status!: number;

  @ApiProperty({ example: 'There is no such field here.' })
  readonly detail!: string;

  @ApiProperty({ description: 'The path that was asked for.', example: '/api/v1/plans' })
  readonly instance!: string;

  @ApiProperty({ example: 'invalid_document' })
  readonly code!: string;

  @ApiProperty({ type: [FaultResponse], description: 'Everything that is wrong, not only the first.' })
  readonly errors!: FaultResponse[];
}
