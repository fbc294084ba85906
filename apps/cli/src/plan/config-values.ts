import Ajv2020, { type ErrorObject } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { isJsonObject, type JsonObject, type JsonValue } from '@orchid/kernel';
import { UsageError } from '../usage.errors';

export interface ConfigValues {
  readonly values: JsonObject;
  /** Top-level names that hold a secret. */
  readonly secretFields: ReadonlySet<string>;
  readonly secrets: readonly string[];
}

const SOUNDS_SECRET = /pass(?:word|phrase)?|secret|token|key|credential/i;

/** Values without a schema: everything whose name sounds like a secret is one. */
export function guessSecrets(values: JsonObject): ConfigValues {
  const secretFields = new Set<string>();
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const found = secretTexts(value, SOUNDS_SECRET.test(name));
    if (found.length > 0) secretFields.add(name);
    secrets.push(...found);
  }
  return { values, secretFields, secrets };
}

function secretTexts(value: JsonValue, isSecret: boolean): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => secretTexts(each, isSecret));
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, member]) => secretTexts(member, isSecret || SOUNDS_SECRET.test(name)));
  }
  return isSecret && value !== null && typeof value !== 'boolean' ? [String(value)] : [];
}

/** Values as the API would store them: checked against the schema, defaults filled in, secrets known by the schema. */
export async function applySchema(file: string, given: JsonObject, schema: JsonObject): Promise<ConfigValues> {
  const values = structuredClone(given);
  checkAgainst(file, values, schema);
  // Loaded here only: it brings the whole database layer with it.
  const { splitSecrets } = await import('@orchid/persistence');
  const { secrets } = splitSecrets(schema, values);
  const names = Object.keys(secrets).map((pointer) =>
    (pointer.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~'),
  );
  return {
    values,
    secretFields: new Set(names),
    secrets: Object.values(secrets).flatMap((secret) => secretTexts(secret, true)),
  };
}

function checkAgainst(file: string, values: JsonObject, schema: JsonObject): void {
  const ajv = new Ajv2020({ allErrors: true, useDefaults: true, strict: false });
  addFormats(ajv);
  let check;
  try {
    check = ajv.compile(schema);
  } catch (error) {
    throw new UsageError(`the config's schema cannot be used: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  if (check(values)) return;
  const faults = (check.errors ?? []).map((error) => `  - ${described(error)}`);
  throw new UsageError([`${file}: the values do not fit the integration's config_schema:`, ...faults].join('\n'));
}

/** Names the place and the rule, never the value. */
function described({ instancePath, message }: ErrorObject): string {
  return `${instancePath === '' ? 'the object' : instancePath.slice(1).replaceAll('/', '.')} ${message ?? 'is invalid'}`;
}
