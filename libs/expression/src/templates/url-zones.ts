import type { JsonObject, JsonValue } from '@orchid/kernel';
import type { Scope } from '../expression.types';

export type Params = Readonly<Record<string, JsonValue>>;

/** An island or placeholder of a url. */
export interface Slot {
  /** As written, for error messages. */
  readonly label: string;
  readonly value: (scope: Scope, params: Params) => JsonValue;
}

export type UrlPart = string | Slot;
export type UrlParts = readonly UrlPart[];

/** A `name=value` of a literal query; `value` is null where there is no `=`. */
export interface Pair {
  readonly name: UrlParts;
  readonly value: UrlParts | null;
}

export interface Zones {
  /** Without the scheme; empty where an address leads the url. */
  readonly host: UrlParts;
  /** Segments between slashes. The first is what stands before the first slash. */
  readonly path: readonly UrlParts[];
  /** Null where the url has no `?`. */
  readonly query: readonly Pair[] | null;
  readonly hasFragment: boolean;
}

/** Cuts a url into host, path and query. Only literal text cuts: no value can open another zone. */
export function splitUrl(parts: UrlParts, hasHost: boolean): Zones {
  const [beforeFragment, ...fragment] = splitAt(parts, '#', 1);
  const [address = [], ...query] = splitAt(beforeFragment ?? [], '?', 1);
  const [first = [], ...segments] = splitAt(address, '/');
  const [pairs] = query;
  return {
    host: hasHost ? first : [],
    path: hasHost ? segments : [first, ...segments],
    query:
      pairs === undefined
        ? null
        : splitAt(pairs, '&')
            .filter((pair) => pair.length > 0)
            .map(toPair),
    hasFragment: fragment.length > 0,
  };
}

function toPair(parts: UrlParts): Pair {
  const [name = [], value] = splitAt(parts, '=', 1);
  return { name, value: value ?? null };
}

function splitAt(parts: UrlParts, separator: string, most = Infinity): UrlPart[][] {
  const groups: UrlPart[][] = [[]];
  for (const part of parts) {
    if (typeof part === 'string') splitText(part, separator, most, groups);
    else groups.at(-1)?.push(part);
  }
  return groups;
}

function splitText(text: string, separator: string, most: number, groups: UrlPart[][]): void {
  let rest = text;
  while (groups.length <= most) {
    const at = rest.indexOf(separator);
    if (at === -1) break;
    if (at > 0) groups.at(-1)?.push(rest.slice(0, at));
    groups.push([]);
    rest = rest.slice(at + separator.length);
  }
  if (rest !== '') groups.at(-1)?.push(rest);
}

/** A member of `config`, for placeholders that are no params. */
export function configValue(scope: Scope, name: string): JsonValue {
  const config = scope.config as JsonObject | null | undefined;
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return null;
  return Object.hasOwn(config, name) ? (config[name] ?? null) : null;
}
