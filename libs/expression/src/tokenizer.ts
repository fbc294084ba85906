import { type JsonValue, parseJson } from '@orchid/kernel';
import { ExpressionError } from './expression.errors';

export type TokenKind = 'identifier' | 'quoted' | 'variable' | 'number' | 'literal' | 'punctuation';

export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The name of an identifier or variable, the value of a number or literal. */
  readonly value: JsonValue;
}

const SPACE = /[ \t\r\n]*/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const VARIABLE = /\$[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const QUOTED = /"(?:[^"\\]|\\[^])*"/y;
const RAW = /'(?:[^'\\]|\\[^])*'/y;
const LITERAL = /`(?:[^`\\]|\\[^])*`/y;
const PUNCTUATION = /\[\?|\[\]|\|\||&&|==|!=|<=|>=|\/\/|[.*[\]{}(),:|&<>!=+\-/%?@$−×÷]/y;
const ENDS_OPERAND = new Set([')', ']', '}', '[]', '@', '$']);

/** Splits an expression into tokens. Throws `expression_syntax` with the offset of what it cannot read. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(source, 0);
  while (at < source.length) {
    const token = readToken(source, at, tokens.at(-1));
    tokens.push(token);
    at = skipSpace(source, token.end);
  }
  return tokens;
}

function skipSpace(source: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(source);
  return SPACE.lastIndex;
}

function readToken(source: string, at: number, previous: Token | undefined): Token {
  const make = (kind: TokenKind, text: string, value: JsonValue): Token => ({
    kind,
    text,
    start: at,
    end: at + text.length,
    value,
  });
  const identifier = match(IDENTIFIER, source, at);
  if (identifier !== null) return make('identifier', identifier, identifier);
  const variable = match(VARIABLE, source, at);
  if (variable !== null) return make('variable', variable, variable.slice(1));
  if (source[at] !== '-' || !endsOperand(previous)) {
    const digits = match(NUMBER, source, at);
    if (digits !== null) return make('number', digits, numberValue(digits, at));
  }
  const quoted = readQuoted(source, at, make);
  if (quoted !== null) return quoted;
  const punctuation = match(PUNCTUATION, source, at);
  if (punctuation !== null) return make('punctuation', punctuation, null);
  throw new ExpressionError('expression_syntax', `unexpected character ${JSON.stringify(source[at])}`, { offset: at });
}

function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return token.kind !== 'punctuation' || ENDS_OPERAND.has(token.text);
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

function numberValue(digits: string, at: number): JsonValue {
  const value = parseNumber(digits);
  if (value === null) throw new ExpressionError('expression_syntax', 'number out of range', { offset: at });
  return value;
}

/** A JSON number; integers that a double cannot hold become `bigint`. Null when it is out of range. */
export function parseNumber(digits: string): number | bigint | null {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  if (/^-?\d+$/.test(digits)) return BigInt(digits);
  return Number.isFinite(value) ? value : null;
}

type MakeToken = (kind: TokenKind, text: string, value: JsonValue) => Token;

function readQuoted(source: string, at: number, make: MakeToken): Token | null {
  switch (source[at]) {
    case '"': {
      const text = closed(QUOTED, source, at);
      return make('quoted', text, asName(parseAt(text, at), at));
    }
    case "'": {
      const text = closed(RAW, source, at);
      return make('literal', text, text.slice(1, -1).replace(/\\([\\'])/g, '$1'));
    }
    case '`': {
      const text = closed(LITERAL, source, at);
      const value = parseAt(text.slice(1, -1).replace(/\\`/g, '`').trim(), at);
      return make('literal', text, value);
    }
    default:
      return null;
  }
}

function closed(pattern: RegExp, source: string, at: number): string {
  const text = match(pattern, source, at);
  if (text !== null) return text;
  throw new ExpressionError('expression_syntax', `the quote ${source[at] ?? ''} is never closed`, { offset: at });
}

function asName(value: JsonValue, at: number): string {
  if (typeof value === 'string') return value;
  throw new ExpressionError('expression_syntax', 'expected a name', { offset: at });
}

function parseAt(json: string, at: number): JsonValue {
  const value = tryParse(json);
  if (value === undefined) throw new ExpressionError('expression_syntax', 'not valid JSON', { offset: at });
  return value;
}

function tryParse(json: string): JsonValue | undefined {
  try {
    return parseJson(json);
  } catch {
    return undefined;
  }
}

/** Whether a text can be written as an unquoted name. */
export function isBareName(text: string): boolean {
  return match(IDENTIFIER, text, 0) === text;
}
