import type { JsonValue } from '@orchid/kernel';
import { ExpressionError } from '../expression.errors';
import type { Run } from '../run';
import { characters, isNumeric, type Numeric, toText } from '../values';
import { define } from './function-definition';

export const TEXT_FUNCTIONS = [
  define({
    name: 'lower',
    signature: 'lower(text)',
    description: 'The text in lower case.',
    examples: [["lower('ÀB')", 'àb']],
    parameters: ['text'],
    call: ([text], run) => built(text.toLowerCase(), run),
  }),
  define({
    name: 'upper',
    signature: 'upper(text)',
    description: 'The text in upper case.',
    examples: [["upper('ab')", 'AB']],
    parameters: ['text'],
    call: ([text], run) => built(text.toUpperCase(), run),
  }),
  define({
    name: 'starts_with',
    signature: 'starts_with(text, prefix)',
    description: 'Whether the text begins with the prefix.',
    examples: [["starts_with('https://x', 'https')", true]],
    parameters: ['text', 'text'],
    call: ([text, prefix]) => text.startsWith(prefix),
  }),
  define({
    name: 'ends_with',
    signature: 'ends_with(text, suffix)',
    description: 'Whether the text ends with the suffix.',
    examples: [["ends_with('a.csv', '.csv')", true]],
    parameters: ['text', 'text'],
    call: ([text, suffix]) => text.endsWith(suffix),
  }),
  define({
    name: 'join',
    signature: 'join(separator, list)',
    description: 'The texts and numbers of a list as one text.',
    examples: [
      ["join(', ', ['a', 'b'])", 'a, b'],
      ["join(',', [1, 2])", '1,2'],
    ],
    parameters: ['text', 'array'],
    call: ([separator, list], run) => joinList(separator, list, run),
  }),
  define({
    name: 'split',
    signature: 'split(text, separator, count?)',
    description: 'The parts between separators; at most `count` splits. An empty separator splits into characters.',
    examples: [
      ["split('a,b,c', ',')", ['a', 'b', 'c']],
      ["split('a,b,c', ',', 1)", ['a', 'b,c']],
      ["split('ab', '')", ['a', 'b']],
    ],
    parameters: ['text', 'text', 'number?'],
    call: ([text, separator, count], run) => splitText(text, separator, optionalCount('split', count), run),
  }),
  define({
    name: 'replace',
    signature: 'replace(text, old, new, count?)',
    description: 'The text with each (or the first `count`) occurrences of `old` replaced.',
    examples: [
      ["replace('a-b-c', '-', '+')", 'a+b+c'],
      ["replace('a-b-c', '-', '+', 1)", 'a+b-c'],
    ],
    parameters: ['text', 'text', 'text', 'number?'],
    call: ([text, old, by, count], run) => replaceText({ text, old, by }, optionalCount('replace', count), run),
  }),
  define({
    name: 'trim',
    signature: 'trim(text, characters?)',
    description: 'The text without white space, or without the given characters, at both ends.',
    examples: [
      ["trim('  a ')", 'a'],
      ["trim('--a-', '-')", 'a'],
    ],
    parameters: ['text', 'text?'],
    call: ([text, chars]) => trimEnd(trimStart(text, chars), chars),
  }),
  define({
    name: 'trim_left',
    signature: 'trim_left(text, characters?)',
    description: 'As trim(), at the beginning only.',
    examples: [["trim_left('  a ')", 'a ']],
    parameters: ['text', 'text?'],
    call: ([text, chars]) => trimStart(text, chars),
  }),
  define({
    name: 'trim_right',
    signature: 'trim_right(text, characters?)',
    description: 'As trim(), at the end only.',
    examples: [["trim_right('a//', '/')", 'a']],
    parameters: ['text', 'text?'],
    call: ([text, chars]) => trimEnd(text, chars),
  }),
  define({
    name: 'pad_left',
    signature: 'pad_left(text, width, character?)',
    description: 'The text filled up at the beginning to `width` characters.',
    examples: [["pad_left('7', 3, '0')", '007']],
    parameters: ['text', 'number', 'text?'],
    call: ([text, width, fill], run) => padding('pad_left', { text, width, fill }, run) + text,
  }),
  define({
    name: 'pad_right',
    signature: 'pad_right(text, width, character?)',
    description: 'The text filled up at the end to `width` characters.',
    examples: [["pad_right('7', 3)", '7  ']],
    parameters: ['text', 'number', 'text?'],
    call: ([text, width, fill], run) => text + padding('pad_right', { text, width, fill }, run),
  }),
  define({
    name: 'find_first',
    signature: 'find_first(text, part, start?, end?)',
    description: 'Where the part first occurs, counted in characters from 0; null where it does not.',
    examples: [
      ["find_first('banana', 'an')", 1],
      ["find_first('banana', 'x')", null],
    ],
    parameters: ['text', 'text', 'number?', 'number?'],
    call: ([text, part, start, end], run) => find(text, part, { start, end, last: false }, run),
  }),
  define({
    name: 'find_last',
    signature: 'find_last(text, part, start?, end?)',
    description: 'Where the part last occurs, counted in characters from 0; null where it does not.',
    examples: [["find_last('banana', 'an')", 3]],
    parameters: ['text', 'text', 'number?', 'number?'],
    call: ([text, part, start, end], run) => find(text, part, { start, end, last: true }, run),
  }),
];

