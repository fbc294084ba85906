import type { JsonObject } from '@orchid/kernel';
import { bodyReader, requestSchema } from '../http/body-of';

export interface CreateConfigRequest {
  readonly integration_id: string;
  readonly name: string;
  readonly values?: JsonObject;
  readonly enabled?: boolean;
}

/** An integration's configs stay its own: its id may be repeated, not changed. */
export interface UpdateConfigRequest {
  readonly integration_id?: string;
  readonly name: string;
  readonly values?: JsonObject;
  readonly enabled?: boolean;
}

const properties = {
  integration_id: { type: 'string', format: 'uuid', description: 'The integration it is for.' },
  name: { type: 'string', minLength: 1, maxLength: 255, description: 'Unique in the integration.' },
  values: {
    type: 'object',
    description:
      "Checked against the integration's schema, defaults filled in. The mask ******** keeps a stored secret.",
  },
  enabled: {
    type: 'boolean',
    description: 'Whether plans run for it; true when it is created, as it was when it is replaced.',
  },
};

export const createConfigSchema = requestSchema('CreateConfigRequest', properties, ['integration_id', 'name']);
export const updateConfigSchema = requestSchema('UpdateConfigRequest', properties, ['name']);

export const readNewConfig = bodyReader<CreateConfigRequest>(createConfigSchema);
export const readConfig = bodyReader<UpdateConfigRequest>(updateConfigSchema);

export const configExample = {
  name: 'production',
  values: { base_url: 'https://api.example.com', client_id: 'orchid', client_secret: 'a secret' },
};
