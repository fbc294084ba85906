import type { RowOptions, RowPage, RowStream } from '../http-client.port';

import { pageTooLarge, type RowFormat } from './row-format';
import { UnusableBody } from './unusable-body';

export interface RowReading<Raw> {
  readonly format: RowFormat<Raw>;
  readonly texts: AsyncIterable<string>;
  readonly rows: RowOptions;
  readonly maxBytes: number;
  /** Starts the time limit of a page; the answer stops it. */
  readonly limitTime: () => () => void;
  /** Gives up the connection. */
  readonly abandon: () => void;
}

/** Reads rows ahead by one, so that a page knows whether it is the last. */
export class RowReader<Raw> implements RowStream {
  private readonly batches: AsyncIterator<readonly Raw[]>;
  private batch: readonly Raw[] = [];
  private at = 0;
  /** Rows given or passed over so far. */
  private passed = 0;

  constructor(private readonly reading: RowReading<Raw>) {
    this.batches = reading.format.split(reading.texts, reading.maxBytes)[Symbol.asyncIterator]();
  }

  async next(): Promise<RowPage> {
    const stop = this.reading.limitTime();
    try {
      await this.skip();
      return await this.page();
    } catch (error) {
      this.close();
      if (!(error instanceof UnusableBody)) throw error;
      return { body: null, fault: error.fault, size: 0, isLast: true };
    } finally {
      stop();
    }
  }

  close(): void {
    this.reading.abandon();
  }

  private async page(): Promise<RowPage> {
    const { format, maxBytes, rows } = this.reading;
    const taken: Raw[] = [];
    let size = 0;
    while (taken.length < rows.perPage && (await this.arrived())) {
      for (const row of this.take(rows.perPage - taken.length)) {
        size += format.sizeOf(row);
        if (size > maxBytes) throw pageTooLarge(maxBytes);
        taken.push(row);
      }
    }
    const isLast = !(await this.arrived());
    const decoded = format.decode(taken, this.passed - taken.length + 1);
    if (decoded.fault !== undefined) this.close();
    return { ...decoded, size, isLast: isLast || decoded.fault !== undefined };
  }

  private async skip(): Promise<void> {
    const { skip } = this.reading.rows;
    while (this.passed < skip && (await this.arrived())) this.take(skip - this.passed);
  }

  private take(most: number): readonly Raw[] {
    const taken = this.batch.slice(this.at, this.at + most);
    this.at += taken.length;
    this.passed += taken.length;
    return taken;
  }

  /** Whether there is a row to take; waits for one. */
  private async arrived(): Promise<boolean> {
    while (this.at >= this.batch.length) {
      const next = await this.batches.next();
      if (next.done === true) return false;
      this.batch = next.value;
      this.at = 0;
    }
    return true;
  }
}
