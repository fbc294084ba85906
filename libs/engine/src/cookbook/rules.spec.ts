import type { JsonObject, JsonValue } from '@orchid/kernel';
import { validatePlan, type PlanDocument, type RetryDocument, type StepDocument } from '@orchid/plan';
import type { ExecutionOutcome } from '../execution-outcome';
import { ScriptedExecution, type Script } from '../scripted-execution';

const API = 'https://api.example.com';
const plan = (step: StepDocument, more: Partial<PlanDocument> = {}): PlanDocument => ({
  key: 'rules',
  integration: 'acme',
  step,
  ...more,
});
const errorOf = (outcome: ExecutionOutcome) => ('error' in outcome ? outcome.error : undefined);
const pathOf = (url: string) => url.slice(API.length);
const bodiesAt = (run: ScriptedExecution, path: string): JsonValue[] =>
  run
    .messages('responses')
    .filter(({ step_path }) => step_path === path)
    .map(({ response_body }) => response_body ?? null);

describe('requests', () => {
  it('sends bodies as json, form and text, and leaves out what is null', async () => {
    const bodies: (string | Uint8Array | undefined)[] = [];
    const script: Script = ({ body }) => {
      bodies.push(body);
      return { body: {} };
    };
    const send = (step: Partial<StepDocument>) =>
      new ScriptedExecution(plan({ url: `${API}/x`, method: 'POST', ...step }), script).run();
    await send({ body: { a: '{context.absent}', b: null, c: '{{ 1 + 1 }}' } });
    await send({ body: { a: { b: '1' }, c: ['2', '3'] }, body_format: 'form' });
    await send({ body: 'plain {context.absent}text' });
    expect(bodies).toEqual(['{"b":null,"c":2}', 'a%5Bb%5D=1&c=2&c=3', 'plain text']);
  });

  it('refuses a body beyond max_request_bytes before it is sent', async () => {
    const step: StepDocument = { url: `${API}/x`, method: 'POST', body: { text: 'x'.repeat(100) } };
    const run = new ScriptedExecution(plan(step, { max_request_bytes: 50 }), () => ({ body: {} }));
    expect(errorOf(await run.run())).toMatchObject({ code: 'request_too_large', type: 'permanent' });
    expect(run.requests).toEqual([]);
  });

  it('leaves out a header that is null and repeats one that is a list', async () => {
    const headers = { 'X-None': '{context.absent}', 'X-Many': { expr: "['a', 'b']" }, 'X-One': '{{ 1 }}' };
    const run = new ScriptedExecution(plan({ url: `${API}/x`, headers }), () => ({ body: {} }));
    await run.run();
    expect(run.requests[0]?.headers).toEqual({ 'X-Many': ['a', 'b'], 'X-One': '1' });
  });
});

describe('answers', () => {
  it.each<[NonNullable<RetryDocument['backoff_type']>, number[]]>([
    ['fibonacci', [50, 50, 100, 150, 250, 250]],
    ['exponential', [50, 100, 200, 250, 250, 250]],
    ['linear', [50, 100, 150, 200, 250, 250]],
    ['constant', [100, 100, 100, 100, 100, 100]],
  ])('are asked for again with %s backoff, capped, at half of full jitter', async (backoff_type, waits) => {
    const retry = { max_retries: 6, backoff_type, initial_delay_ms: 100, max_delay_ms: 500 };
    const run = new ScriptedExecution(plan({ url: `${API}/x`, retry }), () => ({ status: 503 }));
    await run.run();
    expect(run.clock.slept).toEqual(waits);
  });

  it('are a success where accept_when holds, and fail with the same status where it does not', async () => {
    const step: StepDocument = { url: `${API}/x`, accept_when: "response.body.error == 'halve'" };
    const accepted = new ScriptedExecution(plan(step), () => ({ status: 400, body: { error: 'halve' } }));
    expect((await accepted.run()).kind).toBe('success');
    const refused = new ScriptedExecution(plan(step), () => ({ status: 400, body: { error: 'other' } }));
    expect(errorOf(await refused.run())).toMatchObject({ code: 'http_400' });
  });

  it('are asked for again where retry_when holds, and fail as transient when it never ends', async () => {
    const step: StepDocument = { url: `${API}/x`, retry_when: 'response.body.busy == true', retry: { max_retries: 2 } };
    const run = new ScriptedExecution(plan(step), () => ({ body: { busy: true } }));
    expect(errorOf(await run.run())).toMatchObject({ code: 'retry_when', type: 'transient' });
    expect(run.requests).toHaveLength(3);
  });
});

