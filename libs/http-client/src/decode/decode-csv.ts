import { parse } from 'csv-parse/sync';

import type { JsonValue } from '@orchid/kernel';

import type { CsvOptions } from '../http-client.port';

import { invalidBody, type DecodedBody } from './decoded-body';

const DELIMITERS = [',', ';', '\t', '|'] as const;
export const SNIFFED_CHARACTERS = 4096;

/** CSV (RFC 4180) as objects by the header row, or as arrays without one. Every value is text. */
export function decodeCsv(text: string, options: CsvOptions = {}): DecodedBody {
  if (text.trim() === '') return { body: null };
  try {
    const rows: string[][] = parse(text, csvDialect(text, options));
    const [first = [], ...rest] = rows;
    return { body: options.header === false ? rows : byName(columnNames(first), rest) };
  } catch {
    return invalidBody('The body is not valid CSV.', text);
  }
}

/** The candidate that the first line has most of, outside quotes; a comma when it has none. */
export function sniffDelimiter(text: string, quote = '"'): string {
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]));
  let quoted = false;
  for (const character of text.slice(0, SNIFFED_CHARACTERS)) {
    if (character === quote) quoted = !quoted;
    if (quoted) continue;
    if (character === '\n') break;
    const count = counts.get(character);
    if (count !== undefined) counts.set(character, count + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** How csv-parse is to read a file that begins with this text. */
export function csvDialect(beginning: string, { delimiter, quote = '"' }: CsvOptions) {
  return {
    delimiter: delimiter ?? sniffDelimiter(beginning, quote),
    quote: quote === '' ? null : quote,
    relaxColumnCount: true,
    skipEmptyLines: true,
  };
}

/** Rows as objects. */
export function byName(names: readonly string[], rows: readonly (readonly string[])[]): JsonValue[] {
  // fromEntries defines members, so a column called `__proto__` stays data.
  return rows.map((row) => Object.fromEntries(row.map((value, at) => [names[at] ?? `column_${at + 1}`, value])));
}

/** A header row's names: none empty, none twice. */
export function columnNames(header: readonly string[]): string[] {
  const used = new Set<string>();
  return header.map((text, at) => {
    const wanted = text.trim() === '' ? `column_${at + 1}` : text.trim();
    let name = wanted;
    for (let copy = 2; used.has(name); copy += 1) name = `${wanted}_${copy}`;
    used.add(name);
    return name;
  });
}
