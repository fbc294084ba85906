import { isJsonObject, type JsonObject, type JsonValue } from '@orchid/kernel';

/** What clients see in place of a secret; sent back, it keeps the stored value. */
export const SECRET_MASK = '********';

export interface SplitValues {
  /** The values with {@link SECRET_MASK} where a secret is. */
  readonly shown: JsonObject;
  /** Secrets by JSON pointer (RFC 6901). */
  readonly secrets: Readonly<Record<string, JsonValue>>;
}

const MAX_DEPTH = 64;

/**
 * Parts `values` by the schema's `x-secret`, `writeOnly` and `format: password`, in nested objects and arrays, through
 * `$ref` to `$defs` and `allOf anyOf oneOf`. A value equal to the mask takes its secret from `stored`, or is left out.
 */
export function splitSecrets(
  schema: JsonObject,
  values: JsonObject,
  stored: Readonly<Record<string, JsonValue>> = {},
): SplitValues {
  const secrets = new Map<string, JsonValue>();
  const visit = (
    value: JsonValue,
    schemas: readonly JsonObject[],
    pointer: string,
    depth: number,
  ): JsonValue | undefined => {
    const applied = expand(schema, schemas);
    if (applied.some(isSecret)) return takeSecret(value, pointer, stored, secrets);
    if (depth >= MAX_DEPTH) return value;
    if (Array.isArray(value)) {
      return value.map(
        (each, index) => visit(each, elementSchemas(applied, index), `${pointer}/${index}`, depth + 1) ?? null,
      );
    }
    if (!isJsonObject(value)) return value;
    const members = Object.entries(value).map(
      ([name, member]) =>
        [name, visit(member, memberSchemas(applied, name), `${pointer}/${escape(name)}`, depth + 1)] as const,
    );
    return fromEntries(members);
  };
  const shown = visit(values, [schema], '', 0);
  return { shown: isJsonObject(shown) ? shown : {}, secrets: Object.fromEntries(secrets) };
}

/** Names of the top-level members that hold a secret, at whatever depth. */
export function secretMembers(schema: JsonObject, values: JsonObject): Set<string> {
  const pointers = Object.keys(splitSecrets(schema, values).secrets);
  return new Set(pointers.map((pointer) => unescape(pointer.split('/')[1] ?? '')));
}

/** The inverse of {@link splitSecrets}. */
export function joinSecrets(shown: JsonObject, secrets: Readonly<Record<string, JsonValue>>): JsonObject {
  const visit = (value: JsonValue, pointer: string): JsonValue => {
    const secret = Object.hasOwn(secrets, pointer) ? secrets[pointer] : undefined;
    if (secret !== undefined) return secret;
    if (Array.isArray(value)) return value.map((each, index) => visit(each, `${pointer}/${index}`));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, visit(member, `${pointer}/${escape(name)}`)]),
    );
  };
  const joined = visit(shown, '');
  return isJsonObject(joined) ? joined : {};
}

function takeSecret(
  value: JsonValue,
  pointer: string,
  stored: Readonly<Record<string, JsonValue>>,
  secrets: Map<string, JsonValue>,
): JsonValue | undefined {
  if (value === null) return null;
  const kept = Object.hasOwn(stored, pointer) ? stored[pointer] : undefined;
  const secret = value === SECRET_MASK ? kept : value;
  if (secret === undefined) return undefined;
  secrets.set(pointer, secret);
  return SECRET_MASK;
}

function isSecret(schema: JsonObject): boolean {
  return schema['x-secret'] === true || schema.writeOnly === true || schema.format === 'password';
}

/** The schemas and all that they combine or refer to within the document; each once, so that circles end. */
function expand(root: JsonObject, schemas: readonly JsonObject[]): JsonObject[] {
  const found = new Set<JsonObject>();
  const queue = [...schemas];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    queue.push(...['allOf', 'anyOf', 'oneOf'].flatMap(wordOf(next)));
    queue.push(...listOf([next.then ?? null, next.else ?? null]), ...referred(root, next.$ref));
  }
  return [...found];
}

function wordOf(schema: JsonObject): (word: string) => JsonObject[] {
  return (word) => listOf(schema[word]);
}

function referred(root: JsonObject, ref: JsonValue | undefined): JsonObject[] {
  if (typeof ref !== 'string' || !ref.startsWith('#')) return [];
  const names = ref
    .slice(1)
    .split('/')
    .slice(1)
    .map((name) => unescape(decodeURIComponent(name)));
  let target: JsonValue | undefined = root;
  for (const name of names) target = isJsonObject(target) && Object.hasOwn(target, name) ? target[name] : undefined;
  return isJsonObject(target) ? [target] : [];
}

function memberSchemas(schemas: readonly JsonObject[], name: string): JsonObject[] {
  return schemas.flatMap((schema) => {
    const { properties, patternProperties, additionalProperties } = schema;
    const named = isJsonObject(properties) && Object.hasOwn(properties, name) ? listOf([properties[name] ?? null]) : [];
    // A pattern is not evaluated: any that holds a secret is taken to match, which at worst encrypts too much.
    const patterns = isJsonObject(patternProperties) ? listOf(Object.values(patternProperties)) : [];
    return [...named, ...patterns, ...(named.length === 0 ? listOf([additionalProperties ?? null]) : [])];
  });
}

function elementSchemas(schemas: readonly JsonObject[], index: number): JsonObject[] {
  return schemas.flatMap((schema) => {
    const prefix = listOf([Array.isArray(schema.prefixItems) ? (schema.prefixItems[index] ?? null) : null]);
    return prefix.length > 0 ? prefix : listOf([schema.items ?? null]);
  });
}

function listOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function fromEntries(members: readonly (readonly [string, JsonValue | undefined])[]): JsonObject {
  return Object.fromEntries(members.filter((member): member is [string, JsonValue] => member[1] !== undefined));
}

function unescape(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
