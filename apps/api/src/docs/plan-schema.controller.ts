import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { planSchema, type JsonSchema } from '@orchid/plan';

@ApiTags('operations')
@Controller('schemas')
export class PlanSchemaController {
  @Get('plan.json')
  @Header('content-type', 'application/schema+json')
  @Header('cache-control', 'public, max-age=300')
  @ApiOperation({ summary: 'JSON Schema of the plan document, for editors', security: [] })
  @ApiOkResponse({ description: 'JSON Schema, draft 2020-12.' })
  plan(): JsonSchema {
    return planSchema;
  }
}
