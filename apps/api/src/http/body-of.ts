import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { JsonSchema } from '@orchid/plan';
import { BadRequest, InvalidDocument } from './request.errors';
import { schemaFaults } from './schema-faults';

const ajv = new Ajv2020({ allErrors: true, strict: true, verbose: true, allowUnionTypes: true });
addFormats(ajv, ['uuid']);

export type BodyReader<Body> = (body: unknown) => Body;

/** Reads a body that must obey `schema`, one of ours. Throws `InvalidDocument` with every fault. */
export function bodyReader<Body extends object>(schema: JsonSchema): BodyReader<Body> {
  const validate = ajv.compile<Body>(schema);
  return (body) => {
    if (body === undefined) throw new BadRequest('required', 'The request has no body.');
    if (validate(body)) return body;
    throw new InvalidDocument(schemaFaults(validate.errors));
  };
}

/** The schema of an object with these fields and no other. */
export function requestSchema(
  title: string,
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema {
  return { title, type: 'object', properties, required, additionalProperties: false };
}
