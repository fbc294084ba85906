import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { createPublisher, createReader } from './create-publisher';
import { MemoryPublisher } from './memory-publisher';
import { NdjsonPublisher } from './ndjson-publisher';
import { PublishError } from './publish.errors';
import { describePublisherContract } from './publisher.contract';
import type { OutgoingRecord } from './publisher.port';

const scratch = mkdtempSync(path.join(tmpdir(), 'orchid-sink-'));
let directories = 0;
const newDirectory = () => path.join(scratch, String((directories += 1)), 'nested');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describePublisherContract('memory', (limits) => {
  const publisher = new MemoryPublisher(limits);
  return { publisher, reader: publisher };
});

describePublisherContract('file', (limits) => {
  const settings = { broker: 'file', directory: newDirectory(), ...limits } as const;
  return { publisher: createPublisher(settings), reader: createReader(settings) };
});

const record = (value: string, over: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  channel: 'responses',
  key: 't:e',
  headers: { message_id: 'm' },
  value,
  ...over,
});

async function readValues(directory: string): Promise<string[]> {
  const values: string[] = [];
  const reader = createReader({ broker: 'file', directory });
  for await (const each of reader.read('responses', { from: 'beginning', until: 'end' })) values.push(each.value);
  return values;
}

describe('file publisher', () => {
  it('writes one line {key, headers, value} a message, also for a body of several lines', async () => {
    const directory = newDirectory();
    const publisher = createPublisher({ broker: 'file', directory });
    await publisher.publish([
      record('{\n  "a": "x\\ny",\r\n  "value": 1\n}', { headers: { 'odd},"value":': '},"value":' } }),
    ]);
    await publisher.close();
    const text = readFileSync(path.join(directory, 'api-responses.ndjson'), 'utf8');
    expect(text.split('\n')).toHaveLength(2);
    expect(JSON.parse(text)).toEqual({
      key: 't:e',
      headers: { 'odd},"value":': '},"value":' },
      value: { a: 'x\ny', value: 1 },
    });
    expect((await readValues(directory)).map((value) => JSON.parse(value) as unknown)).toEqual([
      { a: 'x\ny', value: 1 },
    ]);
  });

  it('passes over a line that a crash cut short and loses nothing after it', async () => {
    const directory = newDirectory();
    const file = path.join(directory, 'api-responses.ndjson');
    const first = createPublisher({ broker: 'file', directory });
    await first.publish([record('{"n":1}')]);
    await first.close();
    appendFileSync(file, '{"key":"t:e","headers":{},"value":{"n":');
    expect(await readValues(directory)).toEqual(['{"n":1}']);
    const second = createPublisher({ broker: 'file', directory });
    await second.publish([record('{"n":2}')]);
    await second.close();
    expect(await readValues(directory)).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('goes on when somebody removes its directory, and rejects by name while it cannot write', async () => {
    const directory = newDirectory();
    const publisher = createPublisher({ broker: 'file', directory, deliveryTimeoutMs: 0 });
    await publisher.publish([record('1')]);
    rmSync(directory, { recursive: true });
    await publisher.publish([record('2')]);
    expect(await readValues(directory)).toEqual(['2']);
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'in the way');
    await expect(publisher.publish([record('3')])).rejects.toMatchObject({
      code: 'broker_unavailable',
      retry: 'backoff',
    });
    await expect(publisher.ping()).rejects.toMatchObject({ code: 'broker_unavailable' });
    rmSync(directory);
    await publisher.publish([record('4')]);
    await publisher.close();
    expect(await readValues(directory)).toEqual(['4']);
  });

  it('sends events to the responses topic as well when both have the same topic', async () => {
    const directory = newDirectory();
    const topics = { responses: 'api-responses', errors: 'api-errors', events: 'api-responses' };
    const publisher = createPublisher({ broker: 'file', directory, topics });
    await publisher.publish([record('1'), record('2', { channel: 'events' })]);
    await publisher.close();
    expect(await readValues(directory)).toEqual(['1', '2']);
    expect(readFileSync(path.join(directory, 'execution-events.ndjson'), 'utf8')).toContain('"value":2');
  });
});

describe('ndjson publisher', () => {
  it('writes a line a message, in order, no faster than the stream takes them', async () => {
    const stream = new PassThrough({ highWaterMark: 16 });
    const publisher = new NdjsonPublisher(stream);
    let isDone = false;
    const writing = publisher.publish([record('{"a":\n1,"b":"a long one"}')]).then(() => (isDone = true));
    const second = publisher.publish([record('2')]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDone).toBe(false);
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await writing;
    await second;
    await publisher.close();
    expect(text).toBe('{"a": 1,"b":"a long one"}\n2\n');
    await expect(publisher.publish([record('3')])).rejects.toMatchObject({ code: 'publisher_closed' });
  });

  it('rejects by name once the stream is broken', async () => {
    const stream = new PassThrough();
    const publisher = new NdjsonPublisher(stream);
    const broken = new Promise((resolve) => stream.once('close', resolve));
    stream.destroy(new Error('EPIPE'));
    await broken;
    await expect(publisher.publish([record('1')])).rejects.toMatchObject({ code: 'broker_unavailable' });
    await expect(publisher.ping()).rejects.toMatchObject({ code: 'broker_unavailable' });
  });
});

describe('memory publisher', () => {
  it('fails as often as it is told, parses its messages and lets a test delay the broker', async () => {
    const stored: number[] = [];
    const publisher = new MemoryPublisher({ beforeStore: (records) => void stored.push(records.length) });
    publisher.failNext(PublishError.unavailable('down'));
    await expect(publisher.publish([record('1')])).rejects.toMatchObject({ code: 'broker_unavailable' });
    await publisher.publish([record('{"n":9007199254740993}'), record('2', { channel: 'errors' })]);
    expect(publisher.messages('responses')).toEqual([{ n: 9007199254740993n }]);
    expect(stored).toEqual([1, 2]);
  });
});
