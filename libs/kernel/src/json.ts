import { isLosslessNumber, parse, stringify } from 'lossless-json';

/** A decoded JSON value. `bigint` stands for an integer beyond 2^53 and is written back with all its digits. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

const LONG_NUMBER = /\d{16}|[eE][+-]?\d{3}|\.\d{16}/;
const INTEGER = /^-?\d+$/;

/** Parses JSON text. Integers that a double cannot hold become `bigint`; `__proto__` is an ordinary key. Throws `SyntaxError`. */
export function parseJson(text: string): JsonValue {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
  return parseLossless(text);
}

function parseLossless(text: string): JsonValue {
  // lossless-json assigns keys, so `__proto__` would be lost: it is left to the plain parser, which keeps it as data.
  if (text.includes('__proto__')) return JSON.parse(text) as JsonValue;
  return parse(text, null, { parseNumber: toNumber }) as JsonValue;
}

function toNumber(digits: string): number | bigint {
  const value = Number(digits);
  return INTEGER.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value;
}

/** Serialises a JSON value; the inverse of {@link parseJson}. */
export function stringifyJson(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return stringify(value) ?? 'null';
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** Sets a member whatever its name: a plain assignment to `__proto__` would change the prototype instead. */
export function setOwn(object: JsonObject, name: string, value: JsonValue): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}
