import type { JsonValue } from '@orchid/kernel';
import { encodeComponent } from '../encode-component';
import { toText } from '../values';
import type { Params } from './url-zones';

/** A query as the pairs of text it is sent as. */
export type RawPairs = readonly string[];

export function rawPairs(query: string | null): RawPairs {
  return query === null ? [] : query.split('&').filter((pair) => pair !== '');
}

/** Params by name, as pairs: null leaves a param out, an array repeats its name. */
export function paramPairs(params: Params, used: ReadonlySet<string>): Map<string, RawPairs> {
  const pairs = new Map<string, RawPairs>();
  for (const [name, value] of Object.entries(params)) {
    if (used.has(name)) continue;
    const values = (Array.isArray(value) ? value : [value]).filter((each) => each !== null);
    if (values.length > 0)
      pairs.set(
        name,
        values.map((each) => rawPair(name, each)),
      );
  }
  return pairs;
}

function rawPair(name: string, value: JsonValue): string {
  return `${encodeComponent(name)}=${encodeComponent(toText(value))}`;
}

/** The name a pair is read under by whoever receives it. */
export function pairName(pair: string): string {
  return [...new URLSearchParams(pair).keys()][0] ?? '';
}

/** The url's pairs without those that params replace, then the params. */
export function replacePairs(own: RawPairs, params: ReadonlyMap<string, RawPairs>): RawPairs {
  return [...own.filter((pair) => !params.has(pairName(pair))), ...[...params.values()].flat()];
}

/** The url's pairs, then the params that it does not have yet. */
export function addPairs(own: RawPairs, params: ReadonlyMap<string, RawPairs>): RawPairs {
  const names = new Set(own.map(pairName));
  const added = [...params].filter(([name]) => !names.has(name));
  return [...own, ...added.flatMap(([, pairs]) => pairs)];
}
