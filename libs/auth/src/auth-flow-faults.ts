import { isJsonObject, type Fault, type JsonValue } from '@orchid/kernel';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020';
import { distance } from 'fastest-levenshtein';
import { AUTH_FLOW_TYPES, type AuthFlowDocument, type AuthFlowType } from './auth-flow-document';
import { authFlowSchema, fieldsOf } from './auth-flow.schema';

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, verbose: true, strictRequired: false });
const validate = ajv.compile(authFlowSchema);
const MOST_FAULTS = 100;

/** Where a document breaks the schema or has fields that its type does not use. */
export function schemaFaults(document: JsonValue | AuthFlowDocument): Fault[] {
  if (validate(document)) return foreignFields(document as AuthFlowDocument);
  const faults = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if').map(faultOf);
  return faults.slice(0, MOST_FAULTS);
}

function foreignFields(document: AuthFlowDocument): Fault[] {
  const known = fieldsOf(document.type);
  return Object.keys(document)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `$.${name}`,
      code: 'unknown_field',
      message: `A flow of type ${document.type} has no field ${name}.`,
      hint: `It belongs to: ${AUTH_FLOW_TYPES.filter((type: AuthFlowType) => fieldsOf(type).includes(name)).join(', ')}.`,
    }));
}

function faultOf(error: ErrorObject): Fault {
  const place = pathOf(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === 'additionalProperties') {
    const name = String(params.additionalProperty);
    return {
      path: `${place}.${name}`,
      code: 'unknown_field',
      message: 'There is no such field here.',
      hint: suggestion(name, error),
    };
  }
  if (error.keyword === 'required') {
    const name = String(params.missingProperty);
    return {
      path: `${place}.${name}`,
      code: 'required',
      message: `The field ${name} is missing.`,
      hint: `Add ${name}.`,
    };
  }
  if (error.keyword === 'enum') {
    const allowed = (params.allowedValues as readonly unknown[]).map(String);
    return {
      path: place,
      code: 'invalid_value',
      message: 'The value is not one of those allowed.',
      hint: `Allowed: ${allowed.join(', ')}.`,
    };
  }
  const hint = isJsonObject(error.parentSchema) ? error.parentSchema.description : undefined;
  const code = error.keyword === 'type' ? 'invalid_type' : 'invalid_value';
  return {
    path: place,
    code,
    message: `The value ${error.message ?? 'is not allowed'}.`,
    ...(typeof hint === 'string' && { hint }),
  };
}

function suggestion(name: string, error: ErrorObject): string {
  const parent = error.parentSchema as { readonly properties?: object } | undefined;
  const known = Object.keys(parent?.properties ?? {});
  const near = known
    .map((each) => ({ each, cost: distance(name.slice(0, 64), each) }))
    .sort((a, b) => a.cost - b.cost)[0];
  return near !== undefined && near.cost <= 3 ? `Did you mean "${near.each}"?` : `Known fields: ${known.join(', ')}.`;
}

function pathOf(pointer: string): string {
  const segments = pointer.split('/').slice(1);
  return segments.reduce((path, each) => (/^\d+$/.test(each) ? `${path}[${each}]` : `${path}.${unescaped(each)}`), '$');
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
