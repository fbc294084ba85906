import type { Clock } from '@orchid/kernel';
import { PublishError } from '../publish.errors';
import type { OutgoingRecord } from '../publisher.port';
import type { BatchSink, Refusal } from './batch-sink.port';
import { BatchingPublisher } from './batching-publisher';
import type { BatchingSettings } from './batching-settings';

type Behaviour = (batch: readonly OutgoingRecord[]) => Promise<readonly Refusal[]> | readonly Refusal[];

/** A broker of one array: what it stores is what was acknowledged, batch by batch. */
class FakeSink implements BatchSink {
  readonly attempts: string[][] = [];
  readonly stored: string[] = [];
  concurrent = 0;
  mostConcurrent = 0;
  isClosed = false;
  behaviour: Behaviour = () => [];

  async send(batch: readonly OutgoingRecord[]): Promise<readonly Refusal[]> {
    this.attempts.push(batch.map((each) => each.value));
    this.concurrent += 1;
    this.mostConcurrent = Math.max(this.mostConcurrent, this.concurrent);
    try {
      const refusals = await this.behaviour(batch);
      const refused = new Set(refusals.map((each) => each.index));
      this.stored.push(...batch.filter((_, index) => !refused.has(index)).map((each) => each.value));
      return refusals;
    } finally {
      this.concurrent -= 1;
    }
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** Time passes only by sleeping. */
class SleepingClock implements Clock {
  private time = 1_000;
  now(): number {
    return this.time;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(new Error('aborted'));
    this.time += Math.max(ms, 1);
    return Promise.resolve();
  }
}

const record = (value: string, key = 'k'): OutgoingRecord => ({ channel: 'responses', key, headers: {}, value });
const range = (count: number) => Array.from({ length: count }, (_, n) => n);
const down = () => PublishError.unavailable('down');
const setUp = (settings: Partial<BatchingSettings> = {}) => {
  const sink = new FakeSink();
  const publisher = new BatchingPublisher(sink, { maxMessageBytes: 1_000, clock: new SleepingClock(), ...settings });
  return { sink, publisher };
};
/** A gate that a behaviour waits at. */
const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};
const turn = () => new Promise((resolve) => setImmediate(resolve));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as PublishError).code,
  );

