import { REDACTED, type JsonObject } from '@orchid/kernel';
import { PublishError } from '@orchid/messaging';
import type { PlanDocument, StepDocument } from '@orchid/plan';
import type { OutboundRequest } from '@orchid/http-client';
import { ScriptedExecution, type Script } from './scripted-execution';

const paged: StepDocument = {
  url: '{config.base_url}/x',
  params: { page: '{{ (vars.page || 0) + 1 }}' },
  vars: { page: '(vars.page || 0) + 1' },
  while: 'response.body.more == true',
};
const plan = (step: StepDocument, more: Partial<PlanDocument> = {}): PlanDocument => ({
  key: 'k',
  integration: 'acme',
  step,
  ...more,
});
const pages =
  (count: number): Script =>
  (request) => {
    const page = Number(new URL(request.url).searchParams.get('page'));
    return { body: { page, more: page < count } };
  };
const path = (request: OutboundRequest) => new URL(request.url).pathname;

describe('going on from a checkpoint', () => {
  it('requests no checkpointed page again and gives its messages the ids they had', async () => {
    const whole = new ScriptedExecution(plan(paged), pages(6));
    await whole.run();
    const broken: ScriptedExecution = new ScriptedExecution(plan(paged), (request, call) => {
      if (call === 4) broken.stop.ask('yield');
      return pages(6)(request, call);
    });
    const outcome = await broken.run();
    expect(outcome.kind).toBe('parked');
    const again = new ScriptedExecution(plan(paged), pages(6));
    again.checkpoint = outcome.kind === 'parked' ? (JSON.parse(JSON.stringify(outcome.state)) as JsonObject) : null;
    const end = await again.run();
    expect(again.requests).toHaveLength(2);
    expect(end).toMatchObject({ kind: 'success', receipt: { pages: 6, api_calls: 6, published: 6, complete: true } });
    const ids = [...broken.messages('responses'), ...again.messages('responses')].map((message) => message.message_id);
    expect(ids).toEqual(whole.messages('responses').map((message) => message.message_id));
  });

  it('keeps the position of a long page while its items run, one checkpoint at a time', async () => {
    const fan: StepDocument = {
      url: '{config.base_url}/list',
      sub_steps: [{ id: 'd', iterate_over: 'response.body', url: '{config.base_url}/d/{item}', concurrency: 5 }],
    };
    const run: ScriptedExecution = new ScriptedExecution(plan(fan), async (request) => {
      if (path(request) === '/list') return { body: Array.from({ length: 40 }, (_, i) => i) };
      await run.clock.sleep(1_000);
      return { body: {} };
    });
    let [underWay, most] = [0, 0];
    const save = run.checkpoints.save.bind(run.checkpoints);
    run.checkpoints.save = async (state, progress) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turns = 0; turns < 40; turns += 1) await Promise.resolve();
      await save(state, progress);
      underWay -= 1;
    };
    expect((await run.run()).kind).toBe('success');
    expect(run.checkpoints.saves).toBeGreaterThan(1);
    expect([most, underWay]).toEqual([1, 0]);
  });

  it('writes no checkpoint any more once a run has failed', async () => {
    const run: ScriptedExecution = new ScriptedExecution(plan(paged), (request, call) => {
      if (call === 2) throw new Error('a defect');
      return pages(5)(request, call);
    });
    let ended = false;
    const late: boolean[] = [];
    const save = run.checkpoints.save.bind(run.checkpoints);
    run.checkpoints.save = async (state, progress) => {
      await new Promise((resolve) => setImmediate(resolve));
      late.push(ended);
      await save(state, progress);
    };
    await expect(run.run()).rejects.toThrow('a defect');
    ended = true;
    await new Promise((resolve) => setImmediate(resolve));
    expect(late).toEqual([false]);
  });

  it('parks on a long wait told by the server and counts its retries on', async () => {
    const busy: Script = () => ({ status: 429, headers: { 'retry-after': '120' }, body: {} });
    const first = new ScriptedExecution(plan({ ...paged, retry: { max_retries: 1 } }), busy);
    const outcome = await first.run();
    expect(outcome).toMatchObject({ kind: 'parked', until: first.clock.now() + 120_000 });
    const second = new ScriptedExecution(plan({ ...paged, retry: { max_retries: 1 } }), busy);
    second.checkpoint = outcome.kind === 'parked' ? outcome.state : null;
    const third = new ScriptedExecution(plan({ ...paged, retry: { max_retries: 1 } }), busy);
    const next = await second.run();
    third.checkpoint = next.kind === 'parked' ? next.state : null;
    expect(await third.run()).toMatchObject({ kind: 'failed', error: { code: 'http_429' } });
  });

  it('runs only the unfinished items of a fan-out that was parked on its quota', async () => {
    const document = plan(
      {
        url: '{config.base_url}/list',
        sub_steps: [
          {
            id: 'd',
            iterate_over: 'response.body',
            url: '{config.base_url}/d/{item}',
            concurrency: 4,
            fanout_emit_mode: 'page',
          },
        ],
      },
      { rate_limits: [{ requests: 11, window_secs: 60, scope: 'per_config' }] },
    );
    const script: Script = (request) => ({
      body: path(request) === '/list' ? Array.from({ length: 30 }, (_, i) => i) : { at: path(request) },
    });
    const seen: string[] = [];
    let checkpoint: JsonObject | null = null;
    for (let rounds = 0; ; rounds += 1) {
      const run = new ScriptedExecution(document, script);
      run.checkpoint = checkpoint;
      run.parkAfterMs = 20;
      const outcome = await run.run();
      seen.push(...run.requests.map(path));
      if (outcome.kind === 'parked') {
        checkpoint = JSON.parse(JSON.stringify(outcome.state)) as JsonObject;
        continue;
      }
      expect(rounds).toBe(2);
      expect(outcome).toMatchObject({ kind: 'success', receipt: { api_calls: 31, items_total: 30, complete: true } });
      const [page] = run.messages('responses').filter((message) => message.step_path === 'root');
      expect((page?.response_body as JsonObject[]).map((item) => item.value)).toEqual(
        Array.from({ length: 30 }, (_, i) => i),
      );
      break;
    }
    expect(new Set(seen).size).toBe(31);
    expect(seen).toHaveLength(31);
  });

  it('goes on within the loop of a plain sub-step', async () => {
    const document = plan({
      url: '{config.base_url}/login',
      sub_steps: [{ id: 'list', ...paged, headers: { s: '{parent.body.session}' } }],
    });
    const script: Script = (request, call) =>
      path(request) === '/login' ? { body: { session: 's1' } } : pages(5)(request, call);
    const broken: ScriptedExecution = new ScriptedExecution(document, (request, call) => {
      if (call === 4) broken.stop.ask('yield');
      return script(request, call);
    });
    const outcome = await broken.run();
    const again = new ScriptedExecution(document, script);
    again.checkpoint = outcome.kind === 'parked' ? (JSON.parse(JSON.stringify(outcome.state)) as JsonObject) : null;
    const end = await again.run();
    expect(again.requests.map((request) => [path(request), request.headers.s])).toEqual([
      ['/x', 's1'],
      ['/x', 's1'],
    ]);
    expect(end).toMatchObject({ kind: 'success', receipt: { pages: 6, published: 6 } });
  });

  it('checkpoints a page only after the broker has its messages', async () => {
    const run = new ScriptedExecution(plan(paged), pages(3));
    run.publisher.failNext(new PublishError('broker_unavailable', 'gone'));
    await expect(run.run()).rejects.toMatchObject({ code: 'broker_unavailable' });
    expect(run.checkpoints.saves).toBe(0);
  });

  it('stops within one request when cancelled, and publishes nothing more when it lost its ownership', async () => {
    const cancelled: ScriptedExecution = new ScriptedExecution(plan(paged), (request, call) => {
      if (call === 2) cancelled.stop.ask('cancel');
      return pages(9)(request, call);
    });
    expect((await cancelled.run()).kind).toBe('cancelled');
    expect(cancelled.requests).toHaveLength(2);
    const lost: ScriptedExecution = new ScriptedExecution(plan(paged), (request, call) => {
      if (call === 2) lost.stop.ask('lost');
      return pages(9)(request, call);
    });
    expect((await lost.run()).kind).toBe('lost');
    expect(lost.messages('responses')).toHaveLength(1);
  });

  it('is cancelled with its receipt when the signal breaks off the request in flight', async () => {
    const cancelled: ScriptedExecution = new ScriptedExecution(plan(paged), (request, call) => {
      if (call === 1) return pages(9)(request, call);
      cancelled.stop.ask('cancel');
      return Promise.reject(cancelled.stop.signal.reason as Error);
    });
    expect(await cancelled.run()).toMatchObject({ kind: 'cancelled', receipt: { pages: 1, complete: false } });
  });

  it('hands a wait in progress back at once, for what is left of it', async () => {
    const run: ScriptedExecution = new ScriptedExecution(plan(paged), () => ({
      status: 429,
      headers: { 'retry-after': '9' },
      body: {},
    }));
    run.clock.sleep = (ms, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
        expect(ms).toBe(9_000);
        run.stop.ask('yield');
      });
    expect(await run.run()).toMatchObject({ kind: 'parked', until: run.clock.now() + 9_000 });
  });

  it('adds the key of an api_key flow in the query to next pages of the same origin only', async () => {
    const pages: Script = (request) => ({
      body: {
        next: request.url.includes('page=2')
          ? 'https://other.example.net/page=3'
          : path(request) === '/x'
            ? 'https://api.example.com/y?page=2'
            : null,
      },
    });
    const run = new ScriptedExecution(
      plan({ url: '{config.base_url}/x', auth_flow: 'oauth', next_url: 'response.body.next' }),
      pages,
    );
    run.tokenParams = { key: 'k-1' };
    await run.run();
    expect(run.requests.map((request) => request.url)).toEqual([
      'https://api.example.com/x?key=k-1',
      'https://api.example.com/y?page=2&key=k-1',
      'https://other.example.net/page=3',
    ]);
  });

  it('fails with a time-out when it gets nowhere within max_execution_seconds', async () => {
    const run = new ScriptedExecution(
      plan(
        { ...paged, retry: { max_retries: 100, on: [500], initial_delay_ms: 10_000 } },
        { max_execution_seconds: 20 },
      ),
      () => ({ status: 500 }),
    );
    expect(await run.run()).toMatchObject({ kind: 'failed', error: { code: 'execution_timeout', type: 'timeout' } });
    expect(run.messages('errors')).toMatchObject([{ error: { code: 'execution_timeout' } }]);
  });
});

