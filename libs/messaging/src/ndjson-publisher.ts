import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { oneLine } from './file/record-line';
import { PublishError } from './publish.errors';
import type { OutgoingRecord, Publisher } from './publisher.port';

/** Writes each message as one line to a stream such as standard output, no faster than the stream takes them. */
export class NdjsonPublisher implements Publisher {
  readonly maxMessageBytes = Number.MAX_SAFE_INTEGER;
  private last: Promise<void> = Promise.resolve();
  private failure: Error | undefined;
  private closed = false;

  constructor(private readonly stream: Writable) {
    stream.on('error', (error) => (this.failure = error));
  }

  publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.closed) return Promise.reject(new PublishError('publisher_closed', 'The publisher is closed.'));
    const mine = this.last.then(() => this.write(records.map((record) => `${oneLine(record.value)}\n`).join('')));
    this.last = mine.catch(() => undefined);
    return mine;
  }

  ping(): Promise<number> {
    if (this.failure !== undefined || this.closed) return Promise.reject(this.broken());
    return Promise.resolve(0);
  }

  /** Waits for what was written; the stream itself stays open, it belongs to the caller. */
  async close(): Promise<void> {
    this.closed = true;
    await this.last;
  }

  private async write(text: string): Promise<void> {
    if (text === '') return;
    if (this.failure !== undefined || this.stream.destroyed) throw this.broken();
    try {
      if (!this.stream.write(text)) await once(this.stream, 'drain');
    } catch (error) {
      throw PublishError.unavailable('The output stream cannot be written', error);
    }
  }

  private broken(): PublishError {
    return PublishError.unavailable('The output stream cannot be written', this.failure);
  }
}
