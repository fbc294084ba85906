import type { Fault, JsonValue } from '@orchid/kernel';
import { printParseErrorCode, visit, type JSONPath, type JSONVisitor } from 'jsonc-parser';
import { below, jsonPath } from '../json-path';
import { DEEPEST_NESTING, numberFault, textFault } from './plain-json';

/** A fault of the text itself. `line` and `column` count from 1, `offset` from 0 in UTF-16 units. */
export interface TextFault extends Fault {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export type ParsedPlanText =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly faults: readonly TextFault[] };

/** Longest document, in bytes of UTF-8. */
export const LONGEST_DOCUMENT = 1_048_576;

interface Place {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

type Problem = Pick<TextFault, 'code' | 'message'> & { readonly hint: string };

/**
 * Reads the JSON text of a plan. Says where it is not JSON, where a key occurs twice, and what PostgreSQL or a double
 * could not hold; a text that is too long or too deep is not parsed at all. Never throws.
 */
export function parsePlanText(text: string): ParsedPlanText {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const refused = tooLong(source) ?? tooDeep(source);
  if (refused !== null) return { ok: false, faults: [refused] };
  const faults = textFaults(source);
  if (faults.length > 0) return { ok: false, faults };
  try {
    return { ok: true, value: JSON.parse(source) as JsonValue };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'not JSON';
    return { ok: false, faults: [syntaxFault(message, { offset: 0, line: 1, column: 1 })] };
  }
}

function tooLong(text: string): TextFault | null {
  if (text.length <= LONGEST_DOCUMENT && Buffer.byteLength(text) <= LONGEST_DOCUMENT) return null;
  const place = { offset: 0, line: 1, column: 1 };
  const message = `The document is larger than ${LONGEST_DOCUMENT} bytes.`;
  return at('$', { code: 'document_too_large', message, hint: 'Divide it into several plans.' }, place);
}

/** Counts brackets instead of parsing: a parser would need the stack that the text is meant to exhaust. */
function tooDeep(text: string): TextFault | null {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inText && character === '\\') index++;
    else if (character === '"') inText = !inText;
    else if (!inText && (character === '{' || character === '[')) depth++;
    else if (!inText && (character === '}' || character === ']')) depth--;
    if (depth > DEEPEST_NESTING) return nestingFault(text, index);
  }
  return null;
}

function nestingFault(text: string, offset: number): TextFault {
  const before = text.slice(0, offset).split('\n');
  const place = { offset, line: before.length, column: (before.at(-1) ?? '').length + 1 };
  const message = `The document is nested more than ${DEEPEST_NESTING} levels deep.`;
  return at('$', { code: 'too_deep', message, hint: 'Flatten it: fewer objects and lists inside each other.' }, place);
}

function textFaults(text: string): TextFault[] {
  const collector = new TextFaults();
  visit(text, collector.visitor(), { disallowComments: true });
  return collector.faults;
}

const MOST_FAULTS = 500;

class TextFaults {
  readonly faults: TextFault[] = [];
  private readonly names: Set<string>[] = [];
  private broken = false;

  visitor(): JSONVisitor {
    return {
      onObjectBegin: () => {
        this.names.push(new Set());
      },
      onObjectEnd: () => {
        this.names.pop();
      },
      onObjectProperty: (...[name, offset, , line, column, path]) =>
        this.name(name, path, placeOf(offset, line, column)),
      onLiteralValue: (...[value, offset, , line, column, path]) =>
        this.literal(value, path, placeOf(offset, line, column)),
      onError: (code, offset, _length, line, column) => {
        // After the first error the parser guesses: what it says next is seldom the author's mistake.
        if (!this.broken) this.faults.push(syntaxFault(printParseErrorCode(code), placeOf(offset, line, column)));
        this.broken = true;
      },
    };
  }

  private name(name: string, path: () => JSONPath, place: Place): void {
    const here = () => below(jsonPath(path()), name);
    const siblings = this.names.at(-1);
    if (siblings?.has(name) === true) this.add(here(), duplicate(name), place);
    siblings?.add(name);
    if (name === '__proto__') this.add(here(), PROTO, place);
    const found = textFault(name);
    if (found !== null) this.add(here(), found, place);
  }

  private literal(value: unknown, path: () => JSONPath, place: Place): void {
    let found: Problem | null = null;
    if (typeof value === 'string') found = textFault(value);
    if (typeof value === 'number') found = numberFault(value);
    if (found !== null) this.add(jsonPath(path()), found, place);
  }

  private add(path: string, problem: Problem, place: Place): void {
    if (!this.broken && this.faults.length < MOST_FAULTS) this.faults.push(at(path, problem, place));
  }
}

const PROTO: Problem = {
  code: 'unknown_field',
  message: 'The name __proto__ is not allowed.',
  hint: 'Use another name.',
};

function duplicate(name: string): Problem {
  const message = `The key "${name.slice(0, 64)}" occurs twice in one object.`;
  return { code: 'duplicate_key', message, hint: 'Keep one of the two.' };
}

function syntaxFault(reason: string, place: Place): TextFault {
  const words = /^[A-Z][A-Za-z]+$/.test(reason)
    ? reason.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : reason;
  const message = `The document is not valid JSON at line ${place.line}, column ${place.column}: ${words}.`;
  const hint = 'Check for a missing or superfluous comma, quotation mark or bracket just before this place.';
  return at('$', { code: 'invalid_json', message, hint }, place);
}

function placeOf(offset: number, line: number, column: number): Place {
  return { offset, line: line + 1, column: column + 1 };
}

function at(path: string, problem: Problem, place: Place): TextFault {
  return { path, ...problem, ...place };
}
