import { ExpressionError } from './expression.errors';
import { isPunctuation, newPiece, type Piece, type Role } from './piece';
import { addNegationParentheses } from './negation';
import { type Token, tokenize } from './tokenizer';

const MAX_CHARACTERS = 4096;
const MAX_DEPTH = 64;
const CONSTANTS = new Set(['true', 'false', 'null']);
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '[?': ']', '{': '}' };
const PREFIXES = new Set(['!', '&', '+', '-', '−']);
const HANDS_OVER = new Set(['|', '&', '[?']);
const AFTER_DOT = new Set(['*', '[', '{']);

interface Group {
  /** Null for the expression itself. */
  readonly opener: Token | null;
  readonly call: boolean;
  /** The current value in here is not the scope, so a lone `[0]` is an index and not a list. */
  readonly element: boolean;
  elementNow: boolean;
  /** Ternaries and lets begun in here: they nest to the right without a bracket. */
  nested: number;
}

/** Reads the author's text into pieces: the first half of the dialect, before the grammar sees it. */
export function readDialect(source: string): Piece[] {
  if (source.length > MAX_CHARACTERS) {
    throw new ExpressionError('expression_too_costly', `longer than ${MAX_CHARACTERS} characters`);
  }
  const pass = new DialectPass(source, tokenize(source));
  return addNegationParentheses(pass.run());
}

class DialectPass {
  private readonly pieces: Piece[] = [];
  private readonly outer: Group[] = [];
  private group: Group = { opener: null, call: false, element: false, elementNow: false, nested: 0 };
  private expectOperand = true;
  private depth = 0;
  private prefixes = 0;
  private at = 0;

  constructor(
    private readonly source: string,
    private readonly tokens: readonly Token[],
  ) {}

  run(): Piece[] {
    for (let token = this.tokens[this.at]; token !== undefined; token = this.tokens[this.at]) {
      this.read(token);
    }
    const { opener } = this.group;
    if (opener !== null) throw this.fault(opener, `\`${opener.text}\` is never closed`);
    if (this.expectOperand) throw this.fault(null, this.source.trim() === '' ? 'empty expression' : 'unexpected end');
    return this.pieces;
  }

  private read(token: Token): void {
    if (this.afterDot()) return this.readMember(token);
    switch (token.kind) {
      case 'identifier':
        return this.readIdentifier(token);
      case 'quoted':
        return this.readName(token);
      case 'variable':
        return this.readOperand(token, 'variable');
      case 'number':
      case 'literal':
        return this.readOperand(token, 'literal');
      case 'punctuation':
        return this.readPunctuation(token);
    }
  }

  private readMember(token: Token): void {
    if (token.kind === 'identifier' || token.kind === 'quoted') {
      return void this.push(token, isPunctuation(this.next(), '(') ? this.functionRole(token) : 'field', false);
    }
    if (!AFTER_DOT.has(token.text)) throw this.unexpected(token, 'a name belongs after a dot');
    if (token.text === '*') return void this.push(token, 'operator', false);
    this.open(token, true);
  }

  private functionRole(token: Token): Role {
    if (token.kind === 'quoted') throw this.unexpected(token, 'a function name is not quoted');
    return 'function';
  }

  private readIdentifier(token: Token): void {
    if (!this.expectOperand) {
      if (token.text !== 'in') throw this.unexpected(token);
      return void this.push(token, 'keyword', true);
    }
    if (this.isKey()) return this.readName(token);
    if (isPunctuation(this.next(), '(')) return void this.push(token, 'function', false);
    if (CONSTANTS.has(token.text)) return void this.push(token, 'literal', false);
    if (token.text === 'let' && this.next()?.kind === 'variable') {
      this.nest();
      return void this.push(token, 'keyword', true);
    }
    this.readName(token);
  }

  private readName(token: Token): void {
    if (this.isKey()) return void this.push(token, 'key', false);
    if (!this.expectOperand) throw this.unexpected(token);
    if (isPunctuation(this.next(), '(')) throw this.unexpected(token, 'a function name is not quoted');
    this.push(token, 'field', false).startsPath = true;
  }

  private isKey(): boolean {
    const previous = this.tokens[this.at - 1];
    const inHash = this.group.opener?.text === '{';
    return inHash && (isPunctuation(previous, '{') || isPunctuation(previous, ',')) && isPunctuation(this.next(), ':');
  }

  private readOperand(token: Token, role: Role): void {
    if (!this.expectOperand) throw this.unexpected(token);
    this.push(token, role, false);
  }

  private readPunctuation(token: Token): void {
    switch (token.text) {
      case '@':
      case '$':
        return this.readOperand(token, 'operator');
      case '[]':
        return void this.push(token, this.isEmptyList() ? 'literal' : 'operator', false);
      case '(':
      case '{':
        if (!this.expectOperand && this.pieces.at(-1)?.role !== 'function') throw this.unexpected(token);
        if (this.isEmptyObject(token)) return this.readEmptyObject(token);
        return this.open(token, false);
      case '[':
        return this.readBracket(token);
      case '[?':
        return this.open(token, true);
      case ')':
      case ']':
      case '}':
        return this.close(token);
      default:
        return this.readOperator(token);
    }
  }

  /** `[]` where an operand belongs is the empty list, unless a pipe, reference or filter hands it a list to flatten. */
  private isEmptyList(): boolean {
    const before = this.tokens[this.at - 1];
    return this.expectOperand && !(before?.kind === 'punctuation' && HANDS_OVER.has(before.text));
  }

