import type { ResponseFormat } from '../http-client.port';

export interface ContentType {
  /** Lower case, without parameters; empty when there is none. */
  readonly type: string;
  readonly charset?: string;
}

/** `sniff`: nothing reliable is known; JSON when it parses as such, else text, else binary. */
export type DetectedFormat = Exclude<ResponseFormat, 'auto'> | 'tsv' | 'sniff';

const NDJSON = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/json-lines',
  'application/jsonlines',
  'application/stream+json',
  'application/json-seq',
]);
const BINARY_TYPES =
  /^(image|audio|video|font)\/|^application\/(octet-stream|pdf|zip|gzip|x-gzip|x-tar|x-7z-compressed|vnd\.(ms-|openxmlformats|oasis))/;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]{1,40})"?/i;
const REMEMBERED = new Map<string, ContentType>();

export function parseContentType(header: string | undefined): ContentType {
  if (header === undefined || header === '') return { type: '' };
  const known = REMEMBERED.get(header);
  if (known !== undefined) return known;
  const type = (header.split(';', 1)[0] ?? '').trim().toLowerCase();
  const charset = CHARSET.exec(header)?.[1]?.toLowerCase();
  const parsed: ContentType = charset === undefined ? { type } : { type, charset };
  if (REMEMBERED.size < 200) REMEMBERED.set(header, parsed);
  return parsed;
}

/** The format that a media type stands for (RFC 6838 suffixes included). */
export function formatOf(type: string): DetectedFormat {
  if (type === 'application/json' || type.endsWith('+json') || type === 'text/json') {
    return NDJSON.has(type) ? 'ndjson' : 'json';
  }
  if (NDJSON.has(type)) return 'ndjson';
  if (type === 'application/xml' || type === 'text/xml') return 'xml';
  if (type.endsWith('+xml') && type !== 'application/xhtml+xml' && !type.startsWith('image/')) return 'xml';
  if (type === 'text/csv' || type === 'application/csv') return 'csv';
  if (type === 'text/tab-separated-values') return 'tsv';
  return BINARY_TYPES.test(type) ? 'binary' : 'sniff';
}
