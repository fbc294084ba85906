import { pipeline } from 'node:stream';

import { OrchidError } from '@orchid/kernel';

import { decoderFor, type Coding } from '../content-encoding';
import { unpack } from '../decode/unpack';
import { errorCode } from '../error-code';
import type { DecodeOptions } from '../http-client.port';
import { TransportError } from '../transport-error';

import { peek } from './peek';
import { UnusableBody } from './unusable-body';

const SIGNATURE_BYTES = 4;
const GZIP = 0x1f8b;
const ZIP = 0x504b0304;

/** Undoes Content-Encoding, then the compression of the file itself. */
export async function* unpackedChunks(
  source: AsyncIterable<Buffer>,
  codings: readonly Coding[],
  options: DecodeOptions,
): AsyncGenerator<Buffer> {
  let chunks = source;
  for (const coding of codings.toReversed()) chunks = inflated(chunks, coding);
  if ((options.decompress ?? []).length === 0) yield* chunks;
  else yield* unpackedFile(chunks, options);
}

async function* unpackedFile(source: AsyncIterable<Buffer>, options: DecodeOptions): AsyncGenerator<Buffer> {
  const { head, chunks } = await peek(source, SIGNATURE_BYTES);
  if (head.length < SIGNATURE_BYTES) yield* chunks;
  else if (options.decompress?.includes('gzip') === true && head.readUInt16BE(0) === GZIP) {
    yield* inflated(chunks, 'gzip');
  } else if (options.decompress?.includes('zip') === true && head.readUInt32BE(0) === ZIP) {
    // The directory that says where a file lies comes last.
    const file = unpack(await whole(chunks, options.maxBytes), options);
    if (!Buffer.isBuffer(file)) throw new UnusableBody(file);
    yield file;
  } else yield* chunks;
}

async function whole(chunks: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const read: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    size += chunk.length;
    if (size > maxBytes) {
      const message = `The zip file is larger than ${maxBytes} bytes: it has to be read whole before its rows can be.`;
      throw new UnusableBody({ code: 'response_too_large', message });
    }
  }
  return Buffer.concat(read, size);
}

async function* inflated(source: AsyncIterable<Buffer>, coding: Coding): AsyncGenerator<Buffer> {
  const { head, chunks } = await peek(source, 2);
  if (head.length === 0) return;
  const decoder = decoderFor(coding, head);
  // What went wrong arrives below, through the decoder.
  pipeline(chunks, decoder, () => undefined);
  try {
    yield* decoder as AsyncIterable<Buffer>;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'Z_BUF_ERROR') throw new TransportError('truncated', 'Only part of the compressed answer came.');
    if (code === undefined || error instanceof OrchidError) throw error;
    throw new UnusableBody({ code: 'invalid_body', message: `The body is not valid ${coding}.` });
  }
}
