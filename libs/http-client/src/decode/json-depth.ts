/** Deepest nesting a decoded body may have: everything behind the decoder may then recurse without fear. */
export const DEEPEST_NESTING = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** `[` and `{`, `]` and `}` differ by this bit. */
const CASE_BIT = 0x20;

/** Whether JSON text nests deeper than {@link DEEPEST_NESTING}. Linear; ordinary bodies only have their brackets counted. */
export function nestsTooDeep(text: string): boolean {
  if (text.length <= DEEPEST_NESTING) return false;
  const objects = countUpTo(text, '{', DEEPEST_NESTING + 1);
  const openers = objects + countUpTo(text, '[', DEEPEST_NESTING + 1);
  return openers > DEEPEST_NESTING && deepest(text) > DEEPEST_NESTING;
}

function countUpTo(text: string, character: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && count < most; at = text.indexOf(character, at + 1)) count += 1;
  return count;
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
  let at = text.indexOf('"', start + 1);
  while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
