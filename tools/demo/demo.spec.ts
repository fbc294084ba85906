import { PassThrough } from 'node:stream';
import { validateAuthFlow } from '@orchid/auth';
import type { JsonValue } from '@orchid/kernel';
import type { ConsumedRecord, RecordReader } from '@orchid/messaging';
import { validatePlan } from '@orchid/plan';
import { until } from '@orchid/testing';
import { demoAuthFlow, demoPlan } from './demo-documents';
import { demoPorts } from './demo-ports';
import { DemoScreen } from './demo-screen';
import { type DemoMessage, MessageCounter, shortMessage } from './message-counter';
import { Teardown } from './teardown';

const message = (number: number, details: boolean): DemoMessage => ({
  message_id: `m-${number}`,
  execution_id: 'mine',
  step_path: 'root',
  page: 1,
  item_index: number,
  status_code: 200,
  request_method: 'GET',
  request_url: 'http://127.0.0.1:4000/api/contacts?limit=25',
  response_body: [
    {
      id: `c-00000${number}`,
      name: `Contact ${number}`,
      ...(details && { details: { id: `c-00000${number}`, score: 1.5 } }),
    },
  ],
});

const record = (value: DemoMessage, executionId = 'mine') =>
  ({ headers: { execution_id: executionId }, value: JSON.stringify(value) }) as unknown as ConsumedRecord;

describe('the demonstration', () => {
  it('has documents that are valid, without a warning', () => {
    expect(validatePlan(demoPlan)).toMatchObject({ ok: true, warnings: [] });
    expect(validateAuthFlow(demoAuthFlow as unknown as JsonValue)).toEqual([]);
  });

  it('takes its ports from the environment, PORT being that of the API', () => {
    expect(demoPorts({})).toEqual({ api: 3000, worker: 3001, scheduler: 3002 });
    expect(demoPorts({ PORT: '8080', WORKER_PORT: '0' })).toMatchObject({ api: 8080, worker: 0 });
    expect(demoPorts({ PORT: '8080', API_PORT: '3100' }).api).toBe(3100);
    expect(() => demoPorts({ SCHEDULER_PORT: 'x' })).toThrow(/SCHEDULER_PORT/);
    expect(() => demoPorts({ API_PORT: '70000' })).toThrow(/API_PORT/);
  });

  it('counts messages of its execution once, and contacts only with their details', async () => {
    const records = [
      record(message(1, true)),
      record(message(1, true)),
      record(message(2, false)),
      record(message(3, true), 'another'),
    ];
    let attempts = 0;
    const reader: RecordReader = {
      read: async function* (_channel, { signal }) {
        attempts += 1;
        if (attempts === 1) throw new Error('there is no such topic yet');
        yield* records;
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      },
      close: () => Promise.resolve(),
    };
    const counter = new MessageCounter(reader);
    counter.start('mine');
    await until('both messages', () => counter.count === 2);
    expect(counter.trouble).toBeNull();
    await counter.stop();
    expect([counter.count, counter.missing(2), counter.first]).toEqual([2, 1, expect.any(Array)]);
    expect(shortMessage(message(1, true))).toBe(
      'page 1, item 1: GET /api/contacts 200 {"id":"c-000001","name":"Contact 1",…,"details":{"score":1.5,…}}',
    );
  });

  it('ends what it began in the opposite order, all of it', async () => {
    const done: string[] = [];
    const teardown = new Teardown();
    teardown.add({ name: 'first', close: () => Promise.resolve(done.push('first')) });
    teardown.add({ name: 'second', close: () => Promise.reject(new Error('stuck')) });
    teardown.add({ name: 'third', close: () => Promise.resolve(done.push('third')), kill: () => done.push('killed') });
    teardown.kill();
    expect(await teardown.run(() => undefined)).toEqual(['second: stuck']);
    expect(done).toEqual(['killed', 'third', 'first']);
  });

  it('writes one line over and over on a terminal, and takes it away before the next', () => {
    const stream = new PassThrough();
    const screen = new DemoScreen(stream, true);
    screen.progress('1 of 2');
    screen.progress('2 of 2');
    screen.line('done');
    expect(String(stream.read())).toBe('\r\u001b[K1 of 2\r\u001b[K2 of 2\r\u001b[Kdone\n');
  });
});
