import { isUtf8 } from 'node:buffer';

import iconv from 'iconv-lite';

import type { BodyFault } from '../http-client.port';

/** What to make of bytes that name no charset and are not UTF-8: refuse them, or read them as the web's usual single-byte set. */
export type OnForeignBytes = 'refuse' | 'windows-1252';

export const UTF8_NAMES = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
const BOM = '\uFEFF';

/** Text of a body without its byte order mark; a mark outweighs the declared charset (WHATWG Encoding, section 4). */
export function decodeText(
  bytes: Buffer,
  charset: string | undefined,
  onForeignBytes: OnForeignBytes,
): string | BodyFault {
  const name = markedCharset(bytes) ?? charset?.toLowerCase();
  if (name === undefined || UTF8_NAMES.has(name))
    return decodeUtf8(bytes, name === undefined ? onForeignBytes : 'refuse');
  return iconv.encodingExists(name) ? iconv.decode(bytes, name) : unknownCharset(name);
}

export function unknownCharset(name: string): BodyFault {
  return { code: 'unsupported_encoding', message: `The charset "${name}" is not known.` };
}

function decodeUtf8(bytes: Buffer, onForeignBytes: OnForeignBytes): string | BodyFault {
  if (!isUtf8(bytes)) {
    if (onForeignBytes === 'windows-1252') return iconv.decode(bytes, 'windows-1252');
    return { code: 'invalid_body', message: 'The body is not valid UTF-8 and names no other charset.' };
  }
  const text = bytes.toString('utf8');
  return text.startsWith(BOM) ? text.slice(1) : text;
}

/** The charset that a byte order mark names. */
export function markedCharset(bytes: Buffer): string | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? 'utf-32le' : 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
}
