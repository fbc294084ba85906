import { createRequire } from 'node:module';
import type * as Jmespath from '@jmespath-community/jmespath' with { 'resolution-mode': 'import' };
import { ExpressionError } from './expression.errors';
import type { SyntaxNode } from './syntax-node';
import { grammarText, type Piece } from './piece';

// The package ships a CommonJS build but declares types for the other one only, so an import would not type-check.
const { compile } = createRequire(__filename)('@jmespath-community/jmespath') as typeof Jmespath;

/** Parses pieces with the JMESPath grammar. Throws `expression_syntax` with the author's offset. */
export function parsePieces(pieces: readonly Piece[]): SyntaxNode {
  try {
    return compile(grammarText(pieces)) as SyntaxNode;
  } catch (error) {
    const piece = pieces[firstUnexpected(pieces)];
    const message = piece === undefined ? 'unexpected end' : `unexpected \`${piece.token.text}\``;
    const offset = piece?.token.start ?? pieces.at(-1)?.token.end ?? 0;
    throw new ExpressionError('expression_syntax', message, { offset, cause: error });
  }
}

/** The grammar gives no positions: the longest prefix that only lacks its end stops right before the culprit. */
function firstUnexpected(pieces: readonly Piece[]): number {
  let good = 0;
  let bad = pieces.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (couldGoOn(pieces.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return bad - 1;
}

function couldGoOn(pieces: readonly Piece[]): boolean {
  try {
    compile(grammarText(pieces));
    return true;
  } catch (error) {
    return !(error instanceof Error) || /\bEOF\b/.test(error.message);
  }
}