  private isEmptyObject(token: Token): boolean {
    return token.text === '{' && isPunctuation(this.next(), '}');
  }

  private readEmptyObject(token: Token): void {
    const end = this.next()?.end ?? token.end;
    this.push({ ...token, text: '{}', end }, 'literal', false);
    this.at += 1;
  }

  private readBracket(token: Token): void {
    const last = this.indexGroupEnd();
    if (last !== null && !this.isList(last)) return this.readIndex(last);
    if (isPunctuation(this.next(), '*') && isPunctuation(this.tokens[this.at + 2], ']')) {
      return this.takeAs('operator', 3);
    }
    if (this.expectOperand) return this.open(token, false);
    this.readSubscript(token);
  }

  /** The closing bracket of a group that holds nothing but numbers and colons. */
  private indexGroupEnd(): number | null {
    let end = this.at + 1;
    while (this.tokens[end]?.kind === 'number' || isPunctuation(this.tokens[end], ':')) end += 1;
    return end > this.at + 1 && isPunctuation(this.tokens[end], ']') ? end : null;
  }

  /** `[401]` where an operand belongs and the current value is the scope, which has no elements. */
  private isList(end: number): boolean {
    const lone = end === this.at + 2 && this.next()?.kind === 'number';
    return lone && this.expectOperand && !this.group.elementNow;
  }

  private readIndex(end: number): void {
    for (let at = this.at + 1; at < end; at += 1) {
      const token = this.tokens[at];
      if (token?.kind === 'number' && !Number.isSafeInteger(token.value)) throw this.unexpected(token);
    }
    this.takeAs('index', end - this.at + 1);
  }

  private readSubscript(token: Token): void {
    const name = this.next();
    const closed = isPunctuation(this.tokens[this.at + 2], ']');
    if (name === undefined || !closed || typeof name.value !== 'string' || !isText(name)) {
      throw this.unexpected(name ?? token, "expected an index, a slice, `*` or a 'name'");
    }
    this.push(token, 'dot', false);
    this.push(name, 'field', false);
    this.takeAs('dropped', 1);
  }

  private takeAs(role: Role, count: number): void {
    for (const token of this.tokens.slice(this.at, this.at + count)) this.push(token, role, false);
  }

  private readOperator(token: Token): void {
    const { text } = token;
    if (this.expectOperand) {
      if (text === '*') return void this.push(token, 'operator', false);
      if (!PREFIXES.has(text)) throw this.unexpected(token);
      this.prefixes += 1;
      if (this.prefixes + this.depth > MAX_DEPTH) throw this.tooDeep();
      if (text === '&') this.group.elementNow = true;
      return void this.push(token, 'operator', true, this.prefixes);
    }
    if (text === '!' || text === '&') throw this.unexpected(token);
    if (text === '=') this.checkAssignment(token);
    if (text === '?') this.nest();
    if (text === '|') this.group.elementNow = true;
    if (text === ',') this.startArgument();
    this.push(token, 'operator', true);
  }

  private checkAssignment(token: Token): void {
    const before = this.tokens[this.at - 2];
    const binds = this.pieces.at(-1)?.role === 'variable' && (before?.text === 'let' || isPunctuation(before, ','));
    if (!binds) throw this.unexpected(token, 'write `==` to compare');
  }

  private startArgument(): void {
    this.group.elementNow = this.group.element;
    this.depth -= this.group.nested;
    this.group.nested = 0;
  }

  private open(token: Token, element: boolean): void {
    this.deepen();
    const inherited = element || this.group.elementNow;
    const call = this.pieces.at(-1)?.role === 'function';
    this.outer.push(this.group);
    this.group = { opener: token, call, element: inherited, elementNow: inherited, nested: 0 };
    this.push(token, 'operator', true);
  }

  private close(token: Token): void {
    const { opener, call, nested } = this.group;
    if (opener === null || CLOSERS[opener.text] !== token.text) throw this.unexpected(token);
    const empty = this.tokens[this.at - 1] === opener;
    if (this.expectOperand && !(empty && call)) throw this.unexpected(token);
    this.depth -= 1 + nested;
    this.group = this.outer.pop() ?? this.group;
    this.push(token, 'operator', false);
  }

  private nest(): void {
    this.group.nested += 1;
    this.deepen();
  }

  private deepen(): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw this.tooDeep();
  }

  private tooDeep(): ExpressionError {
    const offset = this.tokens[this.at]?.start ?? 0;
    return new ExpressionError('expression_too_costly', `nested deeper than ${MAX_DEPTH} levels`, { offset });
  }

  private push(token: Token, role: Role, expectOperand: boolean, prefixes = 0): Piece {
    const piece = newPiece(token, role);
    this.pieces.push(piece);
    this.expectOperand = expectOperand;
    this.prefixes = prefixes;
    this.at += 1;
    return piece;
  }

  private afterDot(): boolean {
    const previous = this.pieces.at(-1);
    return previous?.role === 'operator' && previous.token.text === '.';
  }

  private next(): Token | undefined {
    return this.tokens[this.at + 1];
  }

  private unexpected(token: Token, hint?: string): ExpressionError {
    return this.fault(token, `unexpected \`${token.text}\``, hint);
  }

  private fault(token: Token | null, message: string, hint?: string): ExpressionError {
    const offset = token?.start ?? this.source.length;
    return new ExpressionError('expression_syntax', message, { offset, ...(hint === undefined ? {} : { hint }) });
  }
}

function isText(token: Token): boolean {
  return token.kind === 'quoted' || token.kind === 'literal';
}
