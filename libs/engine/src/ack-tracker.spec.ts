import type { OutgoingRecord, Publisher } from '@orchid/messaging';
import { AckTracker } from './ack-tracker';

const MEBIBYTE = 1024 * 1024;
const record = (length: number): OutgoingRecord => ({
  channel: 'responses',
  key: 'k',
  headers: {},
  value: 'x'.repeat(length),
});

/** Acknowledges on the next turn of the event loop; `most` is the greatest number of bytes outstanding at once. */
function slowPublisher(fail: (count: number) => boolean = () => false) {
  const state = { bytes: 0, most: 0, count: 0 };
  const publisher: Publisher = {
    maxMessageBytes: MEBIBYTE,
    publish: async (records) => {
      const size = records.reduce((sum, { value }) => sum + value.length, 0);
      state.count += 1;
      const isBroken = fail(state.count);
      state.bytes += size;
      state.most = Math.max(state.most, state.bytes);
      await new Promise((resolve) => setImmediate(resolve));
      state.bytes -= size;
      if (isBroken) throw new Error('broken');
    },
    ping: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
  const acknowledged: number[] = [];
  const tracker = new AckTracker(
    publisher,
    (records) => acknowledged.push(records.length),
    () => 0,
    () => undefined,
  );
  return { tracker, state, acknowledged };
}

describe('AckTracker', () => {
  it('keeps many lanes below the bound, at a cost that does not grow with what is outstanding', async () => {
    const { tracker, state, acknowledged } = slowPublisher();
    const [lanes, each] = [50, 600];
    const lane = async () => {
      for (let count = 0; count < each; count += 1) await tracker.publish([record(1_000)]);
    };
    // Waiting on each outstanding record anew took minutes for this, and gigabytes.
    await Promise.all(Array.from({ length: lanes }, lane));
    await tracker.settled();
    expect(acknowledged).toHaveLength(lanes * each);
    expect(state.most).toBeGreaterThan(7 * MEBIBYTE);
    expect(state.most).toBeLessThan(9 * MEBIBYTE);
  });

  it('settles without waiting for what is handed over later, however they are acknowledged', async () => {
    const acks: (() => void)[] = [];
    const publisher: Publisher = {
      maxMessageBytes: MEBIBYTE,
      publish: () => new Promise((resolve) => acks.push(resolve)),
      ping: () => Promise.resolve(0),
      close: () => Promise.resolve(),
    };
    const ignore = () => undefined;
    const tracker = new AckTracker(publisher, ignore, () => 0, ignore);
    const order: string[] = [];
    await tracker.publish([record(1)]);
    await tracker.publish([record(1)]);
    const first = tracker.settled().then(() => order.push('first two'));
    await tracker.publish([record(1)]);
    const all = tracker.settled().then(() => order.push('all three'));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    acks[1]?.();
    await turn();
    expect(order).toEqual([]);
    acks[0]?.();
    await first;
    await turn();
    expect(order).toEqual(['first two']);
    acks[2]?.();
    await all;
    await tracker.settled();
    expect(order).toEqual(['first two', 'all three']);
  });

  it('settles only when everything is acknowledged', async () => {
    const { tracker, state, acknowledged } = slowPublisher();
    await tracker.publish([record(10)]);
    await tracker.publish([record(10), record(10)]);
    const settled = tracker.settled();
    expect(state.bytes).toBe(30);
    await settled;
    expect([state.bytes, acknowledged]).toEqual([0, [1, 2]]);
  });

  it('wakes everybody with the failure of one', async () => {
    const { tracker } = slowPublisher((count) => count === 3);
    const lanes = Array.from({ length: 20 }, () => tracker.publish([record(MEBIBYTE)]));
    const ends = await Promise.allSettled(lanes);
    expect(ends.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    await expect(tracker.settled()).rejects.toThrow('broken');
    await expect(tracker.publish([record(1)])).rejects.toThrow('broken');
  });
});
