import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import type { Fault, JsonObject } from '@orchid/kernel';
import { schemaFaults } from '../http/schema-faults';
import { TookTooLong, withinTime } from './within-time';

/** JSON text of a schema, and of values. */
const LARGEST = 262_144;
const COMPILE_MS = 1_000;
const VALIDATE_MS = 500;
const MOST_REPEATS = 1_000;

export type CheckedValues =
  { readonly ok: true; readonly values: JsonObject } | { readonly ok: false; readonly faults: readonly Fault[] };

/** What is wrong with the JSON Schema (draft 2020-12) of an integration's configs. */
export function configSchemaFaults(schema: JsonObject, path: string): Fault[] {
  const compiled = compile(schema, path);
  return typeof compiled === 'function' ? [] : compiled;
}

/** Checks `values` against a schema and fills in its defaults. The given object stays as it is. */
export function checkValues(schema: JsonObject, values: JsonObject, path: string): CheckedValues {
  if (JSON.stringify(values).length > LARGEST) return { ok: false, faults: [tooLarge(path)] };
  const compiled = compile(schema, path);
  if (typeof compiled !== 'function') return { ok: false, faults: compiled };
  const filled = structuredClone(values);
  try {
    const valid = withinTime(VALIDATE_MS, () => compiled(filled));
    return valid ? { ok: true, values: filled } : { ok: false, faults: schemaFaults(compiled.errors, path) };
  } catch (error) {
    return { ok: false, faults: [tooComplex(path, error)] };
  }
}

function compile(schema: JsonObject, path: string): ValidateFunction | Fault[] {
  if (JSON.stringify(schema).length > LARGEST) return [tooLarge(path)];
  if (schema.$async !== undefined) return [fault(path, 'A schema must not be $async.', 'Remove $async.')];
  try {
    return withinTime(COMPILE_MS, () => {
      const ajv = validator();
      if (ajv.validateSchema(schema) !== true) return schemaFaults(ajv.errors, path);
      return ajv.compile(schema);
    });
  } catch (error) {
    return [tooComplex(path, error)];
  }
}

/** A new one for each schema: ajv keeps what it ever compiled, under ids that schemas choose themselves. */
function validator(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    useDefaults: true,
    ownProperties: true,
    inlineRefs: false,
    logger: false,
    code: { regExp: Object.assign(linearRegExp, { code: 'linearRegExp' }) },
  });
  addFormats(ajv, { mode: 'fast' });
  return ajv;
}

/** A pattern must not be able to take exponential time. */
function linearRegExp(pattern: string): { test(text: string): boolean; toString(): string } {
  for (const [, least = '', most = least] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Math.max(Number(least), Number(most)) > MOST_REPEATS) throw new Error(`more than ${MOST_REPEATS} repeats`);
  }
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  // ajv shares patterns by their text.
  return { test: (text) => compiled.matcher(text).find(), toString: () => pattern };
}

function tooLarge(path: string): Fault {
  const hint = 'Leave out what is not needed.';
  return { path, code: 'too_large', message: `This is larger than ${LARGEST} characters of JSON.`, hint };
}

function tooComplex(path: string, error: unknown): Fault {
  if (error instanceof TookTooLong || error instanceof RangeError) {
    const hint = 'Use fewer references and combinations.';
    return { path, code: 'schema_too_complex', message: 'The schema takes too long to check.', hint };
  }
  const reason = error instanceof Error ? error.message.slice(0, 300) : 'unknown';
  const hint = 'JSON Schema draft 2020-12, complete in itself; patterns without look-around and back-references.';
  return fault(path, `The schema cannot be used: ${reason}.`, hint);
}

function fault(path: string, message: string, hint: string): Fault {
  return { path, code: 'invalid_schema', message, hint };
}
