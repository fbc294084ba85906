import { isUuid, type JsonValue } from '@orchid/kernel';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020';
import type { Findings } from '../findings';
import { below, jsonPath, type PathSegment } from '../json-path';
import type { JsonSchema } from '../schema/json-schema';
import { planSchema } from '../schema/plan.schema';
import { nearestName } from './nearest-name';

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, verbose: true, strictRequired: false });
ajv.addFormat('uuid', isUuid);
const validate = ajv.compile(planSchema);

/** What to leave out so that the rest of a document has the types of the language. */
export type BrokenPaths = ReadonlySet<string>;

type Sink = Pick<Findings, 'fault'>;

/** Checks a document against the schema. Every deviation becomes a fault; answers the paths of the values that deviate. */
export function checkSchema(document: JsonValue, findings: Findings): BrokenPaths {
  const broken = new Set<string>();
  if (validate(document)) return broken;
  // What cannot be stored at all need not be the right kind of thing too.
  const known = new Set(findings.faults.map(({ path }) => path));
  const sink: Sink = {
    fault: (path, ...rest) => {
      if (!known.has(path)) findings.fault(path, ...rest);
    },
  };
  for (const error of validate.errors ?? []) {
    if (findings.full) break;
    // A name that breaks `propertyNames` is reported twice: once for the rule inside, once for the name.
    if (error.propertyName === undefined) broken.add(note(error, document, sink));
  }
  return broken;
}

function note(error: ErrorObject, document: JsonValue, findings: Sink): string {
  const place = jsonPath(segmentsOf(error.instancePath, document));
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(error, below(place, textOf(params.additionalProperty)), findings);
    case 'propertyNames': {
      const path = below(place, textOf(params.propertyName));
      findings.fault(
        path,
        'invalid_name',
        'The name is not allowed here.',
        describe(error.schema, 'Use another name.'),
      );
      return path;
    }
    case 'required':
      return missingField(place, textOf(params.missingProperty), error, findings);
    default:
      return wrongValue(error, place, findings);
  }
}

function unknownField(error: ErrorObject, path: string, findings: Sink): string {
  const name = textOf((error.params as Readonly<Record<string, unknown>>).additionalProperty);
  const known = Object.entries(propertiesOf(error.parentSchema))
    .filter(([, schema]) => schema.deprecated !== true)
    .map(([each]) => each);
  const nearest = nearestName(name, known);
  const hint = nearest === null ? `Known fields: ${known.join(', ')}.` : `Did you mean "${nearest}"?`;
  findings.fault(path, 'unknown_field', 'There is no such field here.', hint);
  return path;
}

function missingField(place: string, name: string, error: ErrorObject, findings: Sink): string {
  const path = below(place, name);
  const field = propertiesOf(error.parentSchema)[name];
  findings.fault(path, 'required', `The field ${name} is missing.`, `Add ${name}. ${describe(field, '')}`.trim());
  // An optional part that lacks something is left out whole; a plan is not.
  return place === '$' ? path : place;
}

function wrongValue(error: ErrorObject, path: string, findings: Sink): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const what = PROBLEMS[error.keyword] ?? (() => ['invalid_value', `The value ${error.message ?? 'is not allowed'}.`]);
  const [code, message] = what(params, error);
  const allowed = Array.isArray(params.allowedValues) ? params.allowedValues.map(String) : null;
  const hint =
    allowed === null ? describe(error.parentSchema, 'See the description of the field.') : choose(error.data, allowed);
  findings.fault(path, code, message, hint);
  return path;
}

type Problem = (params: Readonly<Record<string, unknown>>, error: ErrorObject) => [code: string, message: string];

const outOfRange =
  (words: string): Problem =>
  ({ limit }) => ['out_of_range', `The number has to be ${words} ${textOf(limit)}.`];
const size =
  (code: string, words: string): Problem =>
  ({ limit }) => [code, `It has to have ${words} ${textOf(limit)}.`];

const PROBLEMS: Readonly<Record<string, Problem>> = {
  type: ({ type }, { data }) => ['invalid_type', typeMessage(type, data)],
  enum: () => ['invalid_value', 'The value is not one of those allowed.'],
  pattern: () => ['invalid_format', 'The text does not have the required form.'],
  format: ({ format }) => ['invalid_format', `The text is not a ${textOf(format)}.`],
  minimum: outOfRange('at least'),
  maximum: outOfRange('at most'),
  exclusiveMinimum: outOfRange('more than'),
  minLength: size('too_short', 'a length of at least'),
  maxLength: size('too_long', 'a length of at most'),
  minItems: size('too_short', 'a number of elements of at least'),
  maxItems: size('too_long', 'a number of elements of at most'),
  minProperties: size('too_short', 'a number of fields of at least'),
};

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
};

function typeMessage(type: unknown, data: unknown): string {
  const types = Array.isArray(type) ? type.map(String) : textOf(type).split(',');
  const wanted = types.map((each) => TYPE_WORDS[each] ?? each).join(' or ');
  const given = data === null ? 'null' : Array.isArray(data) ? 'array' : typeof data;
  const fraction =
    given === 'number' && types.includes('integer') ? 'a number with a fraction' : (TYPE_WORDS[given] ?? given);
  return `The value has to be ${wanted}, and is ${fraction}.`;
}

function choose(data: unknown, allowed: readonly string[]): string {
  const nearest = typeof data === 'string' ? nearestName(data, allowed) : null;
  return `${nearest === null ? '' : `Did you mean "${nearest}"? `}Allowed: ${allowed.join(', ')}.`;
}

function propertiesOf(schema: JsonSchema | undefined): Readonly<Record<string, JsonSchema>> {
  return (schema?.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
}

function describe(schema: unknown, otherwise: string): string {
  const described = typeof schema === 'object' && schema !== null ? (schema as JsonSchema) : {};
  const { description, $ref } = described;
  if (typeof description === 'string') return description;
  if (typeof $ref !== 'string') return otherwise;
  const definitions = planSchema.$defs as Readonly<Record<string, JsonSchema>>;
  return describe(definitions[$ref.replace('#/$defs/', '')], otherwise);
}

function segmentsOf(pointer: string, document: JsonValue): PathSegment[] {
  const segments: PathSegment[] = [];
  let value: unknown = document;
  for (const escaped of pointer.split('/').slice(1)) {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    segments.push(Array.isArray(value) ? Number(name) : name);
    value = (value as Readonly<Record<string, unknown>> | null)?.[name];
  }
  return segments;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