/** Counts a text that a function made, and passes it on. */
export function built(text: string, run: Run): string {
  run.produce(text.length);
  return text;
}

function joinList(separator: string, list: readonly JsonValue[], run: Run): string {
  run.spend(list.length);
  run.produce(separator.length * list.length);
  const parts = list.map((part) => {
    if (typeof part !== 'string' && !isNumeric(part)) {
      throw new ExpressionError('expression_error', 'join() needs a list of texts or numbers');
    }
    return built(toText(part), run);
  });
  return parts.join(separator);
}

/** A whole number of at least 0, or undefined. */
export function optionalCount(name: string, count: Numeric | undefined): number | undefined {
  return count === undefined ? undefined : wholeNumber(name, count);
}

export function wholeNumber(name: string, count: Numeric): number {
  if (Number.isSafeInteger(count) && count >= 0) return Number(count);
  throw new ExpressionError('expression_error', `${name}() needs a whole number of at least 0`);
}

function splitText(text: string, separator: string, count: number | undefined, run: Run): string[] {
  run.produce(text.length);
  if (text === '' && separator === '') return [];
  const parts = separator === '' ? characters(text) : text.split(separator);
  const kept = count === undefined ? parts : [...parts.slice(0, count), ...rest(parts, separator, count)];
  run.checkItems(kept.length);
  return kept;
}

function rest(parts: readonly string[], separator: string, count: number): string[] {
  return count < parts.length ? [parts.slice(count).join(separator)] : [];
}

interface Replacement {
  readonly text: string;
  readonly old: string;
  readonly by: string;
}

function replaceText({ text, old, by }: Replacement, count: number | undefined, run: Run): string {
  const parts = old === '' ? characters(text) : text.split(old);
  const joints = Math.min(count ?? parts.length, parts.length - 1);
  run.produce(text.length + joints * by.length);
  if (joints <= 0) return text;
  if (joints === parts.length - 1) return parts.join(by);
  return [...parts.slice(0, joints), parts.slice(joints).join(old)].join(by);
}

const isSpace = (character: string): boolean => /[\s\u0085]/.test(character);

function trimStart(text: string, chars: string | undefined): string {
  const drops = dropper(chars);
  let start = 0;
  while (start < text.length && drops(text.charAt(start))) start += 1;
  return text.slice(start);
}

function trimEnd(text: string, chars: string | undefined): string {
  const drops = dropper(chars);
  let end = text.length;
  while (end > 0 && drops(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function dropper(chars: string | undefined): (character: string) => boolean {
  if (chars === undefined || chars === '') return isSpace;
  const set = new Set(chars.split(''));
  return (character) => set.has(character);
}

interface Padding {
  readonly text: string;
  readonly width: Numeric;
  readonly fill: string | undefined;
}

function padding(name: string, { text, width, fill = ' ' }: Padding, run: Run): string {
  const wanted = wholeNumber(name, width);
  if (characters(fill).length !== 1)
    throw new ExpressionError('expression_error', `${name}() fills with one character`);
  const missing = Math.max(0, wanted - characters(text).length);
  run.produce(missing * fill.length + text.length);
  return fill.repeat(missing);
}

interface Search {
  readonly start: Numeric | undefined;
  readonly end: Numeric | undefined;
  readonly last: boolean;
}

function find(text: string, part: string, search: Search, run: Run): number | null {
  if (text === '' || part === '') return null;
  run.produce(text.length);
  const all = characters(text);
  const start = Math.max(0, integer(search.start, 0));
  const end = Math.min(all.length, integer(search.end, all.length));
  const within = all.slice(start, Math.max(start, end)).join('');
  const found = search.last ? within.lastIndexOf(part) : within.indexOf(part);
  return found === -1 ? null : start + characters(within.slice(0, found)).length;
}

function integer(value: Numeric | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (!Number.isSafeInteger(value)) throw new ExpressionError('expression_error', 'a position is a whole number');
  return Number(value);
}
