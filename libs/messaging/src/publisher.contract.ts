import type { JsonObject } from '@orchid/kernel';
import { PublishError } from './publish.errors';
import type { PublisherObserver } from './publisher-observer';
import type { Channel, OutgoingRecord, Publisher } from './publisher.port';
import type { ConsumedRecord, RecordReader } from './reading/reader.port';

export interface PublisherLimits {
  readonly maxMessageBytes?: number;
  readonly maxInFlightBytes?: number;
  readonly observer?: PublisherObserver;
}

/** A publisher under test and a reader of the same topics, which no other test uses. */
export interface PublisherUnderTest {
  readonly publisher: Publisher;
  readonly reader: RecordReader;
}

const record = (over: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  channel: 'responses',
  key: 'tenant:execution',
  headers: { tenant_id: 'tenant', message_id: 'm-1' },
  value: '{"a":1}',
  ...over,
});
const numbered = (n: number, key = 'tenant:execution') => record({ key, value: `{"n":${n}}` });
const numbers = (records: readonly ConsumedRecord[]) => records.map((each) => (JSON.parse(each.value) as JsonObject).n);
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

async function readAll(reader: RecordReader, channel: Channel = 'responses'): Promise<ConsumedRecord[]> {
  const found: ConsumedRecord[] = [];
  for await (const each of reader.read(channel, { from: 'beginning', until: 'end' })) found.push(each);
  return found;
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as PublishError,
  );

