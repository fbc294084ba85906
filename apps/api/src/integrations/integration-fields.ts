import { isJsonObject } from '@orchid/kernel';
import type { IntegrationFields } from '@orchid/persistence';
import { configSchemaFaults } from '../configs/config-schema';
import { InvalidDocument } from '../http/request.errors';
import type { IntegrationRequest } from './integration.request';

const ANYTHING = { type: 'object' };
const NOT_AN_OBJECT = {
  path: '$.config_schema.schema.type',
  code: 'invalid_schema',
  message: 'The values of a config are an object, which this schema does not allow.',
  hint: 'Set type to "object".',
};

/** What to store for a request. Throws `InvalidDocument` when its config schema cannot be used. */
export function integrationFields(request: IntegrationRequest): IntegrationFields {
  const { name, description = null, config_schema: given } = request;
  const schema = given?.schema ?? ANYTHING;
  const faults = configSchemaFaults(schema, '$.config_schema.schema');
  if (!allowsObjects(schema.type)) faults.push(NOT_AN_OBJECT);
  if (faults.length > 0) throw new InvalidDocument(faults);
  return { name, description, configSchema: { name: given?.name ?? name, schema } };
}

function allowsObjects(type: unknown): boolean {
  if (type === undefined || type === 'object') return true;
  return (Array.isArray(type) && type.includes('object')) || isJsonObject(type);
}
