import type { Transform } from 'node:stream';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';

export type Coding = 'gzip' | 'deflate' | 'br';

const NAMES: Readonly<Record<string, Coding>> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate', br: 'br' };
const MOST_CODINGS = 2;
const OUTPUT_CHUNK = 64 * 1024;

/** The codings of a Content-Encoding header in the order they were applied, or `undefined` when one of them is not known. */
export function parseCodings(header: string | undefined): readonly Coding[] | undefined {
  if (header === undefined) return [];
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const codings = names.flatMap((name) => NAMES[name] ?? []);
  return codings.length === names.length && codings.length <= MOST_CODINGS ? codings : undefined;
}

export function decoderFor(coding: Coding, first: Uint8Array): Transform {
  switch (coding) {
    case 'gzip':
      return createGunzip({ chunkSize: OUTPUT_CHUNK });
    case 'br':
      return createBrotliDecompress({ chunkSize: OUTPUT_CHUNK });
    case 'deflate':
      return hasZlibHeader(first)
        ? createInflate({ chunkSize: OUTPUT_CHUNK })
        : createInflateRaw({ chunkSize: OUTPUT_CHUNK });
  }
}

/** Undoes one coding at once; throws `ERR_BUFFER_TOO_LARGE` at the cap. */
export function decodeAtOnce(coding: Coding, bytes: Buffer, maxBytes: number): Buffer {
  const options = { maxOutputLength: Math.max(maxBytes, 1) };
  switch (coding) {
    case 'gzip':
      return gunzipSync(bytes, options);
    case 'br':
      return brotliDecompressSync(bytes, options);
    case 'deflate':
      return hasZlibHeader(bytes) ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
  }
}

/** `deflate` means zlib (RFC 9110, section 8.4.1.2), but enough servers send the bare stream. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}
