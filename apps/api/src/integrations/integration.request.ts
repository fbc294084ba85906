import type { JsonObject } from '@orchid/kernel';
import { bodyReader, requestSchema } from '../http/body-of';

export interface IntegrationRequest {
  readonly name: string;
  readonly description?: string | null;
  readonly config_schema?: { readonly name?: string; readonly schema: JsonObject };
}

export const integrationRequestSchema = requestSchema(
  'IntegrationRequest',
  {
    name: { type: 'string', minLength: 1, maxLength: 255, description: 'Unique in the tenant; plans refer to it.' },
    description: { type: ['string', 'null'], maxLength: 10_000, description: 'For people.' },
    config_schema: {
      type: 'object',
      description: 'What a config of the integration must hold. Absent: anything.',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 255, description: "The integration's name when absent." },
        schema: {
          type: 'object',
          description:
            'JSON Schema, draft 2020-12. A property is a secret with `x-secret: true`, `writeOnly: true` or `format: password`.',
        },
      },
      required: ['schema'],
      additionalProperties: false,
    },
  },
  ['name'],
);

export const readIntegration = bodyReader<IntegrationRequest>(integrationRequestSchema);

export const integrationExample = {
  name: 'salesforce',
  description: 'The CRM of the sales team',
  config_schema: {
    name: 'salesforce-config',
    schema: {
      type: 'object',
      properties: {
        base_url: { type: 'string', format: 'uri' },
        client_id: { type: 'string' },
        client_secret: { type: 'string', 'x-secret': true },
        page_size: { type: 'integer', minimum: 1, default: 100 },
      },
      required: ['base_url', 'client_id', 'client_secret'],
      additionalProperties: false,
    },
  },
};
