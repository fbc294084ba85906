import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutboundRequest } from '@orchid/http-client';
import type { JsonObject } from '@orchid/kernel';
import type { PlanDocument, StepDocument } from '@orchid/plan';
import type { ExecutionOutcome } from './execution-outcome';
import { ScriptedExecution, type Script } from './scripted-execution';

const example = (name: string): PlanDocument =>
  JSON.parse(readFileSync(join(__dirname, `../../plan/examples/${name}.json`), 'utf8')) as PlanDocument;

const plan = (step: StepDocument, more: Partial<PlanDocument> = {}): PlanDocument => ({
  key: 'contacts',
  integration: 'acme',
  step,
  ...more,
});

const param = (request: OutboundRequest, name: string) => new URL(request.url).searchParams.get(name);
const path = (request: OutboundRequest) => new URL(request.url).pathname;
const receipt = (outcome: ExecutionOutcome) => ('receipt' in outcome ? outcome.receipt : undefined);
const stopReasons = (outcome: ExecutionOutcome) =>
  receipt(outcome)?.loops.map((loop) => [loop.step_path, loop.stop_reason]);
const errorOf = (outcome: ExecutionOutcome) => ('error' in outcome ? outcome.error : undefined);

describe('the example plans, as written', () => {
  it('reads all pages of the paged one, not only the first', async () => {
    const run = new ScriptedExecution(example('contacts-paged'), (request) => {
      const offset = Number(param(request, 'offset'));
      return { body: { contacts: [offset], has_more: offset < 400, next_offset: offset < 400 ? offset + 100 : null } };
    });
    const outcome = await run.run();
    expect(outcome.kind).toBe('success');
    expect(run.requests.map((request) => param(request, 'offset'))).toEqual(['0', '100', '200', '300', '400']);
    expect(run.messages('responses').map((message) => message.page)).toEqual([1, 2, 3, 4, 5]);
    expect(receipt(outcome)).toMatchObject({ pages: 5, api_calls: 5, records: 5, published: 5, complete: true });
    expect(stopReasons(outcome)).toEqual([['root', 'while_false']]);
    expect(outcome).toMatchObject({ contextUpdates: { next_offset: null } });
  });

  it('publishes every item of the fan-out, enriched and in order', async () => {
    const contacts = Array.from({ length: 60 }, (_, index) => ({ id: `c${index}`, name: `n${index}` }));
    const run = new ScriptedExecution(example('contacts-fanout'), (request) =>
      path(request) === '/api/contacts' ? { body: { contacts } } : { body: { of: path(request).split('/')[3] ?? '' } },
    );
    const outcome = await run.run();
    expect(outcome).toMatchObject({ kind: 'success' });
    const items = run.messages('responses').filter((message) => message.step_path === 'root');
    expect(items.map((message) => message.response_body)).toEqual(
      contacts.map((contact) => [{ ...contact, sub_step_1: { of: contact.id } }]),
    );
    expect(items.map((message) => message.item_index)).toEqual(contacts.map((_, index) => index));
    expect(run.messages('responses').filter((message) => message.step_path === 'root.sub_step_1')).toHaveLength(60);
    expect(receipt(outcome)).toMatchObject({ pages: 1, api_calls: 61, records: 60, items_total: 60, complete: true });
    expect(new Set(run.messages('responses').map((message) => message.message_id)).size).toBe(120);
  });

  describe('the third', () => {
    const users = (ids: number[]) => ({ users: ids.map((id) => ({ id })) });

    it('pages until a page is empty and ignores the 404 of a sub-step', async () => {
      const run = new ScriptedExecution(example('users-params'), (request) => {
        if (path(request) === '/api/users') return { body: param(request, 'page') === '3' ? users([]) : users([1, 2]) };
        return path(request) === '/api/users/2/settings' ? { status: 404, body: null } : { body: { theme: 'dark' } };
      });
      const outcome = await run.run();
      expect(outcome.kind).toBe('success');
      expect(stopReasons(outcome)).toEqual([
        ['root.settings', 'ignored'],
        ['root.settings', 'single'],
        ['root', 'while_false'],
      ]);
      const bodies = run.messages('responses').filter((message) => message.step_path === 'root');
      expect(bodies[1]?.response_body).toEqual([{ id: 2, settings: null }]);
      expect(run.requests.map((request) => request.url)[1]).toBe('https://api.example.com/api/users/1/settings');
      expect(run.messages('errors').map((message) => message.status_code)).toEqual([404, 404]);
      expect(receipt(outcome)).toMatchObject({ items_ignored: 2, items_failed: 0, complete: true });
    });

    it('breaks after fifty pages', async () => {
      const run = new ScriptedExecution(example('users-params'), (request) =>
        path(request) === '/api/users' ? { body: users([Number(param(request, 'page'))]) } : { body: {} },
      );
      expect(stopReasons(await run.run())).toContainEqual(['root', 'break_when']);
    });

    it('retries a busy answer and aborts on 403', async () => {
      const run = new ScriptedExecution(example('users-params'), (_request, call) =>
        call < 3 ? { body: { error: 'busy' } } : { status: 403, body: {} },
      );
      const outcome = await run.run();
      expect(outcome).toMatchObject({ kind: 'aborted', error: { code: 'abort_when' }, receipt: { complete: false } });
      expect(run.requests).toHaveLength(3);
      expect(run.messages('errors')).toHaveLength(1);
    });
  });
});

