import { isJsonObject, type JsonValue } from '@orchid/kernel';
import { below } from '../json-path';
import type { BrokenPaths } from './schema-faults';

/** An element of a list in a document that is still being checked: absent where the schema refused it. */
export type Sound<T> = readonly (T | null)[];

/**
 * The part of a document that has the types of the language, for the checks that follow the schema's: a broken member
 * is left out, a broken element of a list becomes null so that its neighbours keep their index.
 */
export function soundPart(value: JsonValue, broken: BrokenPaths, path = '$'): JsonValue {
  if (broken.size === 0) return value;
  if (Array.isArray(value)) {
    return value.map((each, index) => {
      const place = below(path, index);
      return broken.has(place) ? null : soundPart(each, broken, place);
    });
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, each]) => ({ name, each, place: below(path, name) }));
  const sound = members.filter(({ place }) => !broken.has(place));
  return Object.fromEntries(sound.map(({ name, each, place }) => [name, soundPart(each, broken, place)]));
}

/** The elements of a list that passed the schema, with their index. */
export function soundEntries<T>(list: readonly T[] | undefined): [index: number, element: T][] {
  const entries: [number, T][] = [];
  (list as Sound<T> | undefined)?.forEach((element, index) => {
    if (element !== null) entries.push([index, element]);
  });
  return entries;
}
