import { ExpressionError } from '../expression.errors';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const LONG_MONTHS = 'january|february|march|april|may|june|july|august|september|october|november|december';
const DAYS = 'mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?';

/** The parts of a time, as far as a text told them. */
interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millis: number;
  /** Day of the year, in place of month and day. */
  yearDay: number | null;
  afternoon: boolean | null;
  offsetMinutes: number;
  epochMillis: number | null;
}

interface Directive {
  /** What it matches, anchored where it stands. */
  readonly pattern: RegExp;
  readonly take: (parts: Parts, text: string) => void;
}

const digits = (most: number, take: (parts: Parts, value: number) => void): Directive => ({
  pattern: new RegExp(`[ ]?\\d{1,${most}}`, 'y'),
  take: (parts, text) => take(parts, Number(text)),
});
const month: Directive = {
  pattern: new RegExp(`${LONG_MONTHS}|${MONTHS.join('|')}`, 'iy'),
  take: (parts, text) => (parts.month = MONTHS.indexOf(text.slice(0, 3).toLowerCase()) + 1),
};
const weekday: Directive = { pattern: new RegExp(DAYS, 'iy'), take: () => undefined };
const hour = digits(2, (parts, value) => (parts.hour = value));
const day = digits(2, (parts, value) => (parts.day = value));
const half: Directive = {
  pattern: /[ap]\.?m\.?/iy,
  take: (parts, text) => (parts.afternoon = text.charAt(0).toLowerCase() === 'p'),
};

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  Y: { pattern: /[+-]?\d{4}/y, take: (parts, text) => (parts.year = Number(text)) },
  y: digits(2, (parts, value) => (parts.year = value + (value < 69 ? 2000 : 1900))),
  m: digits(2, (parts, value) => (parts.month = value)),
  b: month,
  B: month,
  h: month,
  d: day,
  e: day,
  j: digits(3, (parts, value) => (parts.yearDay = value)),
  H: hour,
  k: hour,
  I: hour,
  l: hour,
  M: digits(2, (parts, value) => (parts.minute = value)),
  S: digits(2, (parts, value) => (parts.second = value)),
  L: digits(3, (parts, value) => (parts.millis = value)),
  f: { pattern: /\d{1,9}/y, take: (parts, text) => (parts.millis = Math.floor(Number(`0.${text}`) * 1000)) },
  p: half,
  P: half,
  a: weekday,
  A: weekday,
  s: { pattern: /-?\d{1,11}/y, take: (parts, text) => (parts.epochMillis = Number(text) * 1000) },
  Q: { pattern: /-?\d{1,14}/y, take: (parts, text) => (parts.epochMillis = Number(text)) },
  z: { pattern: /Z|[+-]\d{2}:?\d{2}/iy, take: (parts, text) => (parts.offsetMinutes = offset(text)) },
  Z: { pattern: /Z|UTC|GMT/iy, take: () => undefined },
};
const COMPOSED: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  n: ' ',
  t: ' ',
};

function offset(text: string): number {
  if (text.toUpperCase() === 'Z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return text.startsWith('-') ? -minutes : minutes;
}

/** Milliseconds since the epoch of a text read by a strftime pattern; `%f` takes a fraction of up to nine digits. */
export function parseTime(text: string, pattern: string): number {
  const parts: Parts = {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    millis: 0,
    yearDay: null,
    afternoon: null,
    offsetMinutes: 0,
    epochMillis: null,
  };
  const end = readPattern(text.trim(), expand(pattern), parts);
  if (end !== text.trim().length) throw mismatch();
  return toMillis(parts);
}

function expand(pattern: string): string {
  return pattern.replace(/%([%A-Za-z])/g, (whole, letter: string) => COMPOSED[letter] ?? whole);
}

function readPattern(text: string, pattern: string, parts: Parts): number {
  let at = 0;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === '%') {
      index += /[-_0]/.test(pattern.charAt(index + 1)) ? 2 : 1;
      at = readDirective(text, at, pattern.charAt(index), parts);
    } else at = readLiteral(text, at, character);
  }
  return at;
}

function readLiteral(text: string, at: number, character: string): number {
  if (text.charAt(at) !== character) throw mismatch();
  return at + 1;
}

function readDirective(text: string, at: number, letter: string, parts: Parts): number {
  if (letter === '%') return readLiteral(text, at, '%');
  const directive = Object.hasOwn(DIRECTIVES, letter) ? DIRECTIVES[letter] : undefined;
  if (directive === undefined) {
    throw new ExpressionError('expression_error', `parse_time() does not know the directive %${letter}`);
  }
  directive.pattern.lastIndex = at;
  const found = directive.pattern.exec(text)?.[0];
  if (found === undefined) throw mismatch();
  directive.take(parts, found);
  return at + found.length;
}

function toMillis(parts: Parts): number {
  if (parts.epochMillis !== null) return parts.epochMillis;
  const hours = hourOfDay(parts);
  const date = new Date(0);
  if (parts.yearDay === null) date.setUTCFullYear(parts.year, parts.month - 1, parts.day);
  else date.setUTCFullYear(parts.year, 0, parts.yearDay);
  const sameDay = parts.yearDay !== null || (date.getUTCMonth() === parts.month - 1 && date.getUTCDate() === parts.day);
  if (!sameDay || hours > 24 || parts.minute > 59 || parts.second > 60) throw mismatch();
  date.setUTCHours(hours, parts.minute - parts.offsetMinutes, parts.second, parts.millis);
  return date.getTime();
}

function hourOfDay({ hour: hours, afternoon }: Parts): number {
  if (afternoon === null) return hours;
  return (hours % 12) + (afternoon ? 12 : 0);
}

function mismatch(): ExpressionError {
  return new ExpressionError('expression_error', 'parse_time() was given a text that its pattern does not fit');
}