describe('BatchingPublisher', () => {
  it('sends what one turn brings in batches of at most 100, one at a time, in order', async () => {
    const { sink, publisher } = setUp();
    await Promise.all(range(250).map((n) => publisher.publish([record(String(n))])));
    expect(sink.attempts.map((batch) => batch.length)).toEqual([100, 100, 50]);
    expect(sink.stored).toEqual(range(250).map(String));
    expect(sink.mostConcurrent).toBe(1);
  });

  it('cuts batches by bytes too, and sends a message larger than a batch alone', async () => {
    const { sink, publisher } = setUp({ maxBatchBytes: 250, maxMessageBytes: 1_000 });
    const text = (length: number) => 'x'.repeat(length);
    await publisher.publish([60, 60, 60, 900, 60].map((length) => record(text(length))));
    expect(sink.attempts.map((batch) => batch.map((each) => each.length))).toEqual([[60, 60], [60], [900], [60]]);
  });

  it('lets released callers into the next batch: lock-step callers share batches', async () => {
    const { sink, publisher } = setUp();
    const caller = async (name: number) => {
      for (const n of range(10)) await publisher.publish([record(`${name}:${n}`)]);
    };
    await Promise.all(range(20).map(caller));
    expect(sink.attempts).toHaveLength(10);
  });

  it('sends a lone message at the end of the turn that brought it', async () => {
    const { sink, publisher } = setUp();
    const first = publisher.publish([record('1')]);
    expect(sink.attempts).toEqual([]);
    await turn();
    expect(sink.attempts).toEqual([['1']]);
    await first;
  });

  it('sends a failed batch again before anything later, and resolves only then', async () => {
    const { sink, publisher } = setUp();
    let failures = 3;
    sink.behaviour = () => {
      failures -= 1;
      if (failures >= 0) throw down();
      return [];
    };
    await Promise.all([
      publisher.publish([record('1'), record('2')]),
      turn().then(() => publisher.publish([record('3')])),
    ]);
    expect(sink.attempts).toEqual([['1', '2'], ['1', '2'], ['1', '2'], ['1', '2'], ['3']]);
    expect(sink.stored).toEqual(['1', '2', '3']);
  });

  it('rejects as broker_unavailable after the delivery time-out, all that waited as long, and works again afterwards', async () => {
    const errors: string[] = [];
    const { sink, publisher } = setUp({ deliveryTimeoutMs: 5_000, observer: { onError: (code) => errors.push(code) } });
    sink.behaviour = () => {
      throw down();
    };
    const codes = await Promise.all(range(150).map((n) => codeOf(publisher.publish([record(String(n))]))));
    expect(new Set(codes)).toEqual(new Set(['broker_unavailable']));
    expect(sink.attempts.every((batch) => batch.length === 100)).toBe(true);
    expect(errors.length).toBeGreaterThan(3);
    sink.behaviour = () => [];
    await publisher.publish([record('back')]);
    expect(sink.stored).toEqual(['back']);
  });

  it('treats an error that a driver did not foresee as an absent broker', async () => {
    const { sink, publisher } = setUp({ deliveryTimeoutMs: 0 });
    sink.behaviour = () => Promise.reject(new TypeError('oops'));
    await expect(publisher.publish([record('1')])).rejects.toMatchObject({
      code: 'broker_unavailable',
      type: 'transient',
    });
  });

  it('narrows a batch that the broker refuses down to the record that is to blame', async () => {
    const { sink, publisher } = setUp();
    sink.behaviour = (batch) => {
      if (batch.some((each) => each.value === '37')) throw new PublishError('message_too_large', 'too large');
      return [];
    };
    const codes = await Promise.all(range(100).map((n) => codeOf(publisher.publish([record(String(n))]))));
    expect(codes.map((code, n) => [n, code]).filter(([, code]) => code !== 'ok')).toEqual([[37, 'message_too_large']]);
    expect(sink.stored).toEqual(
      range(100)
        .filter((n) => n !== 37)
        .map(String),
    );
    expect(sink.attempts.length).toBeLessThan(20);
  });

  it('rejects the call whose record the broker refused, without sending the others again', async () => {
    const published: number[] = [];
    const { sink, publisher } = setUp({ observer: { onPublished: (count) => published.push(count) } });
    const error = new PublishError('unroutable', 'no queue');
    sink.behaviour = () => [{ index: 1, error }];
    const [first, second, third] = await Promise.all(
      range(3).map((n) => codeOf(publisher.publish([record(String(n))]))),
    );
    expect([first, second, third]).toEqual(['ok', 'unroutable', 'ok']);
    expect(sink.attempts).toHaveLength(1);
    expect(published).toEqual([2]);
  });

  it('settles a call when the last of its records is settled', async () => {
    const { sink, publisher } = setUp({ maxBatchMessages: 1 });
    const second = gate();
    sink.behaviour = async (batch) => {
      if (batch[0]?.value === '1') throw new PublishError('message_too_large', 'too large');
      await second.opened;
      return [];
    };
    let isSettled = false;
    const code = codeOf(publisher.publish([record('1'), record('2')])).finally(() => (isSettled = true));
    while (sink.attempts.length < 2) await turn();
    expect(isSettled).toBe(false);
    second.open();
    expect(await code).toBe('message_too_large');
    expect(sink.stored).toEqual(['2']);
  });

  it('bounds what is in flight by bytes, and what waits at the gate as well', async () => {
    let peak = 0;
    let last = -1;
    const onInFlight = (bytes: number) => {
      peak = Math.max(peak, bytes);
      last = bytes;
    };
    const { sink, publisher } = setUp({ maxInFlightBytes: 1_000, maxWaitingBytes: 3_000, observer: { onInFlight } });
    const slow = gate();
    sink.behaviour = () => slow.opened.then(() => []);
    const codes = range(100).map((n) => codeOf(publisher.publish([record(`${n}:${'x'.repeat(60)}`)])));
    await turn();
    slow.open();
    const outcomes = await Promise.all(codes);
    const accepted = outcomes.filter((code) => code === 'ok').length;
    expect(peak).toBeLessThanOrEqual(1_000);
    expect(last).toBe(0);
    expect(accepted).toBeGreaterThan(30);
    expect(accepted).toBeLessThan(45);
    expect(outcomes.slice(accepted).every((code) => code === 'publisher_overloaded')).toBe(true);
    expect(sink.stored.map((value) => Number(value.split(':')[0]))).toEqual(range(accepted));
  });

  it('accepts a message larger than the whole budget, alone', async () => {
    const { sink, publisher } = setUp({ maxInFlightBytes: 100 });
    await publisher.publish([record('1'), record('x'.repeat(900)), record('2')]);
    expect(sink.attempts.map((batch) => batch.length)).toEqual([1, 1, 1]);
  });

  it('refuses a key with headers above 8 KiB by name', async () => {
    const { publisher } = setUp();
    const headers = { tracestate: 'x'.repeat(9_000) };
    await expect(publisher.publish([{ ...record('1'), headers }])).rejects.toMatchObject({ code: 'message_too_large' });
  });

  it('stops trying when it is closed while the broker is away, and ends the connection', async () => {
    const stuck = gate();
    const { sink, publisher } = setUp({ closeTimeoutMs: 5, maxBatchMessages: 1 });
    sink.behaviour = async () => {
      await stuck.opened;
      throw down();
    };
    const codes = [codeOf(publisher.publish([record('1')])), codeOf(publisher.publish([record('2')]))];
    const closing = publisher.close();
    while (!sink.isClosed) await turn();
    stuck.open();
    await closing;
    expect(await Promise.all(codes)).toEqual(['broker_unavailable', 'broker_unavailable']);
    expect(sink.attempts.length).toBeLessThanOrEqual(2);
  });

  it('answers a ping by name when the broker does not', async () => {
    const { sink, publisher } = setUp({ pingTimeoutMs: 5 });
    sink.ping = () => new Promise(() => undefined);
    await expect(publisher.ping()).rejects.toMatchObject({ code: 'broker_unavailable' });
  });
});
