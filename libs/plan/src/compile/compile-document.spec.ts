import { authUse, stepsOf, validatePlan, type CompiledPlan } from '..';

const URL = 'https://api.example.com/items';

function compile(step: object, change: object = {}): CompiledPlan {
  const result = validatePlan({ key: 'items', integration: 'acme', step, ...change });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.plan;
}

const root = (step: object) => compile({ url: URL, ...step }).root;

describe('a compiled step', () => {
  it('has every default', () => {
    const step = root({});
    expect(step).toMatchObject({
      id: 'root',
      path: 'root',
      documentPath: '$.step',
      depth: 0,
      auth: { kind: 'none' },
      readsAuth: false,
      poll: null,
      while: null,
      breakWhen: null,
      nextUrl: null,
      items: null,
      itemSteps: [],
      plainSteps: [],
      concurrency: 50,
      stopOnError: false,
      emitMode: 'record',
      attach: true,
      emit: true,
    });
    expect(step.request).toMatchObject({
      method: 'GET',
      body: null,
      bodyFormat: 'json',
      timeoutMs: 30_000,
      stepTimeoutMs: 300_000,
      retry: { maxRetries: 3, backoff: 'fibonacci', initialDelayMs: 1_000, maxDelayMs: 60_000 },
      responseFormat: 'auto',
      csv: null,
      maxResponseBytes: null,
    });
    expect([...step.rules.retry.on]).toEqual([408, 425, 429, 500, 502, 503, 504]);
    expect(step.rules.abort).toEqual({ on: new Set(), when: null });
  });

  it('renders and evaluates what it was given', () => {
    const { request, vars, rules, poll } = root({
      url: '{config.base_url}/users/{user_id}',
      params: { user_id: '{vars.id}', limit: { expr: 'vars.limit' }, none: null },
      headers: { Authorization: 'Bearer {auth.token}' },
      method: 'POST',
      body: { q: '{{ vars.q }}', n: 1 },
      vars: { next: 'vars.id + 1', after: 'vars.next' },
      fail_when: 'response.body.ok == false',
      poll: { until: 'response.body.done', every_ms: 10, max_seconds: 1.5 },
    });
    const scope = {
      config: { base_url: 'https://a.example' },
      auth: { token: 't' },
      vars: { id: 7, limit: 5, q: 'x' },
    };
    const params = Object.fromEntries([...(request?.params ?? [])].map(([name, value]) => [name, value.render(scope)]));
    expect(params).toEqual({ user_id: 7, limit: 5, none: null });
    expect(request?.url.render(scope, params)).toBe('https://a.example/users/7?limit=5');
    expect(request?.headers.get('Authorization')?.render(scope)).toBe('Bearer t');
    expect(request?.headers.get('Authorization')?.references).toEqual([{ root: 'auth', field: 'token' }]);
    expect(request?.body?.render(scope)).toEqual({ q: 'x', n: 1 });
    expect(vars.map(({ name, expression }) => [name, expression.evaluate(scope)])).toEqual([
      ['next', 8],
      ['after', null],
    ]);
    expect(rules.fail.when?.test({ response: { body: { ok: false } } })).toBe(true);
    expect(poll).toMatchObject({ everyMs: 10, maxMs: 1_500 });
  });

  it('knows its place, its name and whether its body goes into its parent', () => {
    const step = root({
      sub_steps: [{ url: URL }, { id: 'pages', url: URL, next_url: 'response.body.next', sub_steps: [{ url: URL }] }],
    });
    expect(stepsOf(step).map(({ path, documentPath, depth, attach }) => [path, documentPath, depth, attach])).toEqual([
      ['root', '$.step', 0, true],
      ['root.sub_step_1', '$.step.sub_steps[0]', 1, true],
      ['root.pages', '$.step.sub_steps[1]', 1, false],
      ['root.pages.sub_step_1', '$.step.sub_steps[1].sub_steps[0]', 2, true],
    ]);
  });

  it.each([
    [undefined, undefined, 'json'],
    [{ a: 1 }, undefined, 'json'],
    [[1], undefined, 'json'],
    ['{{ vars.a }}', undefined, 'json'],
    ['a=b', undefined, 'text'],
    [{ a: 1 }, 'form', 'form'],
    ['a', 'json', 'json'],
  ])('sends the body %j with body_format %s as %s', (body, format, expected) => {
    expect(root({ body, body_format: format }).request?.bodyFormat).toBe(expected);
  });

  it('writes context through a reducer where it is a sub-step', () => {
    const update = { expr: 'response.body.at', reduce: 'max', key: 'item.id' };
    const step = root({
      context_updates: { a: 'response.body.a' },
      sub_steps: [{ url: URL, context_updates: { b: update } }],
    });
    expect(step.contextUpdates).toMatchObject([{ name: 'a', reduce: null, key: null }]);
    expect(step.plainSteps[0]?.contextUpdates).toMatchObject([
      { name: 'b', reduce: 'max', key: { source: 'item.id' } },
    ]);
  });
});