describe('what an answer means', () => {
  const step = (more: Partial<StepDocument>): StepDocument => ({ url: '{config.base_url}/x', ...more });
  const once = (document: StepDocument, script: Script) => new ScriptedExecution(plan(document), script);

  it.each<[string, Partial<StepDocument>, number, JsonObject, Partial<ExecutionOutcome> & JsonObject]>([
    ['a status in abort_on aborts', { abort_on: [418] }, 418, {}, { kind: 'aborted' }],
    ['abort wins over ignore', { abort_on: [404], ignore_on: [404] }, 404, {}, { kind: 'aborted' }],
    ['a status in both ignore_on and retry.on is ignored', { ignore_on: [503] }, 503, {}, { kind: 'success' }],
    ['accept_on makes a success of 412', { accept_on: [412] }, 412, {}, { kind: 'success' }],
    [
      'fail_when makes a failure of 200',
      { fail_when: 'response.body.error != null' },
      200,
      { error: 1 },
      { kind: 'failed' },
    ],
    ['fail_on makes a failure of 202', { fail_on: [202] }, 202, {}, { kind: 'failed' }],
    ['any other status from 400 on fails', {}, 404, {}, { kind: 'failed' }],
  ])('%s', async (_rule, more, status, body, expected) => {
    const run = once(step(more), () => ({ status, body }));
    const outcome = await run.run();
    expect(outcome).toMatchObject(expected);
    expect(run.requests).toHaveLength(1);
    expect(run.messages('responses')).toHaveLength(outcome.kind === 'success' && status !== 503 ? 1 : 0);
    expect(run.messages('errors')).toHaveLength(outcome.kind !== 'success' || status === 503 ? 1 : 0);
  });

  it('retries with Fibonacci backoff and full jitter, then fails as transient', async () => {
    const run = once(step({ retry: { max_retries: 5 } }), () => ({ status: 500, body: {} }));
    const outcome = await run.run();
    expect(run.clock.slept).toEqual([500, 500, 1000, 1500, 2500]);
    expect(errorOf(outcome)).toMatchObject({ code: 'http_500', type: 'transient', step_path: 'root' });
    expect(run.messages('errors')[0]?.error).toMatchObject({ code: 'http_500', attempts: 6 });
    expect(receipt(outcome)).toMatchObject({ api_calls: 6, published: 1, complete: false });
  });

  it('retries a time-out, and takes the answer that comes then', async () => {
    const run = once(step({}), (_request, call) => (call === 1 ? { transport: 'timeout' } : { body: { ok: true } }));
    expect((await run.run()).kind).toBe('success');
    expect(run.requests).toHaveLength(2);
  });

  it('waits as long as Retry-After says without using up a retry until told max_retries times in a row', async () => {
    const run = once(step({ retry: { max_retries: 2 } }), () => ({
      status: 429,
      headers: { 'retry-after': '7' },
      body: {},
    }));
    expect(errorOf(await run.run())).toMatchObject({ code: 'http_429', type: 'transient' });
    expect(run.clock.slept).toEqual([7000, 7000, 7000, 7000]);
  });

  it('obtains a new token after a 401, once; a second 401 is auth_rejected', async () => {
    const document = step({ headers: { Authorization: 'Bearer {auth.token}' } });
    const renewed = once(document, (request) =>
      request.headers.Authorization === 'Bearer token-2' ? { body: {} } : { status: 401, body: {} },
    );
    expect((await renewed.run()).kind).toBe('success');
    expect(renewed.rejected).toEqual(['token-1']);
    const refused = once(document, () => ({ status: 401, body: {} }));
    expect(errorOf(await refused.run())).toMatchObject({ code: 'auth_rejected', type: 'auth' });
    expect(refused.requests).toHaveLength(2);
  });

  it('fails as permanent on an expression that cannot be evaluated, naming it', async () => {
    const run = once(step({ while: 'response.body.count' }), () => ({ body: { count: 3 } }));
    const error = errorOf(await run.run());
    expect(error).toMatchObject({ code: 'condition_not_boolean', type: 'permanent' });
    expect(error?.message).toContain('response.body.count');
    expect(run.messages('errors')[0]?.error).toMatchObject({ code: 'condition_not_boolean' });
  });

  it('polls until the condition holds and publishes only then', async () => {
    const poll = { until: "response.body.state == 'done'", every_ms: 1000, max_seconds: 60 };
    const run = once(step({ poll }), (_request, call) => ({ body: { state: call < 4 ? 'working' : 'done' } }));
    const outcome = await run.run();
    expect(receipt(outcome)).toMatchObject({ api_calls: 4, pages: 1, published: 1, complete: true });
    const never = once(step({ poll }), () => ({ body: { state: 'working' } }));
    expect(errorOf(await never.run())).toMatchObject({ code: 'poll_timeout' });
  });
});

