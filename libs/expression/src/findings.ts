import type { ExpressionWarning, Reference } from './expression.types';
import { fieldName, isPunctuation, type Piece } from './piece';

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** What is worth knowing about an expression besides its value: the paths it reads, and hints for its author. */
export class Findings {
  private readonly found = new Map<string, Reference>();
  private readonly hints = new Map<string, ExpressionWarning>();

  constructor(
    private readonly pieces: readonly Piece[],
    private readonly roots: readonly string[],
  ) {}

  get references(): readonly Reference[] {
    return [...this.found.values()];
  }

  get warnings(): readonly ExpressionWarning[] {
    return [...this.hints.values()];
  }

  refer(root: string, field: string | null): void {
    this.found.set(JSON.stringify([root, field]), { root, field });
  }

  /** A path begins in a value that is not the scope. */
  pathStarts(piece: Piece): void {
    const name = fieldName(piece);
    if (this.roots.includes(name)) {
      this.hints.set(`root ${name}`, {
        code: 'root_in_projection',
        message: `\`${name}\` is looked up in the current element here, not in the scope`,
        hint: `write \`$.${name}\` for the root`,
      });
    } else if (piece.token.kind === 'quoted' && this.isCompared(piece)) {
      this.hints.set(`quoted ${name}`, {
        code: 'quoted_name',
        message: `${piece.token.text} is the member of that name, not text`,
        hint: "text stands in single quotes: 'x'",
      });
    }
  }

  private isCompared(piece: Piece): boolean {
    const at = this.pieces.indexOf(piece);
    const after = this.pieces[at + 1]?.token;
    const before = this.pieces[at - 1]?.token.text ?? '';
    return COMPARISONS.has(before) && !isPunctuation(after, '.');
  }
}
