import { type JsonObject, type JsonValue, stringifyJson } from '@orchid/kernel';
import type { Run } from './run';

export type Numeric = number | bigint;
export type ValueType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export function typeOf(value: JsonValue): ValueType {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      if (value === null) return 'null';
      return Array.isArray(value) ? 'array' : 'object';
  }
}

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** JMESPath's falsehood: null, false, and empty text, lists and objects. Zero is true. */
export function isFalse(value: JsonValue): boolean {
  if (value === null || value === false || value === '') return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  return isEmpty(value);
}

/** Objects known to have a member. */
const filled = new WeakSet();

/** The engine lists every name of a large object before it gives the first: asked for each element, that would be unbounded. */
function isEmpty(value: JsonObject): boolean {
  if (filled.has(value)) return false;
  for (const _name in value) {
    filled.add(value);
    return false;
  }
  return true;
}

/** The own member of an object, else null; `__proto__` and `constructor` are ordinary names. */
export function member(value: JsonObject, name: string): JsonValue {
  return Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}

/** Sets a member under any name, `__proto__` too. */
export function setMember(target: JsonObject, name: string, value: JsonValue): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  } else target[name] = value;
}

/** Steps it takes to look through a text. */
export function textCost(text: string): number {
  return text.length >> 6;
}

/** Steps it takes to begin with two lists or objects. */
const PER_PAIR = 8;

/** Deep equality; numbers are equal by value whatever holds them. */
export function equal(left: JsonValue, right: JsonValue, run: Run): boolean {
  if (typeof left === 'string') run.spend(textCost(left));
  if (left === right) return true;
  if (isNumeric(left) && isNumeric(right)) return sameNumber(left, right);
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) return Array.isArray(right) && equalLists(left, right, run);
  return !Array.isArray(right) && equalObjects(left, right, run);
}

function sameNumber(left: Numeric, right: Numeric): boolean {
  // A bigint and a double compare exactly: neither is rounded.
  return !(left < right) && !(left > right);
}

function equalLists(left: readonly JsonValue[], right: readonly JsonValue[], run: Run): boolean {
  if (left.length !== right.length) return false;
  run.spend(left.length + PER_PAIR);
  for (let at = 0; at < left.length; at += 1) {
    if (!equal(left[at] ?? null, right[at] ?? null, run)) return false;
  }
  return true;
}

function equalObjects(left: JsonObject, right: JsonObject, run: Run): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  run.spend(names.length + PER_PAIR);
  for (const name of names) {
    if (!Object.hasOwn(right, name) || !equal(left[name] ?? null, right[name] ?? null, run)) return false;
  }
  return true;
}

/** Orders two texts by code point. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for the code points above all others. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Orders two texts or two numbers; undefined for any other pair. */
export function compare(left: JsonValue, right: JsonValue): number | undefined {
  if (isNumeric(left) && isNumeric(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  return undefined;
}

/** Text as templates write it: null is empty, lists and objects are JSON. */
export function toText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? stringifyJson(value) : String(value);
}

/** The code points of a text as one-character texts. */
export function characters(text: string): string[] {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text.split('');
}
