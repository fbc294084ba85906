import { PublishError } from '../publish.errors';
import type { OutgoingRecord, Publisher } from '../publisher.port';
import type { BatchSink } from './batch-sink.port';
import { type BatchingSettings, withBatchingDefaults } from './batching-settings';
import { BatchDelivery } from './batch-delivery';
import { PendingPublish, type QueuedRecord } from './pending-publish';
import { RecordQueue } from './record-queue';
import { measureRecord } from './record-size';
import { within } from './within';

/**
 * Turns many small `publish` calls into few batches for a driver's sink, one batch in flight at a time: what is accepted
 * first is sent first, so the order of a key holds across retries. A batch is cut when the one before it is
 * acknowledged; an idle publisher sends at the end of the event loop's turn.
 */
export class BatchingPublisher implements Publisher {
  readonly maxMessageBytes: number;
  private readonly settings: Required<BatchingSettings>;
  private readonly queue: RecordQueue;
  private readonly delivery: BatchDelivery;
  private running = false;
  private closing: Promise<void> | undefined;
  private whenIdle: (() => void)[] = [];

  constructor(
    private readonly sink: BatchSink,
    settings: BatchingSettings,
  ) {
    this.settings = withBatchingDefaults(settings);
    this.maxMessageBytes = settings.maxMessageBytes;
    const clock = this.settings.clock;
    this.queue = new RecordQueue(this.settings.maxInFlightBytes, () => clock.now());
    this.delivery = new BatchDelivery(sink, this.settings, (entry, error) => this.settle(entry, error));
  }

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.closing !== undefined) throw new PublishError('publisher_closed', 'The publisher is closed.');
    if (records.length === 0) return;
    const sizes = records.map((record) => this.measure(record));
    this.refuseOverload(sizes);
    const call = new PendingPublish(records.length);
    for (const [index, record] of records.entries()) {
      this.queue.add({ record, bytes: sizes[index] ?? 0, call, admittedAt: 0 });
    }
    this.reportInFlight();
    this.wake();
    await call.settled;
  }

  async ping(): Promise<number> {
    if (this.closing !== undefined) throw new PublishError('publisher_closed', 'The publisher is closed.');
    const { pingTimeoutMs } = this.settings;
    const started = performance.now();
    await within(this.sink.ping(), pingTimeoutMs, () =>
      PublishError.unavailable(`The broker did not answer within ${pingTimeoutMs} ms`),
    );
    return performance.now() - started;
  }

  close(): Promise<void> {
    this.closing ??= this.flushAndClose();
    return this.closing;
  }

  private async flushAndClose(): Promise<void> {
    const { closeTimeoutMs } = this.settings;
    const idle = new Promise<void>((resolve) => {
      if (this.running) this.whenIdle.push(resolve);
      else resolve();
    });
    const giveUp = setTimeout(() => {
      this.delivery.giveUp();
      // Ending the connection is what makes a batch in flight fail rather than hang.
      void this.sink.close();
    }, closeTimeoutMs);
    await idle;
    clearTimeout(giveUp);
    await this.sink.close();
  }

  private measure(record: OutgoingRecord): number {
    try {
      return measureRecord(record, this.maxMessageBytes);
    } catch (error) {
      if (error instanceof PublishError) this.settings.observer.onError?.(error.code);
      throw error;
    }
  }

  private refuseOverload(sizes: readonly number[]): void {
    const { maxWaitingBytes, observer } = this.settings;
    if (this.queue.waitingBytes === 0) return;
    if (this.queue.waitingBytes + sizes.reduce((sum, size) => sum + size, 0) <= maxWaitingBytes) return;
    observer.onError?.('publisher_overloaded');
    throw new PublishError('publisher_overloaded', `More than ${maxWaitingBytes} bytes already wait to be published.`, {
      details: { waiting_bytes: this.queue.waitingBytes, limit: maxWaitingBytes },
    });
  }

  private wake(): void {
    if (this.running) return;
    this.running = true;
    void this.drain();
  }

  private async drain(): Promise<void> {
    await endOfTurn();
    while (!this.queue.isEmpty) {
      const batch = this.queue.take({ messages: this.settings.maxBatchMessages, bytes: this.settings.maxBatchBytes });
      await this.delivery.deliver(batch);
      // Callers that this batch released publish again within the turn: their records join the next batch.
      if (this.queue.readyCount < this.settings.maxBatchMessages) await endOfTurn();
    }
    this.running = false;
    for (const tell of this.whenIdle.splice(0)) tell();
  }

  private settle(entry: QueuedRecord, error: PublishError | undefined): void {
    this.queue.release(entry);
    entry.call.settle(error);
    this.reportInFlight();
  }

  private reportInFlight(): void {
    this.settings.observer.onInFlight?.(this.queue.inFlightBytes);
  }
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
