import { gunzipSync, inflateRawSync } from 'node:zlib';

import { errorCode } from '../error-code';
import type { BodyFault, DecodeOptions } from '../http-client.port';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;

/** Undoes file compression (not Content-Encoding) that the plan names and the bytes show: gzip, or the first file of a zip. */
export function unpack(bytes: Buffer, options: DecodeOptions): Buffer | BodyFault {
  if (options.decompress === undefined) return bytes;
  try {
    if (options.decompress.includes('gzip') && bytes.readUInt16BE(0) === 0x1f8b) {
      return gunzipSync(bytes, { maxOutputLength: options.maxBytes });
    }
    if (options.decompress.includes('zip') && bytes.readUInt32LE(0) === LOCAL_HEADER) {
      return firstFile(bytes, options.maxBytes);
    }
    return bytes;
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') {
      return {
        code: 'response_too_large',
        message: `The file is larger than ${options.maxBytes} bytes once unpacked.`,
      };
    }
    return { code: 'invalid_body', message: 'The compressed file is damaged.' };
  }
}

/** APPNOTE.TXT 4.3: sizes are taken from the central directory, since a streamed entry's own header may have zeros. */
function firstFile(bytes: Buffer, maxBytes: number): Buffer {
  const entry = firstEntry(bytes);
  const start = entry.header + 30 + bytes.readUInt16LE(entry.header + 26) + bytes.readUInt16LE(entry.header + 28);
  const packed = bytes.subarray(start, start + entry.size);
  if (entry.method === STORED) return packed;
  if (entry.method !== DEFLATED) throw new Error('unknown compression method');
  return inflateRawSync(packed, { maxOutputLength: maxBytes });
}

function firstEntry(bytes: Buffer): { header: number; size: number; method: number } {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END_OF_DIRECTORY);
  const end = bytes.lastIndexOf(signature);
  if (end < 0) throw new Error('no directory');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count && bytes.readUInt32LE(at) === CENTRAL_HEADER; index += 1) {
    const nameLength = bytes.readUInt16LE(at + 28);
    const isFolder = bytes[at + 46 + nameLength - 1] === 0x2f;
    if (!isFolder) {
      return {
        header: bytes.readUInt32LE(at + 42),
        size: bytes.readUInt32LE(at + 20),
        method: bytes.readUInt16LE(at + 10),
      };
    }
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  throw new Error('no file');
}
