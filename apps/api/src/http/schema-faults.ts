import { isJsonObject, type Fault } from '@orchid/kernel';
import type { ErrorObject } from 'ajv/dist/2020';
import { distance } from 'fastest-levenshtein';

const MOST_FAULTS = 200;
const LONGEST_NAME = 64;
const CLOSE = 3;

/** Only say that something beneath them failed, which is listed itself. */
const SUMMARIES = new Set(['if', 'propertyNames']);

/** What ajv found, as faults of a document whose root is at `root`. The validator must be `verbose`. */
export function schemaFaults(errors: readonly ErrorObject[] | null | undefined, root = '$'): Fault[] {
  const told = (errors ?? []).filter(({ keyword }) => !SUMMARIES.has(keyword));
  return told.slice(0, MOST_FAULTS).map((error) => faultOf(error, root));
}

function faultOf(error: ErrorObject, root: string): Fault {
  const place = pathOf(error.instancePath, root);
  const { keyword } = error;
  const params = error.params as Readonly<Record<string, unknown>>;
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const name = String(params.additionalProperty ?? params.unevaluatedProperty);
    return {
      path: below(place, name),
      code: 'unknown_field',
      message: 'There is no such field here.',
      ...suggest(name, error),
    };
  }
  if (keyword === 'required') {
    const name = String(params.missingProperty);
    return {
      path: below(place, name),
      code: 'required',
      message: `The field ${shorten(name)} is missing.`,
      hint: `Add ${shorten(name)}.`,
    };
  }
  if (keyword === 'enum' || keyword === 'const') {
    const allowed = keyword === 'enum' ? (params.allowedValues as readonly unknown[]) : [params.allowedValue];
    const hint = `Allowed: ${allowed
      .slice(0, 20)
      .map((each) => shorten(JSON.stringify(each)))
      .join(', ')}.`;
    return { path: place, code: 'invalid_value', message: 'The value is not one of those allowed.', hint };
  }
  return {
    path: place,
    code: codeOf(keyword),
    message: `The value ${error.message ?? 'is not allowed'}.`,
    ...described(error),
  };
}

function codeOf(keyword: string): string {
  if (keyword === 'type') return 'invalid_type';
  return keyword === 'pattern' || keyword === 'format' ? 'invalid_format' : 'invalid_value';
}

function described({ parentSchema }: ErrorObject): { hint?: string } {
  const hint: unknown = parentSchema?.description;
  return typeof hint === 'string' ? { hint: hint.slice(0, 500) } : {};
}

function suggest(name: string, { parentSchema }: ErrorObject): { hint?: string } {
  const properties: unknown = parentSchema?.properties;
  const known = isJsonObject(properties) ? Object.keys(properties) : [];
  if (known.length === 0) return {};
  const [near] = known
    .map((each) => ({ each, cost: distance(name.slice(0, LONGEST_NAME), each) }))
    .sort((a, b) => a.cost - b.cost);
  if (near !== undefined && near.cost <= CLOSE) return { hint: `Did you mean "${near.each}"?` };
  return { hint: `Known fields: ${known.slice(0, 30).join(', ')}.` };
}

/** From a JSON pointer (RFC 6901) to a JSONPath (RFC 9535). */
function pathOf(pointer: string, root: string): string {
  const segments = pointer
    .split('/')
    .slice(1)
    .map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'));
  return segments.reduce((path, each) => (/^\d+$/.test(each) ? `${path}[${each}]` : below(path, each)), root);
}

function below(path: string, name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && name.length <= LONGEST_NAME
    ? `${path}.${name}`
    : `${path}['${shorten(name).replace(/[\\']/g, '\\$&')}']`;
}

function shorten(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
}