describe('a fan-out', () => {
  const names = (steps: readonly { id: string }[]) => steps.map(({ id }) => id);

  it('runs the sub-steps that iterate over one shared list, the others once per answer', () => {
    const step = root({
      sub_steps: [
        { id: 'a', url: URL, iterate_over: 'response.body.items', concurrency: 5 },
        { id: 'once', url: URL },
        {
          id: 'b',
          url: URL,
          iterate_over: 'parent.body.items',
          concurrency: 9,
          stop_on_error: true,
          fanout_emit_mode: 'page',
        },
      ],
    });
    expect(step.items?.source).toBe('response.body.items');
    expect([names(step.itemSteps), names(step.plainSteps)]).toEqual([['a', 'b'], ['once']]);
    expect(step).toMatchObject({ concurrency: 5, stopOnError: true, emitMode: 'page' });
    expect(step.itemSteps[0]).toMatchObject({ items: null, concurrency: 50 });
  });

  it("runs all sub-steps over the root's own list", () => {
    const step = root({
      iterate_over: 'response.body',
      concurrency: 7,
      sub_steps: [
        { id: 'a', url: URL },
        { id: 'b', url: URL },
      ],
    });
    expect([names(step.itemSteps), names(step.plainSteps)]).toEqual([['a', 'b'], []]);
    expect(step).toMatchObject({ concurrency: 7, items: { source: 'response.body' } });
  });

  it("publishes the elements of the root's own list where nothing runs over it", () => {
    expect(root({ iterate_over: 'response.body.items' })).toMatchObject({
      itemSteps: [],
      plainSteps: [],
      items: { source: 'response.body.items' },
    });
  });

  it('nests through a step without url, which has a list of its own', () => {
    const { root: step } = compile({
      iterate_over: 'config.regions',
      sub_steps: [
        {
          id: 'list',
          url: `${URL}/{item}`,
          sub_steps: [
            { id: 'group', iterate_over: 'chunk(parent.body.ids, `10`)', sub_steps: [{ id: 'get', url: URL }] },
          ],
        },
      ],
    });
    expect(step).toMatchObject({ request: null, items: { source: 'config.regions' } });
    const [list] = step.itemSteps;
    expect(list).toMatchObject({
      id: 'list',
      items: null,
      plainSteps: [{ id: 'group', request: null, itemSteps: [{ id: 'get' }] }],
    });
  });

  it('spends the settings of a sub-step on the list it runs over, not on its own', () => {
    const step = root({
      sub_steps: [
        {
          url: URL,
          iterate_over: 'response.body',
          concurrency: 3,
          sub_steps: [{ url: URL, iterate_over: 'response.body', concurrency: 8 }],
        },
      ],
    });
    expect([step.concurrency, step.itemSteps[0]?.concurrency]).toEqual([3, 8]);
    expect(root({ concurrency: 4, sub_steps: [{ url: URL, iterate_over: 'response.body' }] }).concurrency).toBe(4);
  });
});

