/** Deepest nesting a decoded body may have: everything behind the decoder may then recurse without fear. */
export const DEEPEST_NESTING = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** `[` and `{`, `]` and `}` differ by this bit. */
const CASE_BIT = 0x20;

/** Whether JSON text nests deeper than {@link DEEPEST_NESTING}; one pass, and a cheaper one for ordinary bodies. */
export function nestsTooDeep(text: string): boolean {
  return hasManyOpeners(text) && deepest(text) > DEEPEST_NESTING;
}

function hasManyOpeners(text: string): boolean {
  const length = text.length;
  if (length <= DEEPEST_NESTING) return false;
  let openers = 0;
  for (let at = 0; at < length; at += 1) if ((text.charCodeAt(at) | CASE_BIT) === OPEN) openers += 1;
  return openers > DEEPEST_NESTING;
}

function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if ((code | CASE_BIT) === OPEN) most = Math.max(most, (depth += 1));
    else if ((code | CASE_BIT) === CLOSE) depth -= 1;
  }
  return most;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}
