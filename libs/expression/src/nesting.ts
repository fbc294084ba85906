import { ExpressionError } from './expression.errors';
import type { Token } from './tokenizer';

const MAX_DEPTH = 64;
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '[?': ']', '{': '}' };

interface Group {
  /** Null for the expression itself. */
  readonly opener: Token | null;
  readonly call: boolean;
  readonly element: boolean;
  elementNow: boolean;
  /** Ternaries and lets begun in here: they nest to the right without a bracket. */
  nested: number;
}

/** The brackets an expression is inside of while it is read, and how deep that is. */
export class Nesting {
  private readonly outer: Group[] = [];
  private group: Group = { opener: null, call: false, element: false, elementNow: false, nested: 0 };
  private depth = 0;

  /** The bracket that is open, if any. */
  get opener(): Token | null {
    return this.group.opener;
  }

  /** Arguments of a function are being read. */
  get inCall(): boolean {
    return this.group.call;
  }

  /** The current value here is not the scope, so a lone `[0]` is an index and not a list. */
  get inElement(): boolean {
    return this.group.elementNow;
  }

  open(opener: Token, facts: { readonly element: boolean; readonly call: boolean }): void {
    this.deepen(opener);
    const element = facts.element || this.group.elementNow;
    this.outer.push(this.group);
    this.group = { opener, call: facts.call, element, elementNow: element, nested: 0 };
  }

  closes(token: Token): boolean {
    const { opener } = this.group;
    return opener !== null && CLOSERS[opener.text] === token.text;
  }

  close(): void {
    this.depth -= 1 + this.group.nested;
    this.group = this.outer.pop() ?? this.group;
  }

  /** From here on the current value is something handed over: after a pipe or `&`. */
  enterElement(): void {
    this.group.elementNow = true;
  }

  /** A comma: what stood before it in this bracket has ended. */
  startArgument(): void {
    this.group.elementNow = this.group.element;
    this.depth -= this.group.nested;
    this.group.nested = 0;
  }

  /** A ternary or let: what follows is one level deeper, up to the end of this bracket. */
  nest(token: Token): void {
    this.deepen(token);
    this.group.nested += 1;
  }

  /** Refuses a run of prefixes such as `!!!` as it would as many brackets. */
  checkPrefixes(token: Token, count: number): void {
    if (this.depth + count > MAX_DEPTH) throw tooDeep(token);
  }

  private deepen(token: Token): void {
    this.checkPrefixes(token, 1);
    this.depth += 1;
  }
}

function tooDeep(token: Token): ExpressionError {
  const offset = token.start;
  return new ExpressionError('expression_too_costly', `nested deeper than ${MAX_DEPTH} levels`, { offset });
}
