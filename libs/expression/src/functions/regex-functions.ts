import { RE2JS } from 're2js';
import { ExpressionError } from '../expression.errors';
import type { Run } from '../run';
import type { Numeric } from '../values';
import { define } from './function-definition';
import { built, wholeNumber } from './text-functions';

const MAX_PROGRAM = 4000;
const REMEMBERED = 256;

export const REGEX_FUNCTIONS = [
  define({
    name: 'regex_match',
    signature: 'regex_match(text, pattern)',
    description: "Whether the pattern occurs in the text; RE2's syntax, in linear time.",
    examples: [["regex_match('ERR-42', '^ERR-[0-9]+$')", true]],
    parameters: ['text', 'text'],
    call: ([text, pattern], run) => prepared(pattern, text, run).matcher(text).find(),
  }),
  define({
    name: 'regex_extract',
    signature: 'regex_extract(text, pattern, group?)',
    description:
      'What a group of the pattern matched: the first one, or all of it where there is none; null without a match.',
    examples: [
      ["regex_extract('page=12&x', 'page=([0-9]+)')", '12'],
      ["regex_extract('a1b', '[0-9]')", '1'],
      ["regex_extract('none', '[0-9]')", null],
    ],
    parameters: ['text', 'text', 'text or number?'],
    call: ([text, pattern, group], run) => extract(prepared(pattern, text, run), text, group, run),
  }),
];

const compiled = new Map<string, RE2JS>();

function prepared(pattern: string, text: string, run: Run): RE2JS {
  const regex = compiled.get(pattern) ?? remember(pattern, run);
  run.spend(Math.ceil((text.length * Math.max(8, regex.programSize())) / 16));
  return regex;
}

function remember(pattern: string, run: Run): RE2JS {
  run.spend(pattern.length * 16);
  const regex = compile(pattern);
  if (regex.programSize() > MAX_PROGRAM) {
    throw new ExpressionError('expression_too_costly', 'the regular expression is too large');
  }
  const [oldest] = compiled.keys();
  if (compiled.size >= REMEMBERED && oldest !== undefined) compiled.delete(oldest);
  compiled.set(pattern, regex);
  return regex;
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new ExpressionError('expression_error', 'not a regular expression', {
      cause: error,
      hint: 'look-around and back references are not supported',
    });
  }
}

function extract(regex: RE2JS, text: string, group: string | Numeric | undefined, run: Run): string | null {
  const matcher = regex.matcher(text);
  if (!matcher.find()) return null;
  const wanted =
    typeof group === 'string' ? group : wholeNumber('regex_extract', group ?? Math.min(1, regex.groupCount()));
  const known = typeof wanted === 'string' ? Object.hasOwn(regex.namedGroups(), wanted) : wanted <= regex.groupCount();
  if (!known) throw new ExpressionError('expression_error', 'the regular expression has no such group');
  const found = matcher.group(wanted);
  return found === null ? null : built(found, run);
}
