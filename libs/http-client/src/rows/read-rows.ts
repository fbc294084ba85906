import { parseContentType } from '../decode/content-type';
import type { RawAnswer } from '../exchange';
import type { OutboundRequest, RowStream } from '../http-client.port';
import { TransportError } from '../transport-error';

import { CsvRows } from './csv-rows';
import { ndjsonRows } from './ndjson-rows';
import { rowKind } from './row-kind';
import { RowReader } from './row-reader';
import { textChunks } from './text-chunks';
import { unpackedChunks } from './unpacked-chunks';

/** The rows of an answer whose body is still arriving. */
export function readRows(raw: RawAnswer, request: OutboundRequest): RowStream {
  const { arriving, headers } = raw;
  const { decode } = request;
  const { rows } = decode;
  const kind = rowKind(headers['content-type'], decode);
  if (arriving === undefined || rows === undefined || kind === null) throw new Error('the body is not read as rows');
  const { source, codings } = arriving;
  const { charset } = parseContentType(headers['content-type']);
  const chunks = unpackedChunks(source, codings, decode);
  const texts = textChunks(chunks, charset, kind === 'ndjson' ? 'refuse' : 'windows-1252');
  const reading = {
    texts,
    rows,
    maxBytes: decode.maxBytes,
    abandon: () => void source.destroy(),
    limitTime: () => {
      const timer = setTimeout(() => source.destroy(late(request)), request.timeoutMs);
      return () => clearTimeout(timer);
    },
  };
  if (kind === 'ndjson') return new RowReader({ ...reading, format: ndjsonRows });
  const csv = kind === 'tsv' ? { delimiter: '\t', ...decode.csv } : (decode.csv ?? {});
  return new RowReader({ ...reading, format: new CsvRows(csv) });
}

function late({ timeoutMs, url }: OutboundRequest): TransportError {
  const { origin } = new URL(url);
  return new TransportError('timeout', `${origin} did not send a page of rows within ${timeoutMs} ms.`, { origin });
}
