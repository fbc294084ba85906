import { isJsonObject, isUuid, type Fault, type JsonObject, type JsonValue } from '@orchid/kernel';
import type { Integration, TenantWork } from '@orchid/persistence';

export interface FoundIntegration {
  readonly integration: Integration | null;
  readonly faults: readonly Fault[];
}

/** The integration that a plan document names in one of the two ways, whatever else is wrong with the document. */
export async function planIntegration(work: TenantWork, document: JsonValue): Promise<FoundIntegration> {
  const { integration: name, integration_id: id } = isJsonObject(document) ? document : {};
  if (typeof name === 'string' && id === undefined) {
    return found(await work.integrations.findByName(name), '$.integration', `named "${name.slice(0, 64)}"`);
  }
  if (typeof id === 'string' && isUuid(id) && name === undefined) {
    return found(await work.integrations.find(id), '$.integration_id', `with the id ${id}`);
  }
  return { integration: null, faults: [] };
}

/** Names of the fields of an integration's configs; undefined where the schema does not tell them all. */
export function configFields(integration: Integration | null): readonly string[] | undefined {
  const schema: JsonObject = integration?.configSchema.schema ?? {};
  const isClosed = schema.additionalProperties === false || schema.unevaluatedProperties === false;
  const isPlain = !COMBINED.some((keyword) => Object.hasOwn(schema, keyword));
  return isClosed && isPlain && isJsonObject(schema.properties) ? Object.keys(schema.properties) : undefined;
}

const COMBINED = ['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', 'dependentSchemas'];

function found(integration: Integration | null, path: string, what: string): FoundIntegration {
  if (integration !== null) return { integration, faults: [] };
  const message = `There is no integration ${what}.`;
  const hint = 'Add it first (POST /api/v1/integrations), or correct the name or id.';
  return { integration, faults: [{ path, code: 'unknown_integration', message, hint }] };
}