describe('loops', () => {
  it('with while and next_url go on only where both hold', async () => {
    const step: StepDocument = { url: `${API}/x`, next_url: 'response.body.next', while: 'response.body.more' };
    const stopOf = async (body: (call: number) => JsonObject) => {
      const outcome = await new ScriptedExecution(plan(step), (_request, call) => ({ body: body(call) })).run();
      return outcome.kind === 'success' ? outcome.receipt.loops[0] : null;
    };
    expect(await stopOf((call) => ({ more: call < 2, next: `?p=${call}` }))).toMatchObject({
      pages: 2,
      stop_reason: 'while_false',
    });
    expect(await stopOf((call) => ({ more: true, next: call < 3 ? `?p=${call}` : null }))).toMatchObject({
      pages: 3,
      stop_reason: 'next_url_null',
    });
  });

  it('fail with bad_next_url where the next address is none', async () => {
    const run = new ScriptedExecution(plan({ url: `${API}/x`, next_url: 'response.body.next' }), () => ({
      body: { next: 5 },
    }));
    expect(errorOf(await run.run())).toMatchObject({ code: 'bad_next_url', type: 'permanent' });
  });
});

describe('items', () => {
  const list: Script = ({ url }) => ({ body: pathOf(url) === '/list' ? ['a', 'b'] : { at: pathOf(url) } });
  const over = (...sub_steps: StepDocument[]): PlanDocument => plan({ url: `${API}/list`, sub_steps });

  it('that are text are {item} itself, and {item_index} counts them from 0', async () => {
    const run = new ScriptedExecution(
      over({ id: 'one', iterate_over: 'response.body', url: `${API}/{item}/{item_index}` }),
      list,
    );
    await run.run();
    expect(run.requests.map(({ url }) => pathOf(url)).sort()).toEqual(['/a/0', '/b/1', '/list']);
    expect(bodiesAt(run, 'root')).toEqual([
      [{ value: 'a', one: { at: '/a/0' } }],
      [{ value: 'b', one: { at: '/b/1' } }],
    ]);
  });

  it('keep what they write into vars to themselves', async () => {
    const step = { iterate_over: 'response.body', url: `${API}/{item}/{vars.seen}`, vars: { seen: 'item' } };
    const run = new ScriptedExecution(
      { ...over({ id: 'one', ...step }), step: { url: `${API}/list`, vars: { seen: "'none'" }, sub_steps: [step] } },
      list,
    );
    await run.run();
    expect(run.requests.map(({ url }) => pathOf(url)).sort()).toEqual(['/a/none', '/b/none', '/list']);
  });

  it('read the body of an earlier step as vars.<id>, all of its bodies when it looped', async () => {
    const run = new ScriptedExecution(
      over(
        { id: 'head', iterate_over: 'response.body', url: `${API}/head/{item}` },
        { id: 'pages', iterate_over: 'response.body', url: `${API}/page/{meta.page}`, while: 'meta.page < 2' },
        {
          id: 'last',
          iterate_over: 'response.body',
          url: `${API}/last`,
          params: { head: '{vars.head.at}', pages: '{{ length(vars.pages) }}' },
        },
      ),
      list,
    );
    await run.run();
    expect(
      run.requests
        .map(({ url }) => pathOf(url))
        .filter((path) => path.startsWith('/last'))
        .sort(),
    ).toEqual(['/last?head=%2Fhead%2Fa&pages=2', '/last?head=%2Fhead%2Fb&pages=2']);
  });

  it('leave the bodies of a step that iterated to the steps beside it, in their order', async () => {
    const run = new ScriptedExecution(
      over(
        { id: 'each', iterate_over: 'response.body', url: `${API}/{item}` },
        { id: 'after', url: `${API}/after`, params: { all: "{{ join(',', vars.each[*].at) }}" } },
      ),
      list,
    );
    await run.run();
    expect(run.requests.map(({ url }) => pathOf(url)).at(-1)).toBe('/after?all=%2Fa%2C%2Fb');
  });

  it('leave them also when the execution was set aside in between', async () => {
    const document = over(
      { id: 'each', iterate_over: 'response.body', url: `${API}/{item}`, concurrency: 1 },
      { id: 'after', url: `${API}/after`, params: { all: "{{ join(',', vars.each[*].at) }}" } },
    );
    let busy = true;
    const script: Script = (request, call) => {
      if (pathOf(request.url) !== '/b' || !busy) return list(request, call);
      busy = false;
      return { status: 429, headers: { 'retry-after': '60' } };
    };
    const first = new ScriptedExecution(document, script);
    const parked = await first.run();
    const second = new ScriptedExecution(document, script);
    second.checkpoint = parked.kind === 'parked' ? (JSON.parse(JSON.stringify(parked.state)) as JsonObject) : null;
    expect((await second.run()).kind).toBe('success');
    expect(second.requests.map(({ url }) => pathOf(url))).toEqual(['/b', '/after?all=%2Fa%2C%2Fb']);
  });

  it('read the pass of the loop around them as context.loop_count', async () => {
    const step: StepDocument = {
      url: `${API}/list`,
      params: { page: '{meta.page}' },
      while: 'meta.page < 2',
      sub_steps: [
        { id: 'plain', url: `${API}/plain/{context.loop_count}` },
        { id: 'each', iterate_over: 'response.body', url: `${API}/{item}/{context.loop_count}` },
      ],
    };
    const run = new ScriptedExecution(plan(step), (request, call) =>
      list({ ...request, url: request.url.replace(/\?.*/, '') }, call),
    );
    await run.run();
    const below = run.requests.map(({ url }) => pathOf(url)).filter((each) => !each.startsWith('/list'));
    expect(below.sort()).toEqual(['/a/1', '/a/2', '/b/1', '/b/2', '/plain/1', '/plain/2']);
  });

  it('carry a looping step only where it is attached, as the array of its pages', async () => {
    const pages: StepDocument = {
      id: 'pages',
      iterate_over: 'response.body',
      url: `${API}/{item}/{meta.page}`,
      while: 'meta.page < 2',
      emit_to_kafka: false,
    };
    const apart = new ScriptedExecution(over(pages), list);
    await apart.run();
    expect(bodiesAt(apart, 'root')[0]).toEqual([{ value: 'a' }]);
    const attached = new ScriptedExecution(over({ ...pages, attach: true }), list);
    await attached.run();
    expect(bodiesAt(attached, 'root')[0]).toEqual([{ value: 'a', pages: [{ at: '/a/1' }, { at: '/a/2' }] }]);
  });

  it('that outgrow the largest message go to the error topic without their fields', async () => {
    const run = new ScriptedExecution(
      over({ id: 'one', iterate_over: 'response.body', url: `${API}/{item}`, emit_to_kafka: false }),
      ({ url }) => ({ body: pathOf(url) === '/list' ? ['a', 'b'] : 'x'.repeat(pathOf(url) === '/a' ? 5_000 : 5) }),
      { maxMessageBytes: 3_000 },
    );
    const outcome = await run.run();
    expect(run.messages('errors')).toMatchObject([
      { item_index: 0, response_body: [{ value: 'a' }], error: { code: 'item_too_large' } },
    ]);
    expect(bodiesAt(run, 'root')).toEqual([[{ value: 'b', one: 'xxxxx' }]]);
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: { type: 'partial' },
      receipt: { items_failed: 1, complete: false },
    });
    const page = new ScriptedExecution(
      over({
        id: 'one',
        iterate_over: 'response.body',
        url: `${API}/{item}`,
        emit_to_kafka: false,
        fanout_emit_mode: 'page',
      }),
      ({ url }) => ({ body: pathOf(url) === '/list' ? ['a', 'b'] : 'x'.repeat(pathOf(url) === '/a' ? 5_000 : 5) }),
      { maxMessageBytes: 3_000 },
    );
    await page.run();
    expect(page.messages('errors')).toMatchObject([{ item_index: 0, response_body: [{ value: 'a' }] }]);
    expect(bodiesAt(page, 'root')).toEqual([[{ value: 'b', one: 'xxxxx' }]]);
  });

  it('run a sub-step without iterate_over once per answer', async () => {
    const run = new ScriptedExecution(over({ id: 'one', url: `${API}/{parent.body[1]}` }), list);
    await run.run();
    expect(run.requests.map(({ url }) => pathOf(url))).toEqual(['/list', '/b']);
    expect(bodiesAt(run, 'root.one')).toEqual([{ at: '/b' }]);
  });

  it('of a second list run under a step without url, and are not attached to the first', async () => {
    const run = new ScriptedExecution(
      over(
        { id: 'people', iterate_over: 'response.body.people', url: `${API}/people/{item}` },
        {
          id: 'files',
          iterate_over: 'parent.body.files',
          sub_steps: [{ id: 'file', url: `${API}/files/{item}` }],
        },
      ),
      ({ url }) => ({ body: pathOf(url) === '/list' ? { people: ['p'], files: ['f', 'g'] } : { at: pathOf(url) } }),
    );
    expect(await run.run()).toMatchObject({ kind: 'success', receipt: { items_total: 3, complete: true } });
    expect(bodiesAt(run, 'root')).toEqual([[{ value: 'p', people: { at: '/people/p' } }]]);
    expect(bodiesAt(run, 'root.files.file')).toEqual([{ at: '/files/f' }, { at: '/files/g' }]);
  });

  it('of different lists are nested by a step without url', () => {
    const two = (first: string, second: string) =>
      validatePlan(over({ iterate_over: first, url: API }, { iterate_over: second, url: API }));
    expect(two('response.body.a', 'parent.body.a').ok).toBe(true);
    const different = two('response.body.a', 'response.body.b');
    expect(different.ok ? [] : different.faults).toMatchObject([
      { code: 'iterate_over_differs', hint: expect.stringContaining('without url') as string },
    ]);
  });
});
