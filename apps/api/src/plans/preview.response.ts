import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'PreviewedCall' })
class PreviewedCallResponse {
  @ApiProperty({ example: 'GET' })
  readonly method!: string;

  @ApiProperty({ description: 'Secrets are masked.' })
  readonly url!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  readonly headers!: object;

  @ApiProperty({ type: String, nullable: true })
  readonly body!: string | null;
}

@ApiSchema({ name: 'PreviewedCondition' })
class PreviewedConditionResponse {
  @ApiProperty({ example: 'while' })
  readonly name!: string;

  @ApiProperty({ example: 'response.body.has_more == true' })
  readonly expression!: string;

  @ApiProperty({ type: Boolean, nullable: true })
  readonly result!: boolean | null;
}

@ApiSchema({ name: 'PreviewedRequest' })
class PreviewedRequestResponse {
  @ApiProperty({ example: 'root.details' })
  readonly step_path!: string;

  @ApiProperty({ example: 1 })
  readonly page!: number;

  @ApiProperty({ type: Number, nullable: true })
  readonly item_index!: number | null;

  @ApiProperty({ type: PreviewedCallResponse })
  readonly request!: PreviewedCallResponse;

  @ApiProperty({ type: Number, nullable: true, description: 'Null when no answer came.' })
  readonly status_code!: number | null;

  @ApiProperty()
  readonly duration_ms!: number;

  @ApiProperty({ type: String, nullable: true, description: 'Why no answer came.' })
  readonly error!: string | null;

  @ApiProperty({
    description: 'The decoded body; long lists and texts are cut short.',
    nullable: true,
    type: 'object',
    additionalProperties: true,
  })
  readonly response_sample!: unknown;

  @ApiProperty({ type: [PreviewedConditionResponse], description: 'What each condition came to, in order.' })
  readonly conditions!: PreviewedConditionResponse[];

  @ApiProperty({
    description: 'The messages it would publish, cut short.',
    type: 'array',
    items: { type: 'object', additionalProperties: true },
  })
  readonly messages!: object[];
}

@ApiSchema({ name: 'Preview' })
export class PreviewResponse {
  @ApiProperty({ type: [PreviewedRequestResponse] })
  readonly requests!: PreviewedRequestResponse[];

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'As in execution.completed.' })
  readonly receipt!: object;

  @ApiProperty({ enum: ['end', 'max_requests', 'wait', 'failed', 'aborted'] })
  readonly stopped_by!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  readonly error!: object | null;
}
