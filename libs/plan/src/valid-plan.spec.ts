import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePlan, DEFAULT_PLAN_CAPS, validatePlan, type PlanDocument, type ValidateOptions } from '.';

const URL = 'https://api.example.com/items';

/** A small valid plan with something changed. */
function plan(change: object = {}): Record<string, unknown> {
  return { key: 'items', integration: 'acme', step: { url: URL }, ...change };
}

function root(step: object): Record<string, unknown> {
  return plan({ step: { url: URL, ...step } });
}

describe('a valid document', () => {
  const example = (name: string) =>
    JSON.parse(readFileSync(join(__dirname, '../examples', `${name}.json`), 'utf8')) as unknown;
  const warningsOf = (document: unknown, options?: ValidateOptions) =>
    validatePlan(document, options).warnings.map(({ path, code }) => [path, code]);

  it.each(['contacts-fanout', 'contacts-paged', 'users-params'])('%s is valid as written', (name) => {
    const document = example(name);
    const result = validatePlan(document);
    expect(result).toMatchObject({ ok: true, document });
  });

  it('keeps its content and gets canonical names and order', () => {
    const result = validatePlan({
      step: {
        sub_steps: [{ set_context: { a: { reduce: 'max', expr: 'item.id' } }, url: URL }],
        vars: { z: '`1`', a: '`2`' },
        url: URL,
      },
      wait: 60,
      integration: 'acme',
      key: 'items',
    });
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    expect(JSON.stringify(result.document)).toBe(
      JSON.stringify({
        key: 'items',
        integration: 'acme',
        wait_seconds: 60,
        step: {
          url: URL,
          vars: { z: '`1`', a: '`2`' },
          sub_steps: [{ url: URL, context_updates: { a: { reduce: 'max', expr: 'item.id' } } }],
        },
      }),
    );
    const again = validatePlan(result.document);
    expect(JSON.stringify(again.ok && again.document)).toBe(JSON.stringify(result.document));
  });

  it('shows how each expression was understood', () => {
    const result = validatePlan(root({ while: 'response.body.more == true', url: `${URL}/{config.id}` }));
    const canonical = result.ok ? result.canonical : [];
    expect(canonical.map(({ path, source }) => [path, source])).toEqual([
      ['$.step.url', `${URL}/{config.id}`],
      ['$.step.while', 'response.body.more == true'],
    ]);
    expect(canonical[1]?.canonical).toContain('`true`');
  });

  it('is warned of what is legal and probably not meant', () => {
    expect(warningsOf(example('contacts-paged'))).toEqual([
      ['$.step.context_updates.next_offset', 'cursor_in_context'],
    ]);
    expect(warningsOf(root({ while: 'true', params: { page: '{vars.page}' } }))).toEqual([
      ['$.step.while', 'unbounded_loop'],
    ]);
    expect(warningsOf(root({ while: 'response.body.more' }))).toEqual([['$.step', 'loop_repeats_request']]);
    const moves = { params: { page: '{vars.page}' } };
    expect(warningsOf(root({ ...moves, while: 'length(response.body.items)' }))).toEqual([
      ['$.step.while', 'never_boolean'],
    ]);
    expect(warningsOf(root({ fail_when: "'error'" }))).toEqual([['$.step.fail_when', 'never_boolean']]);
    expect(warningsOf(root({ ...moves, while: 'response.body.done == null' }))).toEqual([
      ['$.step.while', 'null_is_missing'],
    ]);
    expect(warningsOf(root({ ...moves, while: "contains(response.body.state, 'more')" }))).toEqual([]);
    expect(warningsOf(root({ fail_when: 'response.body.id == null' }))).toEqual([]);
    expect(warningsOf(root({ break_when: 'response.body.done' }))).toEqual([['$.step.break_when', 'unused_field']]);
    expect(warningsOf(root({ extract: { a: 'response.body.items[?id > context.n]' } }))).toEqual([
      ['$.step.extract.a', expect.any(String)],
    ]);
    expect(warningsOf(plan({ max_loops: 1_000_000 }))).toEqual([['$.max_loops', 'capped']]);
    expect(warningsOf(plan({ rate_limits: [{ match: 'detials', max_concurrent: 1 }] }))).toEqual([
      ['$.rate_limits[0].match', 'matches_nothing'],
    ]);
    expect(warningsOf(plan({ wait_from: 'start', repeat_count: 3 }))).toEqual([
      ['$.wait_from', 'unused_field'],
      ['$.repeat_count', 'unused_field'],
    ]);
    expect(warningsOf(root({ params: { a: '{config.regon}' } }), { configFields: ['region'] })).toEqual([
      ['$.step.params.a', 'unknown_config_field'],
    ]);
    expect(warningsOf(root({ auth_flow: null, headers: { A: '{auth.token}' } }))).toEqual([
      ['$.step', 'auth_never_set'],
    ]);
    const grouping = { url: undefined, sub_steps: [{ url: URL }], method: 'POST' };
    expect(warningsOf(plan({ step: grouping }))).toEqual([['$.step.method', 'unused_field']]);
    expect(warningsOf(plan({ step: { iterate_over: 'config.ids' } }))).toEqual([['$.step', 'does_nothing']]);
  });

  it.each([
    ['poll', { poll: { until: "response.body.status == 'done'", every_ms: 500, max_seconds: 60 } }],
    ['csv', { response_format: 'csv', csv: { delimiter: ';', header: false }, rows_per_page: 1_000 }],
    ['archives', { decompress: ['gzip', 'zip'], response_format: 'ndjson' }],
    ['xml', { response_format: 'xml', force_array: ['feed.entry'] }],
    ['next_url', { next_url: 'response.links.next' }],
    ['lists and expressions as params', { params: { id: ['1', '{vars.a}'], n: { expr: 'vars.n' }, x: null, y: 5 } }],
    ['a body with null', { method: 'POST', body: { a: null, b: '{vars.b}', constructor: 'Ferrari' } }],
    ['a placeholder with unknown config', { url: `${URL}/{user_id}` }],
    ['a placeholder from params', { url: `${URL}/{user_id}`, params: { user_id: '1' } }],
    ['a status in two lists', { ignore_on: [404], fail_on: [404] }],
    ['a flow by condition', { auth_flow: [{ when: "config.login == 'a'", use: 'a' }] }],
    [
      'one list in two spellings',
      {
        sub_steps: [
          { url: URL, iterate_over: 'response.body.a' },
          { url: URL, iterate_over: 'parent.body.a' },
        ],
      },
    ],
    ['a line break inside an island', { headers: { A: 'x {{ vars.a\n || vars.b }}' } }],
  ])('may use %s', (_what, step) => {
    expect(validatePlan(root(step))).toMatchObject({ ok: true });
  });

  it('gets at most what the deployment allows', () => {
    const document = plan({
      max_loops: 9_999,
      max_execution_seconds: 9_999,
      max_request_bytes: 9_999,
    }) as unknown as PlanDocument;
    const caps = { ...DEFAULT_PLAN_CAPS, maxLoops: 10, maxExecutionSeconds: 20, maxRequestBytes: 30 };
    expect(compilePlan(document, caps)).toMatchObject({ maxLoops: 10, maxExecutionMs: 20_000, maxRequestBytes: 30 });
    expect(compilePlan(plan() as unknown as PlanDocument, caps)).toMatchObject({
      maxLoops: 10,
      maxExecutionMs: 20_000,
    });
    expect(compilePlan(plan() as unknown as PlanDocument)).toMatchObject({
      maxLoops: 1_000,
      maxExecutionMs: 300_000,
      maxRequestBytes: 5_242_880,
    });
  });
});
