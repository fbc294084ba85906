import { ExpressionError } from './expression.errors';
import { addNegationParentheses } from './negation';
import { Nesting } from './nesting';
import { isPunctuation, newPiece, type Piece, type Role } from './piece';
import { type Token, tokenize } from './tokenizer';

const MAX_CHARACTERS = 4096;
const CONSTANTS = new Set(['true', 'false', 'null']);
const PREFIXES = new Set(['!', '&', '+', '-', '−']);
const HANDS_OVER = new Set(['|', '&', '[?']);
const AFTER_DOT = new Set(['*', '[', '{']);

/** Reads the author's text into pieces: the first half of the dialect, before the grammar sees it. */
export function readDialect(source: string): Piece[] {
  if (source.length > MAX_CHARACTERS) {
    throw new ExpressionError('expression_too_costly', `longer than ${MAX_CHARACTERS} characters`);
  }
  return addNegationParentheses(new DialectPass(source, tokenize(source)).run());
}

/** Knows at each token whether an operand or an operator belongs there, which is what gives a token its role. */
class DialectPass {
  private readonly pieces: Piece[] = [];
  private readonly nesting = new Nesting();
  private expectOperand = true;
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
    const { opener } = this.nesting;
    if (opener !== null) throw this.fault(opener, `\`${opener.text}\` is never closed`);
    if (this.expectOperand) throw this.fault(null, this.source.trim() === '' ? 'empty expression' : 'unexpected end');
    return this.pieces;
  }

  private read(token: Token): void {
    if (this.isAfterDot()) this.readMember(token);
    else if (token.kind === 'identifier') this.readIdentifier(token);
    else if (token.kind === 'quoted') this.readName(token);
    else if (token.kind === 'punctuation') this.readPunctuation(token);
    else this.readOperand(token, token.kind === 'variable' ? 'variable' : 'literal');
  }

  private readMember(token: Token): void {
    const named = token.kind === 'identifier' || token.kind === 'quoted';
    if (named && isPunctuation(this.next(), '(')) this.readFunctionName(token);
    else if (named) this.push(token, 'field', false);
    else if (!AFTER_DOT.has(token.text)) throw this.unexpected(token, 'a name belongs after a dot');
    else if (token.text === '*') this.push(token, 'operator', false);
    else this.open(token, true);
  }

  private readFunctionName(token: Token): void {
    if (token.kind === 'quoted') throw this.unexpected(token, 'a function name is not quoted');
    this.push(token, 'function', false);
  }

  private readIdentifier(token: Token): void {
    if (!this.expectOperand) {
      if (token.text !== 'in') throw this.unexpected(token);
      this.push(token, 'keyword', true);
    } else if (this.isKey()) this.push(token, 'key', false);
    else if (isPunctuation(this.next(), '(')) this.push(token, 'function', false);
    else if (CONSTANTS.has(token.text)) this.push(token, 'literal', false);
    else if (token.text === 'let' && this.next()?.kind === 'variable') {
      this.nesting.nest(token);
      this.push(token, 'keyword', true);
    } else this.readName(token);
  }

  private readName(token: Token): void {
    if (this.isKey()) {
      this.push(token, 'key', false);
      return;
    }
    if (!this.expectOperand) throw this.unexpected(token);
    if (isPunctuation(this.next(), '(')) throw this.unexpected(token, 'a function name is not quoted');
    this.push(token, 'field', false).startsPath = true;
  }

  private isKey(): boolean {
    const before = this.tokens[this.at - 1];
    const begins = before === this.nesting.opener || isPunctuation(before, ',');
    return this.nesting.opener?.text === '{' && begins && isPunctuation(this.next(), ':');
  }

  private readOperand(token: Token, role: Role): void {
    if (!this.expectOperand) throw this.unexpected(token);
    this.push(token, role, false);
  }

  private readPunctuation(token: Token): void {
    switch (token.text) {
      case '@':
      case '$':
        this.readOperand(token, 'operator');
        break;
      case '[]':
        this.push(token, this.isEmptyList() ? 'literal' : 'operator', false);
        break;
      case '(':
      case '{':
        this.readOpener(token);
        break;
      case '[':
        this.readBracket(token);
        break;
      case '[?':
        this.open(token, true);
        break;
      case ')':
      case ']':
      case '}':
        this.close(token);
        break;
      default:
        if (this.expectOperand) this.readPrefix(token);
        else this.readInfix(token);
    }
  }

  /** `[]` where an operand belongs is the empty list, unless a pipe, reference or filter hands it a list to flatten. */
  private isEmptyList(): boolean {
    const before = this.tokens[this.at - 1];
    return this.expectOperand && !(before?.kind === 'punctuation' && HANDS_OVER.has(before.text));
  }

  private readOpener(token: Token): void {
    const isCall = token.text === '(' && this.pieces.at(-1)?.role === 'function';
    if (!this.expectOperand && !isCall) throw this.unexpected(token);
    const next = this.next();
    if (token.text === '{' && next !== undefined && isPunctuation(next, '}')) {
      this.push({ ...token, text: '{}', end: next.end }, 'literal', false);
      this.at += 1;
    } else this.open(token, false);
  }

  private readBracket(token: Token): void {
    const end = this.indexGroupEnd();
    const isStar = isPunctuation(this.next(), '*') && isPunctuation(this.tokens[this.at + 2], ']');
    if (end !== null && !this.isList(end)) this.readIndex(end);
    else if (isStar) this.takeAs('operator', 3);
    else if (this.expectOperand) this.open(token, false);
    else this.readSubscript(token);
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
    return lone && this.expectOperand && !this.nesting.inElement;
  }

  private readIndex(end: number): void {
    for (const token of this.tokens.slice(this.at + 1, end)) {
      if (token.kind === 'number' && !Number.isSafeInteger(token.value)) throw this.unexpected(token);
    }
    this.takeAs('index', end - this.at + 1);
  }

  private readSubscript(token: Token): void {
    const name = this.next();
    const isText = name?.kind === 'quoted' || (name?.kind === 'literal' && typeof name.value === 'string');
    if (name === undefined || !isText || !isPunctuation(this.tokens[this.at + 2], ']')) {
      throw this.unexpected(name ?? token, "expected an index, a slice, `*` or a 'name'");
    }
    this.push(token, 'dot', false);
    this.push(name, 'field', false);
    this.takeAs('dropped', 1);
  }

  private takeAs(role: Role, count: number): void {
    for (const token of this.tokens.slice(this.at, this.at + count)) this.push(token, role, false);
  }

  private readPrefix(token: Token): void {
    if (token.text === '*') {
      this.push(token, 'operator', false);
      return;
    }
    if (!PREFIXES.has(token.text)) throw this.unexpected(token);
    const prefixes = this.prefixes + 1;
    this.nesting.checkPrefixes(token, prefixes);
    if (token.text === '&') this.nesting.enterElement();
    this.push(token, 'operator', true);
    this.prefixes = prefixes;
  }

  private readInfix(token: Token): void {
    switch (token.text) {
      case '!':
      case '&':
        throw this.unexpected(token);
      case '=':
        this.checkAssignment(token);
        break;
      case '?':
        this.nesting.nest(token);
        break;
      case '|':
        this.nesting.enterElement();
        break;
      case ',':
        this.nesting.startArgument();
        break;
    }
    this.push(token, 'operator', true);
  }

  private checkAssignment(token: Token): void {
    const before = this.tokens[this.at - 2];
    const binds = this.pieces.at(-1)?.role === 'variable' && (before?.text === 'let' || isPunctuation(before, ','));
    if (!binds) throw this.unexpected(token, 'write `==` to compare');
  }

  private open(token: Token, element: boolean): void {
    this.nesting.open(token, { element, call: this.pieces.at(-1)?.role === 'function' });
    this.push(token, 'operator', true);
  }

  private close(token: Token): void {
    if (!this.nesting.closes(token)) throw this.unexpected(token);
    const isEmptyCall = this.nesting.inCall && this.tokens[this.at - 1] === this.nesting.opener;
    if (this.expectOperand && !isEmptyCall) throw this.unexpected(token);
    this.nesting.close();
    this.push(token, 'operator', false);
  }

  private push(token: Token, role: Role, expectOperand: boolean): Piece {
    const piece = newPiece(token, role);
    this.pieces.push(piece);
    this.expectOperand = expectOperand;
    this.prefixes = 0;
    this.at += 1;
    return piece;
  }

  private isAfterDot(): boolean {
    const before = this.pieces.at(-1);
    return before?.role === 'operator' && before.token.text === '.';
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
