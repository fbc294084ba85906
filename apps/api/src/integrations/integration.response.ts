import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { ConfigSchema, Integration } from '@orchid/persistence';
import { apiPath } from '../http/api-path';
import type { Answer } from '../http/tenant-door';
import { integrationExample } from './integration.request';

@ApiSchema({ name: 'Integration', description: 'An external API.' })
export class IntegrationResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ example: integrationExample.name })
  readonly name!: string;

  @ApiProperty({ type: String, nullable: true })
  readonly description!: string | null;

  @ApiProperty({
    type: 'object',
    properties: { name: { type: 'string' }, schema: { type: 'object', additionalProperties: true } },
    required: ['name', 'schema'],
    example: integrationExample.config_schema,
  })
  readonly config_schema!: ConfigSchema;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: Date;

  @ApiProperty({ format: 'date-time' })
  readonly updated_at!: Date;
}

export function showIntegration(integration: Integration): IntegrationResponse {
  const { id, name, description, configSchema, createdAt, updatedAt } = integration;
  return { id, name, description, config_schema: configSchema, created_at: createdAt, updated_at: updatedAt };
}

export function answerIntegration(integration: Integration): Answer<IntegrationResponse> {
  const location = apiPath(`integrations/${integration.id}`);
  return { body: showIntegration(integration), revision: integration.revision, location };
}
