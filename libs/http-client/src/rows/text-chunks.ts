import { isUtf8 } from 'node:buffer';

import iconv from 'iconv-lite';

import { markedCharset, unknownCharset, UTF8_NAMES, type OnForeignBytes } from '../decode/charset';

import { peek } from './peek';
import { UnusableBody } from './unusable-body';

const MARK_BYTES = 4;
const UTF8_MARK_BYTES = 3;
/** Enough to tell whether a body that names no charset is UTF-8. */
const JUDGED_BYTES = 4096;

/** Text of a body as it arrives, by the rules of `decodeText`: byte order mark, then the declared charset, then UTF-8. */
export async function* textChunks(
  source: AsyncIterable<Buffer>,
  declared: string | undefined,
  onForeignBytes: OnForeignBytes,
): AsyncGenerator<string> {
  const isJudged = declared === undefined && onForeignBytes === 'windows-1252';
  const { head, chunks } = await peek(source, isJudged ? JUDGED_BYTES : MARK_BYTES);
  const name = markedCharset(head) ?? declared?.toLowerCase();
  if (name !== undefined && !UTF8_NAMES.has(name)) yield* foreignText(chunks, name);
  else if (name === undefined && isJudged && !isUtf8(withoutCutCharacter(head))) {
    yield* foreignText(chunks, 'windows-1252');
  } else yield* utf8Text(chunks, markedCharset(head) === 'utf-8');
}

async function* foreignText(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<string> {
  if (!iconv.encodingExists(name)) throw new UnusableBody(unknownCharset(name));
  const decoder = iconv.getDecoder(name);
  for await (const chunk of chunks) yield decoder.write(chunk);
  yield decoder.end() ?? '';
}

async function* utf8Text(chunks: AsyncIterable<Buffer>, isMarked: boolean): AsyncGenerator<string> {
  let held: Buffer = Buffer.alloc(0);
  let skip = isMarked ? UTF8_MARK_BYTES : 0;
  for await (const chunk of chunks) {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const complete = withoutCutCharacter(bytes);
    held = bytes.subarray(complete.length);
    yield utf8(complete.subarray(skip));
    skip = 0;
  }
  yield utf8(held);
}

function utf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new UnusableBody({ code: 'invalid_body', message: 'The body is not valid UTF-8 and names no other charset.' });
}

/** The bytes without a last character of which only the beginning is there. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) return bytes.subarray(0, lengthOf(byte) > back ? bytes.length - back : bytes.length);
  }
  return bytes;
}

/** Bytes of the character that begins so. */
function lengthOf(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}