describe('loops', () => {
  it.each<[string, Partial<StepDocument>, Script, string]>([
    ['while_false', { while: 'response.body.more == true' }, () => ({ body: { more: false } }), 'while_false'],
    ['condition_null', { while: 'response.body.more' }, () => ({ body: {} }), 'condition_null'],
    ['next_url_null', { next_url: 'response.body.next' }, () => ({ body: { next: '' } }), 'next_url_null'],
    [
      'break_when',
      { while: 'true', break_when: 'context.loop_count == 3' },
      (_r, call) => ({ body: { call } }),
      'break_when',
    ],
    [
      'ignored',
      { while: 'true', ignore_on: [404] },
      (_r, call) => (call < 3 ? { body: { call } } : { status: 404 }),
      'ignored',
    ],
    ['single', {}, () => ({ body: {} }), 'single'],
    ['loop_limit', { while: 'true' }, (_r, call) => ({ body: { call } }), 'loop_limit'],
    ['paging_stuck', { while: 'true' }, () => ({ body: { same: true } }), 'paging_stuck'],
  ])('record why they stop: %s', async (_name, step, script, reason) => {
    const document = plan({ url: '{config.base_url}/x', ...step }, { max_loops: 5 });
    const outcome = await new ScriptedExecution(document, script).run();
    expect(stopReasons(outcome)).toEqual([['root', reason]]);
    const isGood = !['condition_null', 'loop_limit', 'paging_stuck'].includes(reason);
    expect(receipt(outcome)?.complete).toBe(isGood);
    expect(outcome.kind === 'success').toBe(!['loop_limit', 'paging_stuck'].includes(reason));
  });

  it('follow next_url relative to the answer, with params on the first pass only', async () => {
    const step = { url: '{config.base_url}/a/list', params: { limit: '2' }, next_url: 'response.body.next' };
    const run = new ScriptedExecution(plan(step), (_request, call) => ({
      body: { next: call < 3 ? `?page=${call + 1}` : null },
    }));
    await run.run();
    expect(run.requests.map((request) => request.url)).toEqual([
      'https://api.example.com/a/list?limit=2',
      'https://api.example.com/a/list?page=2',
      'https://api.example.com/a/list?page=3',
    ]);
  });

  it('give vars, prev and loop_count to each pass', async () => {
    const step: StepDocument = {
      url: '{config.base_url}/x',
      init: { total: '0' },
      params: { total: '{vars.total}', before: '{prev.body.n}', pass: '{context.loop_count}' },
      vars: { total: 'vars.total + response.body.n', double: 'vars.total * 2' },
      extract: { seen: 'response.body.n' },
      break_when: 'vars.double >= 12',
      while: 'true',
    };
    const run = new ScriptedExecution(plan(step), (_request, call) => ({ body: { n: call } }));
    await run.run();
    expect(run.requests.map((request) => new URL(request.url).search)).toEqual([
      '?total=0&pass=1',
      '?total=1&before=1&pass=2',
      '?total=3&before=2&pass=3',
    ]);
    expect(run.messages('responses').map((message) => message.extracted_data)).toEqual([
      { seen: 1 },
      { seen: 2 },
      { seen: 3 },
    ]);
  });

  it('commit context only with success, and show it to later passes before', async () => {
    const step = {
      url: '{config.base_url}/x',
      params: { cursor: '{context.cursor}' },
      context_updates: { cursor: 'response.body.next' },
      while: 'response.body.next != null',
    };
    const run = new ScriptedExecution(plan(step), (_request, call) =>
      call < 3 ? { body: { next: `c${call}` } } : { status: 404, body: {} },
    );
    const outcome = await run.run();
    expect(run.requests.map((request) => param(request, 'cursor'))).toEqual([null, 'c1', 'c2']);
    expect(outcome.kind).toBe('failed');
    expect(outcome).not.toHaveProperty('contextUpdates');
  });
});
