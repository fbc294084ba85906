import { ExpressionError } from '../expression.errors';

/** A part of a template's text. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'island'; readonly source: string; readonly start: number }
  /** `{name}` where the name is no root; only where placeholders are asked for. */
  | { readonly kind: 'placeholder'; readonly name: string };

export interface IslandOptions {
  readonly roots: readonly string[];
  /** Recognise `{name}` as a placeholder. */
  readonly placeholders: boolean;
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTES = new Set(['"', "'", '`']);

/** Splits a template into literal text and islands. Throws `expression_syntax` for an island that is never closed. */
export function readIslands(source: string, options: IslandOptions): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < source.length;) {
    const { part, end } = readPart(source, at, options);
    const last = parts.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') {
      parts[parts.length - 1] = { kind: 'text', text: last.text + part.text };
    } else parts.push(part);
    at = end;
  }
  return parts;
}

function readPart(source: string, at: number, options: IslandOptions): Found {
  const found = source.charAt(at) === '{' ? readIsland(source, at, options) : null;
  if (found !== null) return found;
  if (source.startsWith('\\{', at)) return { part: { kind: 'text', text: '{' }, end: at + 2 };
  const end = nextSpecial(source, at);
  return { part: { kind: 'text', text: source.slice(at, end) }, end };
}

function nextSpecial(source: string, at: number): number {
  let next = at + 1;
  while (next < source.length && source.charAt(next) !== '{' && source.charAt(next) !== '\\') next += 1;
  return next;
}

interface Found {
  readonly part: Part;
  readonly end: number;
}

function readIsland(source: string, at: number, { roots, placeholders }: IslandOptions): Found | null {
  if (source.startsWith('{{', at)) return island(source, at, 2);
  NAME.lastIndex = at + 1;
  const name = NAME.exec(source)?.[0];
  if (name === undefined) return null;
  const after = source.charAt(at + 1 + name.length);
  if (roots.includes(name)) return after === '.' || after === '[' || after === '}' ? island(source, at, 1) : null;
  if (!placeholders || after !== '}') return null;
  return { part: { kind: 'placeholder', name }, end: at + name.length + 2 };
}

/** Reads up to the brace that closes the island, past quotes and past braces inside the expression. */
function island(source: string, at: number, braces: 1 | 2): Found {
  const start = at + braces;
  let depth = 0;
  for (let end = start; end < source.length; end += 1) {
    const character = source.charAt(end);
    if (QUOTES.has(character)) end = quoteEnd(source, end);
    else if (character === '{') depth += 1;
    else if (character === '}' && depth > 0) depth -= 1;
    else if (character === '}' && (braces === 1 || source.charAt(end + 1) === '}')) {
      return { part: { kind: 'island', source: source.slice(start, end), start }, end: end + braces };
    }
  }
  throw new ExpressionError('expression_syntax', 'this island is never closed', {
    offset: at,
    expression: source,
    hint: '\\{ is a literal brace',
  });
}

function quoteEnd(source: string, at: number): number {
  const quote = source.charAt(at);
  for (let end = at + 1; end < source.length; end += 1) {
    if (source.charAt(end) === '\\') end += 1;
    else if (source.charAt(end) === quote) return end;
  }
  return source.length;
}
