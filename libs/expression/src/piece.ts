import type { Token } from './tokenizer';

/** What a token means in its place. */
export type Role =
  'operator' | 'field' | 'key' | 'function' | 'variable' | 'keyword' | 'literal' | 'index' | 'dropped' | 'dot';

/** A token with its meaning: one piece of the canonical text. */
export interface Piece {
  readonly token: Token;
  role: Role;
  /** The name begins a path: it is looked up in the current value and not in what stands before a dot. */
  startsPath: boolean;
  /** A header name, which canonical text spells in lower case. */
  header: boolean;
  /** Parentheses the dialect adds behind this piece. */
  suffix: string;
}

export const newPiece = (token: Token, role: Role): Piece => ({
  token,
  role,
  startsPath: false,
  header: false,
  suffix: '',
});

export function isPunctuation(token: Token | undefined, text: string): boolean {
  return token?.kind === 'punctuation' && token.text === text;
}

const BARE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The JMESPath text the author reads back. */
export function canonicalText(source: string, pieces: readonly Piece[]): string {
  let text = '';
  let end = 0;
  for (const piece of pieces) {
    text += source.slice(end, piece.token.start) + canonicalPiece(piece) + piece.suffix;
    end = piece.token.end;
  }
  return text.trim();
}

function canonicalPiece(piece: Piece): string {
  const { token } = piece;
  switch (piece.role) {
    case 'dropped':
      return '';
    case 'dot':
      return '.';
    case 'literal':
      return token.kind === 'literal' ? token.text : `\`${token.text}\``;
    case 'field':
      return canonicalField(piece);
    default:
      return token.text;
  }
}

function canonicalField(piece: Piece): string {
  const { token } = piece;
  const name = fieldName(piece);
  if (token.kind === 'identifier') return name;
  if (token.kind === 'quoted' && name === token.value) return token.text;
  return BARE.test(name) ? name : JSON.stringify(name);
}

/** The name a piece stands for. */
export function nameOf({ token }: Piece): string {
  return typeof token.value === 'string' ? token.value : '';
}

/** The member a field piece reads. */
export function fieldName(piece: Piece): string {
  return piece.header ? nameOf(piece).toLowerCase() : nameOf(piece);
}

/**
 * The text given to the grammar: every name and literal stands there as the index of its piece, so that the
 * syntax tree leads back to the author's text and no value depends on another lexer.
 */
export function grammarText(pieces: readonly Piece[]): string {
  return pieces.map((piece, index) => grammarPiece(piece, index) + piece.suffix).join(' ');
}

function grammarPiece(piece: Piece, index: number): string {
  switch (piece.role) {
    case 'dropped':
      return '';
    case 'dot':
      return '.';
    case 'literal':
      return `\`${index}\``;
    case 'field':
    case 'key':
      return `"${index}"`;
    case 'function':
      return `f${index}`;
    case 'variable':
      return `$v${index}`;
    default:
      return piece.token.text;
  }
}
