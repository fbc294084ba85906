import type { JsonObject } from '@orchid/kernel';
import type { PlanDocument, StepDocument } from '@orchid/plan';
import { Breather } from './breather';
import { ScriptedExecution } from './scripted-execution';

const plan = (step: StepDocument): PlanDocument => ({ key: 'k', integration: 'acme', step });
const listing: StepDocument = { url: '{config.base_url}/x', iterate_over: 'response.body' };
const items = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
const bodies = (run: ScriptedExecution) =>
  run.messages('responses').flatMap(({ response_body }) => response_body as JsonObject[]);

describe('items that nothing runs on', () => {
  const COUNT = 20_000;

  it('lets others have their turn, and stops when asked: the rest comes later, nothing twice', async () => {
    const run = new ScriptedExecution(plan(listing), () => ({ body: items(COUNT) }));
    const ask = () => (run.publisher.records.length > 0 ? run.stop.ask('yield') : void setImmediate(ask));
    setImmediate(ask);
    const parked = await run.run();
    const first = run.publisher.records.length;
    expect(parked.kind).toBe('parked');
    expect([first > 0, first < COUNT]).toEqual([true, true]);
    const again = new ScriptedExecution(plan(listing), () => ({ body: items(COUNT) }));
    again.checkpoint = parked.kind === 'parked' ? (JSON.parse(JSON.stringify(parked.state)) as JsonObject) : null;
    expect(await again.run()).toMatchObject({ kind: 'success', receipt: { api_calls: 1, items_total: COUNT } });
    expect(again.requests).toHaveLength(0);
    expect([...bodies(run), ...bodies(again)]).toEqual(items(COUNT));
  });

  it.each(['cancel', 'lost'] as const)('ends as told: %s', async (reason) => {
    const run = new ScriptedExecution(plan(listing), () => ({ body: items(COUNT) }));
    const ask = () => (run.publisher.records.length > 0 ? run.stop.ask(reason) : void setImmediate(ask));
    setImmediate(ask);
    expect((await run.run()).kind).toBe(reason === 'cancel' ? 'cancelled' : 'lost');
    expect(run.publisher.records.length).toBeLessThan(COUNT);
  });
});

describe('a page of items in parts', () => {
  const page: StepDocument = { ...listing, fanout_emit_mode: 'page' };

  it('fills each part as far as the broker takes it, in order', async () => {
    const maxMessageBytes = 5_000;
    const run = new ScriptedExecution(plan(page), () => ({ body: items(1_000) }), { maxMessageBytes });
    expect((await run.run()).kind).toBe('success');
    const sizes = run.publisher.records.map(({ value }) => Buffer.byteLength(value));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(maxMessageBytes);
    // All but the last have no room for many more.
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(maxMessageBytes - 100);
    const parts = run.messages('responses').map(({ part }) => part);
    expect(parts).toEqual(sizes.map((_, index) => ({ index, count: sizes.length })));
    expect(bodies(run)).toEqual(items(1_000));
  });

  it('counts bytes, not characters, and leaves out only the item that is too large by itself', async () => {
    const list = [{ t: '€'.repeat(400) }, { t: '€'.repeat(400) }, { t: '€'.repeat(3_000) }, { t: 'small' }];
    const run = new ScriptedExecution(plan(page), () => ({ body: list }), { maxMessageBytes: 3_000 });
    expect(await run.run()).toMatchObject({ kind: 'failed', error: { code: 'item_too_large', type: 'partial' } });
    expect(bodies(run)).toEqual([list[0], list[1], list[3]]);
    expect(run.messages('errors')).toMatchObject([{ item_index: 2, response_body: null }]);
  });

  it('is one message, also when it has no items', async () => {
    const run = new ScriptedExecution(plan(page), () => ({ body: [] }));
    await run.run();
    expect(run.messages('responses')).toMatchObject([{ response_body: [] }]);
  });
});

describe('Breather', () => {
  it('wakes one sleeper a turn', async () => {
    let turn = 0;
    const count = () => {
      turn += 1;
      if (turn < 10) setImmediate(count);
    };
    setImmediate(count);
    const woken = await Promise.all([1, 2, 3].map(() => new Breather().rest().then(() => turn)));
    expect(new Set(woken).size).toBe(3);
  });
});