describe('secrets and origins', () => {
  const script: Script = (request) => ({
    body: path(request) === '/list' ? { next: 'https://evil.example.net/take' } : {},
  });

  it('masks secret headers, params and values in every message', async () => {
    const run = new ScriptedExecution(
      plan({
        url: '{config.base_url}/x',
        headers: { 'X-Key': '{config.api_key}', Authorization: 'Bearer {auth.token}' },
        params: { k: '{config.api_key}' },
      }),
      () => ({ status: 404, body: {}, headers: { 'x-echo': 'very-secret-key', 'set-cookie': 'a=b' } }),
    );
    await run.run();
    const text = run.publisher.records.map((record) => record.value).join();
    expect(text).not.toMatch(/very-secret-key|token-1/);
    expect(run.messages('errors')[0]).toMatchObject({
      request_headers: { 'X-Key': REDACTED, Authorization: REDACTED },
      request_url: `https://api.example.com/x?k=${REDACTED}`,
      response_headers: { 'x-echo': REDACTED, 'set-cookie': REDACTED },
    });
  });

  it('sends no credential to another origin that an answer named, unless it is allowed', async () => {
    const step: StepDocument = {
      url: '{config.base_url}/list',
      headers: { Authorization: 'Bearer {auth.token}', 'X-Key': '{config.api_key}', Accept: '*/*' },
      next_url: 'response.body.next',
    };
    const run = new ScriptedExecution(plan(step), script);
    await run.run();
    expect(run.requests[0]?.headers).toMatchObject({ Authorization: 'Bearer token-1', 'X-Key': 'very-secret-key' });
    expect(run.requests[1]?.headers).toEqual({ Accept: '*/*' });
    const allowed = new ScriptedExecution(plan(step, { allowed_origins: ['https://evil.example.net'] }), script);
    await allowed.run();
    expect(allowed.requests[1]?.headers).toMatchObject({ Authorization: 'Bearer token-1' });
  });

  it('refuses line breaks in header values and keeps integers beyond 2^53', async () => {
    const bad = new ScriptedExecution(plan({ url: '{config.base_url}/x', headers: { a: '{config.bad}' } }), () => ({}));
    bad.config = { ...bad.config, bad: 'x\r\nevil: 1' };
    expect(await bad.run()).toMatchObject({ kind: 'failed', error: { code: 'bad_header_value' } });
    const big = new ScriptedExecution(
      plan({
        url: '{config.base_url}/list',
        sub_steps: [{ id: 'd', iterate_over: 'response.body', url: '{config.base_url}/d/{item.id}' }],
      }),
      (request) => ({ body: path(request) === '/list' ? [{ id: 9007199254740993123n }] : {} }),
    );
    await big.run();
    expect(big.requests.map(path)[1]).toBe('/d/9007199254740993123');
    expect(big.publisher.records.at(-1)?.value).toContain('"id":9007199254740993123');
  });
});
