import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { JsonObject } from '@orchid/kernel';
import { joinSecrets, SECRET_MASK, splitSecrets, type Config } from '@orchid/persistence';
import { apiPath } from '../http/api-path';
import type { Answer } from '../http/tenant-door';
import { configExample } from './config.request';

/** A config and the schema that says what of it is secret today. */
export interface ShownConfig {
  readonly config: Config;
  readonly schema: JsonObject;
}

@ApiSchema({ name: 'Config', description: 'Values for an integration. A plan runs once for each enabled config.' })
export class ConfigResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  readonly integration_id!: string;

  @ApiProperty({ example: configExample.name })
  readonly name!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'A secret is shown as ********.',
    example: { ...configExample.values, client_secret: SECRET_MASK },
  })
  readonly values!: JsonObject;

  @ApiProperty()
  readonly enabled!: boolean;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: Date;

  @ApiProperty({ format: 'date-time' })
  readonly updated_at!: Date;
}

/** Also hides what became a secret after the config was saved. */
export function showConfig({ config, schema }: ShownConfig): ConfigResponse {
  const { id, integrationId, name, publicValues, enabled, createdAt, updatedAt } = config;
  const masked = mask(schema, publicValues);
  return {
    id,
    integration_id: integrationId,
    name,
    values: masked,
    enabled,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

export function answerConfig(shown: ShownConfig): Answer<ConfigResponse> {
  const { id, revision } = shown.config;
  return { body: showConfig(shown), revision, location: apiPath(`configs/${id}`) };
}

function mask(schema: JsonObject, shown: JsonObject): JsonObject {
  const clear = Object.keys(splitSecrets(schema, shown).secrets);
  return joinSecrets(shown, Object.fromEntries(clear.map((pointer) => [pointer, SECRET_MASK])));
}
