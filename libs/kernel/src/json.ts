import { isLosslessNumber, stringify } from 'lossless-json';
import { newId } from './ids';
import { findLongIntegers, type LongInteger } from './long-integers';

/** A decoded JSON value. `bigint` stands for an integer beyond 2^53 and is written back with all its digits. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

const LONG_NUMBER = /\d{16}/;

/** Parses JSON text. Integers that a double cannot hold become `bigint`; `__proto__` is an ordinary key. Throws `SyntaxError`. */
export function parseJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  if (!LONG_NUMBER.test(text)) return value;
  const integers = findLongIntegers(text);
  return integers.length === 0 ? value : parseWithIntegers(text, integers);
}

/** The plain parser rounds long integers: it is given them as strings behind a mark that no text could have foreseen. */
function parseWithIntegers(text: string, integers: readonly LongInteger[]): JsonValue {
  const mark = newId();
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of integers) {
    pieces.push(text.slice(from, start), `"${mark}${text.slice(start, end)}"`);
    from = end;
  }
  const root = { value: JSON.parse(pieces.join('') + text.slice(from)) as JsonValue };
  restoreIntegers(root, mark);
  return root.value;
}

/** Without recursion, as the parser itself: depth is no reason to fail here. */
function restoreIntegers(root: JsonObject, mark: string): void {
  const pending: (JsonObject | JsonValue[])[] = [root];
  for (let container = pending.pop(); container !== undefined; container = pending.pop()) {
    for (const [name, value] of Object.entries(container)) {
      if (typeof value === 'object' && value !== null) pending.push(value);
      if (typeof value === 'string' && value.startsWith(mark))
        setMember(container, name, BigInt(value.slice(mark.length)));
    }
  }
}

function setMember(container: JsonObject | JsonValue[], name: string, value: JsonValue): void {
  if (Array.isArray(container)) container[Number(name)] = value;
  else setOwn(container, name, value);
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
