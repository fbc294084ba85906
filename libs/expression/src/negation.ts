import { isPunctuation, type Piece } from './piece';

const OPENERS = new Set(['(', '[', '[?', '{']);
const CLOSERS = new Set([')', ']', '}']);
const PREFIXES = new Set(['!', '+', '-', '−']);

/** Gives `!` the precedence people expect: `!a.b` becomes `!(a.b)`. */
export function addNegationParentheses(pieces: Piece[]): Piece[] {
  const closing = matchBrackets(pieces);
  for (const [index, piece] of pieces.entries()) {
    if (piece.role !== 'operator' || !isPunctuation(piece.token, '!')) continue;
    const end = operandEnd(pieces, closing, index + 1);
    const last = pieces[end];
    // One name or one group behind `!` needs no parentheses.
    if (last === undefined || end === (closing.get(index + 1) ?? index + 1)) continue;
    piece.suffix = `(${piece.suffix}`;
    last.suffix += ')';
  }
  return pieces;
}

function matchBrackets(pieces: readonly Piece[]): Map<number, number> {
  const open: number[] = [];
  const closing = new Map<number, number>();
  for (const [index, { token }] of pieces.entries()) {
    if (token.kind !== 'punctuation') continue;
    if (OPENERS.has(token.text)) open.push(index);
    if (CLOSERS.has(token.text)) closing.set(open.pop() ?? index, index);
  }
  return closing;
}

/** The last piece of the operand that begins at `start`: its name or group and every member, index and call behind it. */
function operandEnd(pieces: readonly Piece[], closing: ReadonlyMap<number, number>, start: number): number {
  let first = start;
  while (pieces[first]?.role === 'operator' && PREFIXES.has(pieces[first]?.token.text ?? '')) first += 1;
  let end = atomEnd(pieces, closing, first);
  for (let next = pieces[end + 1]; next !== undefined; next = pieces[end + 1]) {
    if (isBracket(next)) end = closing.get(end + 1) ?? end + 1;
    else if (isPunctuation(next.token, '.')) end = atomEnd(pieces, closing, end + 2);
    else break;
  }
  return end;
}

function isBracket(piece: Piece): boolean {
  const { kind, text } = piece.token;
  return kind === 'punctuation' && (text === '[' || text === '[?' || text === '[]');
}

function atomEnd(pieces: readonly Piece[], closing: ReadonlyMap<number, number>, at: number): number {
  return closing.get(pieces[at]?.role === 'function' ? at + 1 : at) ?? at;
}
