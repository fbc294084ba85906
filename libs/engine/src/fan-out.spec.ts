import type { JsonObject } from '@orchid/kernel';
import type { OutboundRequest } from '@orchid/http-client';
import type { PlanDocument, StepDocument } from '@orchid/plan';
import type { ExecutionOutcome } from './execution-outcome';
import { ScriptedExecution, type Script } from './scripted-execution';

const plan = (step: StepDocument, more: Partial<PlanDocument> = {}): PlanDocument => ({
  key: 'contacts',
  integration: 'acme',
  step,
  ...more,
});
const param = (request: OutboundRequest | undefined, name: string) =>
  request === undefined ? null : new URL(request.url).searchParams.get(name);
const path = (request: OutboundRequest) => new URL(request.url).pathname;
const receipt = (outcome: ExecutionOutcome) => ('receipt' in outcome ? outcome.receipt : undefined);
const errorOf = (outcome: ExecutionOutcome) => ('error' in outcome ? outcome.error : undefined);

describe('fan-out', () => {
  const items = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
  const fan = (sub: Partial<StepDocument>, more: Partial<StepDocument> = {}): PlanDocument =>
    plan({
      url: '{config.base_url}/list',
      sub_steps: [{ id: 'details', iterate_over: 'response.body.items', url: '{config.base_url}/d/{item.id}', ...sub }],
      ...more,
    });
  const api =
    (count: number, answer: (id: number) => ReturnType<Script> = (id) => ({ body: { id } })): Script =>
    (request) =>
      path(request) === '/list' ? { body: { items: items(count) } } : answer(Number(path(request).split('/')[2]));

  it('keeps the order of items however their requests finish, with at most concurrency at once', async () => {
    let [inFlight, most] = [0, 0];
    let open = (): void => undefined;
    const full = new Promise<void>((resolve) => (open = resolve));
    const run = new ScriptedExecution(
      fan({ concurrency: 7 }),
      api(100, async (id) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        if (inFlight === 7) open();
        await full;
        for (let turns = (id * 37) % 11; turns > 0; turns -= 1) await Promise.resolve();
        inFlight -= 1;
        return { body: { id } };
      }),
    );
    await run.run();
    const roots = run.messages('responses').filter((message) => message.step_path === 'root');
    expect(roots.map((message) => message.item_index)).toEqual(items(100).map(({ id }) => id));
    expect(most).toBe(7);
  });

  it('publishes failed items with their index, goes on, and ends failed as partial', async () => {
    const run = new ScriptedExecution(
      fan({}),
      api(10, (id) => (id === 4 ? { status: 404, body: {} } : { body: {} })),
    );
    const outcome = await run.run();
    expect(outcome).toMatchObject({ kind: 'failed', error: { type: 'partial', code: 'http_404' } });
    expect(receipt(outcome)).toMatchObject({ items_total: 10, items_failed: 1, complete: false });
    expect(run.messages('errors').map((message) => message.item_index)).toEqual([4]);
    expect(run.messages('responses').filter((message) => message.step_path === 'root')).toHaveLength(9);
  });

  it('stops at the first failed item when told', async () => {
    const run = new ScriptedExecution(
      fan({ concurrency: 1, stop_on_error: true }),
      api(10, (id) => (id === 4 ? { status: 404, body: {} } : { body: {} })),
    );
    expect((await run.run()).kind).toBe('failed');
    expect(run.requests).toHaveLength(6);
  });

  it('publishes one message a page in page mode, also for no items, split below the largest message', async () => {
    const page = fan({ emit_to_kafka: false, fanout_emit_mode: 'page' });
    const whole = new ScriptedExecution(page, api(3));
    await whole.run();
    expect(whole.messages('responses')).toHaveLength(1);
    expect(whole.messages('responses')[0]?.response_body).toEqual(items(3).map((item) => ({ ...item, details: item })));
    const none = new ScriptedExecution(page, api(0));
    expect(receipt(await none.run())).toMatchObject({ published: 1, items_total: 0, complete: true });
    const split = new ScriptedExecution(
      page,
      api(64, (id) => ({ body: { id, text: 'x'.repeat(100) } })),
      { maxMessageBytes: 5000 },
    );
    const outcome = await split.run();
    const messages = split.messages('responses');
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.flatMap((message) => message.response_body as JsonObject[]).map((item) => item.id)).toEqual(
      items(64).map(({ id }) => id),
    );
    expect(messages.map((message) => message.part)).toEqual(
      messages.map((_, index) => ({ index, count: messages.length })),
    );
    expect(receipt(outcome)?.complete).toBe(true);
  });

  it('treats null as no items and refuses what is no list', async () => {
    const nothing = new ScriptedExecution(fan({}), () => ({ body: {} }));
    expect(receipt(await nothing.run())).toMatchObject({ items_total: 0, complete: true });
    const scalar = new ScriptedExecution(fan({}), () => ({ body: { items: 7 } }));
    expect(errorOf(await scalar.run())).toMatchObject({ code: 'iterate_over_not_array' });
  });

  it('prefixes a name that collides and wraps items that are no objects', async () => {
    const run = new ScriptedExecution(
      plan({
        url: '{config.base_url}/list',
        sub_steps: [
          { id: 'value', iterate_over: 'response.body', url: '{config.base_url}/d/{item}', emit_to_kafka: false },
        ],
      }),
      (request) => ({ body: path(request) === '/list' ? ['a'] : { of: path(request) } }),
    );
    await run.run();
    expect(run.messages('responses')[0]?.response_body).toEqual([{ value: 'a', _value: { of: '/d/a' } }]);
  });

  it('runs nested fan-outs and plain sub-steps, each seeing its parents', async () => {
    const run = new ScriptedExecution(
      plan({
        url: '{config.base_url}/groups',
        sub_steps: [
          { id: 'login', url: '{config.base_url}/login', emit_to_kafka: false },
          {
            id: 'members',
            iterate_over: 'response.body',
            url: '{config.base_url}/g/{item.id}',
            params: { s: '{vars.login.session}' },
            sub_steps: [
              {
                id: 'tag',
                iterate_over: 'response.body',
                url: '{config.base_url}/g/{parent.item.id}/m/{item}/{item_index}',
              },
            ],
          },
        ],
      }),
      (request) => {
        if (path(request) === '/groups') return { body: [{ id: 1 }, { id: 2 }] };
        if (path(request) === '/login') return { body: { session: 'abc' } };
        return { body: path(request).split('/').length === 3 ? ['x', 'y'] : { tag: path(request) } };
      },
    );
    const outcome = await run.run();
    expect(outcome.kind).toBe('success');
    expect(run.requests.filter((request) => path(request).length === 4).map((request) => param(request, 's'))).toEqual([
      'abc',
      'abc',
    ]);
    expect(run.requests.map(path)).toEqual(expect.arrayContaining(['/g/1/m/x/0', '/g/2/m/y/1']));
    const nested = run.messages('responses').filter((message) => message.step_path === 'root.members');
    expect(nested.map((message) => message.response_body)).toContainEqual([{ value: 'y', tag: { tag: '/g/2/m/y/1' } }]);
    expect(receipt(outcome)).toMatchObject({ pages: 2, items_total: 6, records: 3, complete: true });
    const ids = run.messages('responses').map((message) => message.message_id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('iterates over the config without sending anything itself', async () => {
    const run = new ScriptedExecution(
      plan({ iterate_over: 'config.regions', sub_steps: [{ id: 'r', url: '{config.base_url}/{item}' }] }),
      () => ({ body: {} }),
    );
    run.config = { ...run.config, regions: ['eu', 'us'] };
    expect(receipt(await run.run())).toMatchObject({ api_calls: 2, published: 2, records: 2, complete: true });
    expect(run.requests.map(path).sort()).toEqual(['/eu', '/us']);
  });

  it('writes context from items through a reducer, after success', async () => {
    const run = new ScriptedExecution(
      fan({
        context_updates: {
          newest: { expr: 'response.body.id', reduce: 'max' },
          cursors: { expr: 'response.body.id', reduce: 'last', key: 'item.id' },
        },
      }),
      api(3),
    );
    expect(await run.run()).toMatchObject({ contextUpdates: { newest: 2, cursors: { 0: 0, 1: 1, 2: 2 } } });
  });
});
