import { formatOf, parseContentType } from '../decode/content-type';
import type { DecodeOptions } from '../http-client.port';

/** The formats whose rows can be told apart before the body is whole. */
export type RowKind = 'ndjson' | 'csv' | 'tsv';

/** What to read a body's rows as; null when it has to be read whole, or nobody asked for rows. */
export function rowKind(contentType: string | undefined, { format, rows }: DecodeOptions): RowKind | null {
  if (rows === undefined) return null;
  const kind = format === 'auto' ? formatOf(parseContentType(contentType).type) : format;
  return kind === 'ndjson' || kind === 'csv' || kind === 'tsv' ? kind : null;
}
