import { isUtf8 } from 'node:buffer';

import type { DecodeOptions } from '../http-client.port';

import { decodeText, type OnForeignBytes } from './charset';
import { formatOf, parseContentType, type ContentType, type DetectedFormat } from './content-type';
import { decodeCsv } from './decode-csv';
import { decodeJson, decodeNdjson } from './decode-json';
import type { DecodedBody } from './decoded-body';
import { declaredXmlCharset, decodeXml } from './decode-xml';
import { unpack } from './unpack';

type TextFormat = Exclude<DetectedFormat, 'binary' | 'sniff'>;

const LOOKS_LIKE_JSON = /^\s*[[{]/;

/**
 * Turns a body's bytes (Content-Encoding already undone) into a value, by `options.format` or, for `auto`, by the media type.
 * Never throws: a body that cannot be read as asked has a `fault`, and its text as `body` where there is any.
 */
export function decodeBody(bytes: Buffer, contentType: string | undefined, options: DecodeOptions): DecodedBody {
  if (bytes.length === 0) return { body: null };
  const unpacked = unpack(bytes, options);
  if (!Buffer.isBuffer(unpacked)) return { body: null, fault: unpacked };
  const declared = parseContentType(contentType);
  const format = options.format === 'auto' ? detect(declared, options) : options.format;
  if (format === 'binary') return base64(unpacked);
  if (format === 'sniff') return sniff(unpacked, declared);
  return decodeAs(format, unpacked, { declared, options });
}

function detect(declared: ContentType, options: DecodeOptions): DetectedFormat {
  const format = formatOf(declared.type);
  // An unpacked file is no longer what the media type called it.
  return format === 'binary' && (options.decompress ?? []).length > 0 ? 'sniff' : format;
}

function decodeAs(
  format: TextFormat,
  bytes: Buffer,
  { declared, options }: { declared: ContentType; options: DecodeOptions },
): DecodedBody {
  const isJson = format === 'json' || format === 'ndjson';
  const foreign: OnForeignBytes = isJson ? 'refuse' : 'windows-1252';
  const charset = declared.charset ?? (format === 'xml' ? declaredXmlCharset(bytes) : undefined);
  const text = decodeText(bytes, charset, foreign);
  if (typeof text !== 'string') return { body: null, fault: text };
  switch (format) {
    case 'json':
      return decodeJson(text);
    case 'ndjson':
      return decodeNdjson(text);
    case 'xml':
      return decodeXml(text, options.forceArray);
    case 'csv':
      return decodeCsv(text, options.csv);
    case 'tsv':
      return decodeCsv(text, { delimiter: '\t', ...options.csv });
    case 'text':
      return { body: text };
  }
}

function sniff(bytes: Buffer, declared: ContentType): DecodedBody {
  const isText = declared.type.startsWith('text/') || declared.charset !== undefined || isUtf8(bytes);
  if (!isText || (declared.type === '' && bytes.includes(0))) return base64(bytes);
  const text = decodeText(bytes, declared.charset, 'windows-1252');
  if (typeof text !== 'string') return { body: null, fault: text };
  if (!LOOKS_LIKE_JSON.test(text)) return { body: text };
  const decoded = decodeJson(text);
  return decoded.fault === undefined ? decoded : { body: text };
}

function base64(bytes: Buffer): DecodedBody {
  return { body: bytes.toString('base64'), encoding: 'base64' };
}