/** What every publisher and its reader promise. */
export function describePublisherContract(
  name: string,
  make: (limits: PublisherLimits) => Promise<PublisherUnderTest> | PublisherUnderTest,
): void {
  describe(`publisher contract: ${name}`, () => {
    const open: PublisherUnderTest[] = [];
    const setUp = async (limits: PublisherLimits = {}) => {
      const made = await make(limits);
      open.push(made);
      return made;
    };
    afterEach(async () => {
      for (const { publisher, reader } of open.splice(0)) {
        await publisher.close();
        await reader.close();
      }
    });

    it('has made readable what it acknowledged, each on its own topic, with key and headers', async () => {
      const { publisher, reader } = await setUp();
      const headers = { tenant_id: 't', plan_key: 'naïve "plan"', message_id: '7', traceparent: '00-ab-cd-01' };
      await publisher.publish([
        record({ key: 'a:1', headers }),
        record({ channel: 'errors', value: '{"e":true}' }),
        record({ channel: 'events', value: '{"type":"execution.started"}' }),
      ]);
      const [response, ...others] = await readAll(reader);
      expect(response).toMatchObject({ key: 'a:1', headers, value: '{"a":1}' });
      expect(others).toEqual([]);
      expect((await readAll(reader, 'errors')).map((each) => each.value)).toEqual(['{"e":true}']);
      expect((await readAll(reader, 'events')).map((each) => each.value)).toEqual(['{"type":"execution.started"}']);
    });

    it('reads the same again, and nothing from a topic without records', async () => {
      const { publisher, reader } = await setUp();
      expect(await readAll(reader)).toEqual([]);
      await publisher.publish([numbered(1), numbered(2)]);
      expect(numbers(await readAll(reader))).toEqual([1, 2]);
      expect(numbers(await readAll(reader))).toEqual([1, 2]);
      expect(await readAll(reader, 'errors')).toEqual([]);
    });

    it('stops reading at the record a predicate names, or when told to', async () => {
      const { publisher, reader } = await setUp();
      await publisher.publish(range(5).map((n) => numbered(n)));
      const until = (each: ConsumedRecord) => each.value === '{"n":2}';
      const found: ConsumedRecord[] = [];
      for await (const each of reader.read('responses', { from: 'beginning', until })) found.push(each);
      expect(numbers(found)).toEqual([0, 1, 2]);
      const stop = new AbortController();
      let seen = 0;
      for await (const _ of reader.read('responses', { from: 'beginning', signal: stop.signal })) {
        seen += 1;
        if (seen === 4) stop.abort();
      }
      expect(seen).toBe(4);
    });

    it('keeps the order of each key over many concurrent calls', async () => {
      const { publisher, reader } = await setUp();
      const keys = ['t:1', 't:2', 't:3'];
      await Promise.all(range(450).map((n) => publisher.publish([numbered(n, keys[n % 3])])));
      const found = await readAll(reader);
      expect(found).toHaveLength(450);
      for (const [rest, key] of keys.entries()) {
        const mine = found.filter((each) => each.key === key);
        expect(numbers(mine)).toEqual(range(450).filter((n) => n % 3 === rest));
      }
    });

    it('leaves the text alone: integers beyond 2^53, odd key order, repeated keys, any script', async () => {
      const { publisher, reader } = await setUp();
      const value = '{"b":9007199254740993,"a":1.50,"2":0,"1":[ ],"b":-12345678901234567890,"s":"é漢😀\\u0000\\n"}';
      await publisher.publish([record({ value })]);
      expect((await readAll(reader)).map((each) => each.value)).toEqual([value]);
    });

    it('accepts a message of exactly the limit and refuses a larger one by name, which takes no other with it', async () => {
      const { publisher, reader } = await setUp({ maxMessageBytes: 20_000 });
      const sized = (bytes: number) => record({ value: `"${'é'.repeat((bytes - 2) / 2)}"` });
      const before = publisher.publish([numbered(1)]);
      const tooLarge = failureOf(publisher.publish([sized(20_002)]));
      const after = publisher.publish([numbered(2), sized(20_000)]);
      expect(publisher.maxMessageBytes).toBe(20_000);
      expect(await tooLarge).toBeInstanceOf(PublishError);
      expect(await tooLarge).toMatchObject({
        code: 'message_too_large',
        retry: 'never',
        details: { bytes: 20_002, limit: 20_000, key: 'tenant:execution' },
      });
      await Promise.all([before, after]);
      expect((await readAll(reader)).map((each) => each.value.length)).toEqual([7, 7, 10_001]);
    });

    it('never holds more than the allowed bytes in flight, and loses nothing of what waits', async () => {
      let peak = 0;
      const observer = { onInFlight: (bytes: number) => (peak = Math.max(peak, bytes)) };
      const maxInFlightBytes = 60_000;
      const { publisher, reader } = await setUp({ maxInFlightBytes, observer });
      const filler = 'x'.repeat(5_000);
      const large = (n: number) => record({ value: `{"n":${n},"filler":"${filler}"}` });
      let waiting = range(40);
      const publishers = range(8).map(async () => {
        for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) await publisher.publish([large(n)]);
      });
      await Promise.all(publishers);
      waiting = [];
      expect(peak).toBeLessThanOrEqual(maxInFlightBytes);
      expect(numbers(await readAll(reader)).sort((a, b) => Number(a) - Number(b))).toEqual(range(40));
    });

    it('flushes what it accepted when it is closed, and refuses by name afterwards', async () => {
      const { publisher, reader } = await setUp();
      const accepted = Promise.all(range(250).map((n) => publisher.publish([numbered(n)])));
      await publisher.close();
      await accepted;
      expect(await readAll(reader)).toHaveLength(250);
      await expect(publisher.publish([numbered(9)])).rejects.toMatchObject({ code: 'publisher_closed' });
      await expect(publisher.ping()).rejects.toMatchObject({ code: 'publisher_closed' });
      await publisher.close();
    });

    it('answers a ping with the milliseconds it took, and takes an empty list', async () => {
      const { publisher } = await setUp();
      expect(await publisher.ping()).toBeGreaterThanOrEqual(0);
      expect(await publisher.ping()).toBeLessThan(2_000);
      await expect(publisher.publish([])).resolves.toBeUndefined();
    });
  });
}
