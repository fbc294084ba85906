import { BLANK, decodeLines } from '../decode/decode-json';
import { invalidBody, type DecodedBody } from '../decode/decoded-body';
import { nestsTooDeep } from '../decode/json-depth';

import { pageTooLarge, type RowFormat } from './row-format';

const RECORD_SEPARATOR = '\u001e';

/** JSON values one a line. */
export const ndjsonRows: RowFormat<string> = { split: lines, sizeOf: (line) => Buffer.byteLength(line) + 1, decode };

async function* lines(texts: AsyncIterable<string>, maxBytes: number): AsyncGenerator<readonly string[]> {
  let begun: string[] = [];
  let begunLength = 0;
  for await (const text of texts) {
    const [head = '', ...rest] = text.split('\n');
    begun.push(head);
    begunLength += head.length;
    if (begunLength > maxBytes) throw pageTooLarge(maxBytes);
    const tail = rest.pop();
    if (tail === undefined) continue;
    yield [begun.join(''), ...rest].map(cleaned).filter((line) => !BLANK.test(line));
    begun = [tail];
    begunLength = tail.length;
  }
  const last = cleaned(begun.join(''));
  if (!BLANK.test(last)) yield [last];
}

/** Without RFC 7464's separators. */
function cleaned(line: string): string {
  return line.includes(RECORD_SEPARATOR) ? line.replaceAll(RECORD_SEPARATOR, '') : line;
}

function decode(rows: readonly string[], first: number): DecodedBody {
  const deep = rows.find(nestsTooDeep);
  return deep === undefined ? decodeLines(rows, null, first) : invalidBody('The JSON nests too deep.', deep);
}
