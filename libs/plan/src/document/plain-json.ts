import { isJsonObject, type JsonValue } from '@orchid/kernel';
import type { Findings } from '../findings';
import { below } from '../json-path';

/** Levels of objects and arrays a document may have. */
export const DEEPEST_NESTING = 64;
const MOST_VALUES = 50_000;

const LONE_SURROGATE = /\p{Surrogate}/u;

interface Walk {
  readonly findings: Findings;
  values: number;
}

/**
 * Copies a value of unknown origin into plain JSON data and notes what can never be stored or sent: foreign types, NUL,
 * lone surrogates, numbers a double cannot hold, too deep nesting. Members that are undefined are left out.
 */
export function toPlainJson(value: unknown, findings: Findings): JsonValue {
  return copy(value, '$', 0, { findings, values: 0 });
}

/** Why a text cannot be stored or sent, if it cannot. */
export function textFault(text: string): { code: string; message: string; hint: string } | null {
  if (text.includes('\0')) {
    return {
      code: 'nul_character',
      message: 'The text contains a NUL character.',
      hint: 'Remove \\u0000 from the text.',
    };
  }
  if (!LONE_SURROGATE.test(text)) return null;
  return {
    code: 'lone_surrogate',
    message: 'The text contains half of a surrogate pair, which is no character.',
    hint: 'Write the character itself, or both halves of its pair.',
  };
}

/** Why a number would not survive, if it would not. */
export function numberFault(value: number | bigint): { code: string; message: string; hint: string } | null {
  if (typeof value === 'number' && Number.isFinite(value) && !isInexact(value)) return null;
  return {
    code: 'number_out_of_range',
    message: 'The number has more digits than are kept.',
    hint: 'Write it as text in quotation marks.',
  };
}

function isInexact(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function copy(value: unknown, path: string, depth: number, walk: Walk): JsonValue {
  walk.values += 1;
  if (walk.values > MOST_VALUES) return tooLarge(walk);
  if (typeof value === 'object' && value !== null) return copyNested(value, path, depth + 1, walk);
  if (typeof value === 'string') report(textFault(value), path, walk);
  else if (typeof value === 'number' || typeof value === 'bigint') report(numberFault(value), path, walk);
  else if (typeof value !== 'boolean' && value !== null) return notJson(typeof value, path, walk);
  return value;
}

function copyNested(value: object, path: string, depth: number, walk: Walk): JsonValue {
  if (depth > DEEPEST_NESTING) {
    const message = `The document is nested more than ${DEEPEST_NESTING} levels deep.`;
    walk.findings.fault(path, 'too_deep', message, 'Flatten the document: fewer objects and lists inside each other.');
    return null;
  }
  if (Array.isArray(value)) return value.map((each: unknown, index) => copy(each, below(path, index), depth, walk));
  if (!isJsonObject(value)) return notJson(value.constructor.name, path, walk);
  const members = Object.entries(value as Record<string, unknown>).filter(([, each]) => each !== undefined);
  // fromEntries defines own properties: `__proto__` stays a key and reaches nobody's prototype.
  return Object.fromEntries(members.map(([name, each]) => [name, copyMember(name, each, { path, depth, walk })]));
}

function copyMember(name: string, value: unknown, at: { path: string; depth: number; walk: Walk }): JsonValue {
  const path = below(at.path, name);
  report(textFault(name), path, at.walk);
  if (name === '__proto__') {
    at.walk.findings.fault(path, 'unknown_field', 'The name __proto__ is not allowed.', 'Use another name.');
  }
  return copy(value, path, at.depth, at.walk);
}

function report(found: ReturnType<typeof textFault>, path: string, walk: Walk): void {
  if (found !== null) walk.findings.fault(path, found.code, found.message, found.hint);
}

function tooLarge(walk: Walk): null {
  const message = `The document has more than ${MOST_VALUES.toLocaleString('en')} values.`;
  walk.findings.fault('$', 'document_too_large', message, 'Divide it into several plans.');
  return null;
}

function notJson(type: string, path: string, walk: Walk): null {
  walk.findings.fault(
    path,
    'invalid_type',
    `A value of type ${type} is not JSON.`,
    'Use text, numbers, true, false, null, objects and lists.',
  );
  return null;
}
