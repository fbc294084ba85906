import {
  isJsonObject,
  parseJson,
  setOwn,
  stringifyJson,
  type JsonObject,
  type JsonValue,
  type Redactor,
} from '@orchid/kernel';

const LONGEST_LIST = 5;
const LONGEST_TEXT = 500;
const MOST_MEMBERS = 50;
const DEEPEST = 8;

/** A value short enough to look at, without secrets. Says what it left out. */
export function sampleOf(value: JsonValue, redactor: Redactor): JsonValue {
  return parseJson(redactor.text(stringifyJson(shorten(value, 0))));
}

function shorten(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return shortText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '(nested deeper)';
  return Array.isArray(value) ? shortList(value, depth) : shortObject(value, depth);
}

function shortText(text: string): string {
  return text.length <= LONGEST_TEXT
    ? text
    : `${text.slice(0, LONGEST_TEXT)}(${text.length - LONGEST_TEXT} more characters)`;
}

function shortList(list: readonly JsonValue[], depth: number): JsonValue[] {
  const shown = list.slice(0, LONGEST_LIST).map((each) => shorten(each, depth + 1));
  return list.length <= LONGEST_LIST ? shown : [...shown, `(${list.length - LONGEST_LIST} more)`];
}

function shortObject(object: JsonObject, depth: number): JsonObject {
  const shown: JsonObject = {};
  const members = Object.entries(object);
  for (const [name, member] of members.slice(0, MOST_MEMBERS)) setOwn(shown, name, shorten(member, depth + 1));
  if (members.length > MOST_MEMBERS) setOwn(shown, '(more)', members.length - MOST_MEMBERS);
  return isJsonObject(shown) ? shown : {};
}
