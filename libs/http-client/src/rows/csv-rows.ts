import { Readable, pipeline } from 'node:stream';

import { CsvError, parse } from 'csv-parse';

import { byName, columnNames, csvDialect, SNIFFED_CHARACTERS } from '../decode/decode-csv';
import type { DecodedBody } from '../decode/decoded-body';
import type { CsvOptions } from '../http-client.port';

import { pageTooLarge, type RowFormat } from './row-format';
import { UnusableBody } from './unusable-body';

const BATCH = 200;

/** The rows of one CSV body, the header row taken off and remembered. */
export class CsvRows implements RowFormat<readonly string[]> {
  private names: readonly string[] | null = null;

  constructor(private readonly options: CsvOptions) {}

  async *split(texts: AsyncIterable<string>, maxBytes: number): AsyncGenerator<readonly string[][]> {
    try {
      yield* this.batches(await this.parser(texts, maxBytes));
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      if (error.code === 'CSV_MAX_RECORD_SIZE') throw pageTooLarge(maxBytes);
      throw new UnusableBody({ code: 'invalid_body', message: 'The body is not valid CSV.' });
    }
  }

  sizeOf(row: readonly string[]): number {
    return row.reduce((size, value) => size + Buffer.byteLength(value) + 1, 0);
  }

  decode(rows: readonly (readonly string[])[]): DecodedBody {
    if (rows.length === 0) return { body: null };
    return { body: this.names === null ? rows.map((row) => [...row]) : byName(this.names, rows) };
  }

  private async *batches(rows: AsyncIterable<string[]>): AsyncGenerator<string[][]> {
    let batch: string[][] = [];
    for await (const row of rows) {
      if (this.names === null && this.options.header !== false) {
        this.names = columnNames(row);
        continue;
      }
      batch.push(row);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }

  private async parser(texts: AsyncIterable<string>, maxBytes: number): Promise<AsyncIterable<string[]>> {
    const iterator = texts[Symbol.asyncIterator]();
    let beginning = '';
    while (beginning.length < SNIFFED_CHARACTERS) {
      const next = await iterator.next();
      if (next.done === true) break;
      beginning += next.value;
    }
    const parser = parse({ ...csvDialect(beginning, this.options), maxRecordSize: maxBytes });
    // What went wrong arrives through the parser.
    pipeline(Readable.from(following(beginning, iterator)), parser, () => undefined);
    return parser as AsyncIterable<string[]>;
  }
}

async function* following(beginning: string, iterator: AsyncIterator<string>): AsyncGenerator<string> {
  yield beginning;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}
