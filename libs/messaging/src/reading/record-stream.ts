import type { ConsumedRecord } from './reader.port';
import { Fifo } from '../batching/fifo';

const HIGH_WATER = 500;

/** A bounded queue from a broker's callbacks to one reader. */
export class RecordStream {
  private buffer = new Fifo<ConsumedRecord>();
  private ended = false;
  private failure: Error | undefined;
  private wakeReader: () => void = () => undefined;
  private wakeWriters: (() => void)[] = [];

  /** Resolves once there is room again; at once when the reading is over. */
  async push(record: ConsumedRecord): Promise<void> {
    if (this.ended) return;
    this.buffer.push(record);
    this.wakeReader();
    if (this.buffer.length < HIGH_WATER) return;
    await new Promise<void>((resolve) => this.wakeWriters.push(resolve));
  }

  /** What is buffered is still read; with an error the reader throws it afterwards. */
  end(failure?: Error): void {
    this.ended = true;
    this.failure ??= failure;
    this.wakeReader();
    this.releaseWriters();
  }

  /** Ends without what is buffered. */
  cut(): void {
    this.buffer = new Fifo();
    this.end();
  }

  /** The next record; undefined at the end. */
  async next(): Promise<ConsumedRecord | undefined> {
    while (this.buffer.length === 0 && !this.ended) {
      await new Promise<void>((resolve) => (this.wakeReader = resolve));
    }
    const record = this.buffer.shift();
    if (this.buffer.length < HIGH_WATER) this.releaseWriters();
    if (record === undefined && this.failure !== undefined) throw this.failure;
    return record;
  }

  private releaseWriters(): void {
    for (const wake of this.wakeWriters.splice(0)) wake();
  }
}