describe('the choice of an auth flow', () => {
  const token = { Authorization: '{auth.token}' };

  it('is the only one where a template reads auth and nothing is said', () => {
    const plan = compile({
      url: URL,
      sub_steps: [{ url: URL, headers: token, sub_steps: [{ url: URL, headers: token }] }, { url: URL }],
    });
    expect(stepsOf(plan.root).map(({ auth, readsAuth }) => [auth.kind, readsAuth])).toEqual([
      ['none', false],
      ['only', true],
      ['inherit', true],
      ['inherit', false],
    ]);
    expect(authUse(plan)).toEqual({ only: [{ path: '$.step.sub_steps[0]' }], names: [], ids: [] });
  });

  it('is inherited, replaced and switched off by sub-steps', () => {
    const id = '0190b1e0-7c00-7000-8000-000000000000';
    const plan = compile({
      url: URL,
      headers: token,
      auth_flow: 'main',
      sub_steps: [
        { url: URL, headers: token },
        { url: URL, auth_flow: null },
        { url: URL, auth_flow_id: id },
        {
          url: URL,
          auth_flow: [
            { when: "config.login == 'a'", use: 'first' },
            { when: 'true', use: 'second' },
          ],
        },
      ],
    });
    expect(stepsOf(plan.root).map(({ auth }) => auth.kind)).toEqual(['name', 'inherit', 'none', 'id', 'choose']);
    expect(authUse(plan)).toEqual({
      only: [],
      names: [
        { path: '$.step.auth_flow', flow: 'main' },
        { path: '$.step.sub_steps[3].auth_flow[0].use', flow: 'first' },
        { path: '$.step.sub_steps[3].auth_flow[1].use', flow: 'second' },
      ],
      ids: [{ path: '$.step.sub_steps[2].auth_flow_id', flowId: id }],
    });
  });
});

describe('a compiled limit', () => {
  const limitOf = (limit: object) => compile({ url: URL }, { rate_limits: [limit] }).limits[0];
  const matches = (match: string | undefined, request: object = {}) =>
    limitOf({ match, max_concurrent: 1 })?.matches({
      method: 'GET',
      path: '/api/contacts/7',
      stepId: 'details',
      ...request,
    });

  it.each<[string | undefined, object, boolean]>([
    [undefined, {}, true],
    ['/api/contacts/*', {}, true],
    ['/api/contacts/*', { path: '/api/contacts/7/notes' }, false],
    ['/api/contacts/*', { path: '/api/contacts' }, false],
    ['/api/**', { path: '/api/contacts/7/notes' }, true],
    ['**/notes', { path: '/api/contacts/7/notes' }, true],
    ['/api/*/7', {}, true],
    ['/api/c*s/7', {}, true],
    ['/api/c.ntacts/7', {}, false],
    ['/API/contacts/7', {}, false],
    ['method:GET', {}, true],
    ['method:post', { method: 'POST' }, true],
    ['method:POST', {}, false],
    ['method:GET /api/*', { path: '/api/x' }, true],
    ['method:GET /api/*', { path: '/other' }, false],
    ['details', {}, true],
    ['details', { stepId: 'other' }, false],
  ])('%s matches %j: %s', (match, request, expected) => {
    expect(matches(match, request)).toBe(expected);
  });

  it('matches in linear time', () => {
    const started = performance.now();
    expect(matches('**a'.repeat(100), { path: '/'.padEnd(8_000, 'a') + 'b' })).toBe(false);
    expect(matches(`/${'*a'.repeat(200)}`, { path: '/'.padEnd(8_000, 'a') + 'b' })).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('has every default, and numbers from the config', () => {
    expect(limitOf({ requests: 5, window_secs: 60 })).toMatchObject({
      name: 'global:*',
      scope: 'global',
      requests: 5,
      windowSecs: 60,
      maxConcurrent: null,
      priority: 0,
      maxWaitMs: 60_000,
      onExceeded: 'park',
      dynamic: null,
    });
    const { requests, dynamic, name } = limitOf({
      match: '/a/*',
      scope: 'per_config',
      requests: 'config.quota',
      window_secs: 1,
      dynamic: { remaining: "response.headers['X-Left']" },
    }) ?? { requests: null };
    expect(name).toBe('per_config:/a/*');
    expect(typeof requests === 'object' && requests?.evaluate({ config: { quota: 9 } })).toBe(9);
    expect(dynamic).toMatchObject({ limit: null, resetFormat: 'auto' });
    expect(dynamic?.remaining?.evaluate({ response: { headers: { 'x-left': '3' } } })).toBe('3');
  });

  it('may share a bucket when the numbers are the same', () => {
    const limits = [
      { name: 'a', match: '/a/*', requests: 'config.n', window_secs: 1 },
      { name: 'a', match: '/b/*', requests: 'config.n', window_secs: 1 },
      { name: 'a', scope: 'per_config', requests: 9, window_secs: 1 },
    ];
    expect(compile({ url: URL }, { rate_limits: limits }).limits).toHaveLength(3);
  });
});
