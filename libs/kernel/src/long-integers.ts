const QUOTE = 34;
const BACKSLASH = 92;
const MINUS = 45;
const SHORTEST_UNSAFE = 16;

/** Where an integer beyond 2^53 stands in a JSON text. */
export interface LongInteger {
  readonly start: number;
  readonly end: number;
}

/** The integers in valid JSON `text` that a double cannot hold, in order; digits within strings are none. */
export function findLongIntegers(text: string): LongInteger[] {
  const found: LongInteger[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === MINUS || isDigit(code)) {
      const start = at;
      at = endOfNumber(text, at);
      if (at - start >= SHORTEST_UNSAFE && isUnsafe(text.slice(start, at))) found.push({ start, end: at });
    } else {
      at += 1;
    }
  }
  return found;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && isPartOfNumber(text.charCodeAt(at))) at += 1;
  return at;
}

function isUnsafe(token: string): boolean {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Digits, sign, point and exponent: enough, for the text is known to be valid. */
function isPartOfNumber(code: number): boolean {
  return isDigit(code) || code === 43 || code === MINUS || code === 46 || code === 69 || code === 101;
}
