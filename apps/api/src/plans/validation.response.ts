import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { FaultResponse } from '../docs/problem.response';

@ApiSchema({ name: 'CanonicalExpression' })
class CanonicalExpressionResponse {
  @ApiProperty({ example: '$.step.while' })
  readonly path!: string;

  @ApiProperty({ example: 'response.body.has_more == true' })
  readonly source!: string;

  @ApiProperty({ description: 'How it was understood.', example: 'response.body.has_more == `true`' })
  readonly canonical!: string;
}

@ApiSchema({ name: 'Validation' })
export class ValidationResponse {
  @ApiProperty()
  readonly valid!: boolean;

  @ApiProperty({ type: [FaultResponse] })
  readonly errors!: FaultResponse[];

  @ApiProperty({ type: [FaultResponse], description: 'Also what the tenant lacks to store the plan.' })
  readonly warnings!: FaultResponse[];

  @ApiProperty({ type: [CanonicalExpressionResponse] })
  readonly canonical!: CanonicalExpressionResponse[];
}
