import type { ConsumedRecord, ReadOptions } from './reader.port';
import { RecordStream } from './record-stream';

/** Begins to feed the stream and returns what ends that; it ends the stream itself where `until` is `end`. */
export type StartFeed = (stream: RecordStream) => Promise<() => Promise<void>>;

/** The part of reading that is the same for every broker: when to stop, and cleaning up. */
export async function* readRecords(start: StartFeed, options: ReadOptions): AsyncGenerator<ConsumedRecord> {
  const { until, signal } = options;
  const stream = new RecordStream();
  const cut = () => stream.cut();
  signal?.addEventListener('abort', cut, { once: true });
  if (signal?.aborted === true) stream.cut();
  const idleMs = typeof until === 'object' ? until.idleMs : undefined;
  let stop: (() => Promise<void>) | undefined;
  try {
    stop = await start(stream);
    for (;;) {
      const record = await nextWithin(stream, idleMs);
      if (record === undefined) return;
      const isLast = typeof until === 'function' && until(record);
      yield record;
      if (isLast) return;
    }
  } finally {
    signal?.removeEventListener('abort', cut);
    stream.cut();
    await stop?.();
  }
}

async function nextWithin(stream: RecordStream, idleMs: number | undefined): Promise<ConsumedRecord | undefined> {
  if (idleMs === undefined) return stream.next();
  const timer = setTimeout(() => stream.end(), idleMs);
  try {
    return await stream.next();
  } finally {
    clearTimeout(timer);
  }
}
