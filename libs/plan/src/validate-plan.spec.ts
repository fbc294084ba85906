import type { Fault } from '@orchid/kernel';
import fc from 'fast-check';
import { compilePlan, PlanInvalid, validatePlan, type PlanDocument, type ValidateOptions } from '.';

const URL = 'https://api.example.com/items';

/** A small valid plan with something changed. */
function plan(change: object = {}): Record<string, unknown> {
  return { key: 'items', integration: 'acme', step: { url: URL }, ...change };
}

function root(step: object): Record<string, unknown> {
  return plan({ step: { url: URL, ...step } });
}

function sub(...steps: object[]): Record<string, unknown> {
  return root({ sub_steps: steps });
}

function nested(levels: number): object {
  return levels === 0 ? { url: URL } : { url: URL, sub_steps: [nested(levels - 1)] };
}

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)];
}

function withKey(key: string, value: unknown): Record<string, unknown> {
  return JSON.parse(`{${JSON.stringify(key)}: ${JSON.stringify(value)}}`) as Record<string, unknown>;
}

function shown(faults: readonly Fault[]): string[] {
  return faults.map(({ path, code }) => `${path} ${code}`).sort();
}

/** What it is, the document, and `path code` of each fault. */
type Row = readonly [what: string, document: unknown, expected: readonly string[], options?: ValidateOptions];

const documents: readonly Row[] = [
  ['null', null, ['$ invalid_type']],
  ['a list', [], ['$ invalid_type']],
  ['text', 'plan', ['$ invalid_type']],
  ['a function', () => 1, ['$ invalid_type']],
  ['nothing', {}, ['$.key required', '$.step required', '$.integration required']],
  ['a key with a slash', plan({ key: 'a/b' }), ['$.key invalid_format']],
  ['a key in capitals', plan({ key: 'Items' }), ['$.key invalid_format']],
  ['a key of 129 letters', plan({ key: 'a'.repeat(129) }), ['$.key invalid_format']],
  [
    'two integrations',
    plan({ integration_id: '0190b1e0-7c00-7000-8000-000000000000' }),
    ['$.integration_id conflicting_fields'],
  ],
  ['an id that is none', { key: 'a', integration_id: 'acme', step: { url: URL } }, ['$.integration_id invalid_format']],
  ['an unknown field', plan({ stepp: {} }), ['$.stepp unknown_field']],
  ['an unknown field of a step', root({ subSteps: [] }), ['$.step.subSteps unknown_field']],
  ['constructor as a field', root({ constructor: {} }), ['$.step.constructor unknown_field']],
  ['__proto__ as a field', root(withKey('__proto__', { polluted: true })), ['$.step.__proto__ unknown_field']],
  ['__proto__ in a body', root({ body: withKey('__proto__', 1) }), ['$.step.body.__proto__ unknown_field']],
  ['constructor as a var', root({ vars: { constructor: '`1`' } }), ['$.step.vars.constructor unknown_field']],
  ['both names of one field', plan({ wait: 5, wait_seconds: 5 }), ['$.wait alias_conflict']],
  [
    'both names in a step',
    root({ set_context: { a: '`1`' }, context_updates: { a: '`1`' } }),
    ['$.step.set_context alias_conflict'],
  ],
  ['a fault under another name', root({ set_context: { a: 5 } }), ['$.step.set_context.a invalid_type']],
  [
    'a pause and a schedule',
    plan({ wait_seconds: 60, schedule: { cron: '0 * * * *' } }),
    ['$.schedule conflicting_fields'],
  ],
  ['a pause of nothing', plan({ wait_seconds: 0 }), ['$.wait_seconds out_of_range']],
  ['a pause with a fraction', plan({ wait_seconds: 1.5 }), ['$.wait_seconds invalid_type']],
  ['a negative count', plan({ repeat_count: -1 }), ['$.repeat_count out_of_range']],
  ['a number beyond all bounds', plan({ max_loops: 1e300 }), ['$.max_loops number_out_of_range']],
  ['no number', plan({ max_loops: NaN }), ['$.max_loops number_out_of_range']],
  ['cron with four fields', plan({ schedule: { cron: '0 6 * *' } }), ['$.schedule.cron invalid_cron']],
  ['cron of a day that never comes', plan({ schedule: { cron: '0 0 30 2 *' } }), ['$.schedule.cron invalid_cron']],
  [
    'an unknown time zone',
    plan({ schedule: { cron: '0 6 * * *', timezone: 'Mars/Base' } }),
    ['$.schedule.timezone invalid_timezone'],
  ],
  [
    'an origin with a path',
    plan({ allowed_origins: ['https://a.example/x'] }),
    ['$.allowed_origins[0] invalid_origin'],
  ],
  ['an origin that is no address', plan({ allowed_origins: ['a.example'] }), ['$.allowed_origins[0] invalid_origin']],
  ['NUL in a text', plan({ name: 'a\0b' }), ['$.name nul_character']],
  ['half a surrogate pair', root({ body: { text: '\ud800' } }), ['$.step.body.text lone_surrogate']],
  ['half a pair in a name', root({ params: { '\udfff': '1' } }), ["$.step.params['\\udfff'] lone_surrogate"]],
  ['nesting beyond 64', root({ body: deep(63) }), [`$.step.body${'[0]'.repeat(62)} too_deep`]],
  ['a step that is text', plan({ step: 'x' }), ['$.step invalid_type']],
  ['an unknown method', root({ method: 'FETCH' }), ['$.step.method invalid_value']],
  ['a url that is a number', root({ url: 5 }), ['$.step.url invalid_type']],
  ['an empty url', root({ url: '' }), ['$.step.url too_short']],
  ['a step with nothing', plan({ step: {} }), ['$.step step_without_url']],
  ['a time-out of zero', root({ timeout_seconds: 0 }), ['$.step.timeout_seconds out_of_range']],
  ['no concurrency', root({ concurrency: 0 }), ['$.step.concurrency out_of_range']],
  ['half an item at once', root({ concurrency: 1.5 }), ['$.step.concurrency invalid_type']],
  ['a status that is none', root({ ignore_on: [404, 99] }), ['$.step.ignore_on[1] out_of_range']],
  [
    'a poll without an end',
    root({ poll: { until: 'response.body.done' } }),
    ['$.step.poll.every_ms required', '$.step.poll.max_seconds required'],
  ],
  ['an unknown backoff', root({ retry: { backoff_type: 'fibonaci' } }), ['$.step.retry.backoff_type invalid_value']],
  ['an id with a dash', sub({ id: 'a-b', url: URL }), ['$.step.sub_steps[0].id invalid_format']],
  ['the same id twice', sub({ id: 'a', url: URL }, { id: 'a', url: URL }), ['$.step.sub_steps[1].id duplicate_id']],
  [
    'the id another one has by default',
    sub({ id: 'sub_step_2', url: URL }, { url: URL }),
    ['$.step.sub_steps[1].id duplicate_id'],
  ],
  [
    "a var with a sibling's id",
    sub({ id: 'a', url: URL }, { id: 'b', url: URL, vars: { a: '`1`' } }),
    ['$.step.sub_steps[1].vars.a var_takes_step_id'],
  ],
  ['a var that is no name', root({ vars: { '1': '`1`' } }), ["$.step.vars['1'] invalid_name"]],
  [
    'a context field that is read-only',
    root({ context_updates: { last_success_at: '`1`' } }),
    ['$.step.context_updates.last_success_at read_only_context'],
  ],
  [
    'a sub-step without reducer',
    sub({ url: URL, context_updates: { a: 'response.body.a' } }),
    ['$.step.sub_steps[0].context_updates.a reducer_required'],
  ],
  [
    'an unknown reducer',
    sub({ url: URL, context_updates: { a: { expr: 'item.id', reduce: 'sum' } } }),
    ['$.step.sub_steps[0].context_updates.a.reduce invalid_value'],
  ],
  ['nesting of steps', plan({ step: nested(6) }), [`$.step${'.sub_steps[0]'.repeat(6)} nesting_too_deep`]],
  [
    'nesting over what the plan allows',
    plan({ max_nesting_depth: 0, step: nested(1) }),
    ['$.step.sub_steps[0] nesting_too_deep'],
  ],
  ['101 steps', sub(...Array.from({ length: 100 }, () => ({ url: URL }))), ['$.step too_many_steps']],
  [
    'two lists among siblings',
    sub({ url: URL, iterate_over: 'response.body.a' }, { url: URL, iterate_over: 'response.body.b' }),
    ['$.step.sub_steps[1].iterate_over iterate_over_differs'],
  ],
  [
    'a list under a list of the root',
    root({ iterate_over: 'response.body.a', sub_steps: [{ url: URL, iterate_over: 'response.body.b' }] }),
    ['$.step.sub_steps[0].iterate_over iterate_over_differs'],
  ],
  [
    'a list of a step without url that reads its answer',
    plan({ step: { iterate_over: 'response.body.a', sub_steps: [{ url: URL }] } }),
    ['$.step.iterate_over root_not_available'],
  ],
  [
    'two ways of publishing one list',
    sub(
      { url: URL, iterate_over: 'response.body.a', fanout_emit_mode: 'page' },
      { url: URL, iterate_over: 'response.body.a', fanout_emit_mode: 'record' },
    ),
    ['$.step.sub_steps[1].fanout_emit_mode conflicting_fields'],
  ],
  [
    'a forbidden header',
    root({ headers: { host: 'a', 'Content-Length': '1', 'Transfer-Encoding': 'chunked', Connection: 'close' } }),
    [
      '$.step.headers.host forbidden_header',
      "$.step.headers['Content-Length'] forbidden_header",
      "$.step.headers['Transfer-Encoding'] forbidden_header",
      '$.step.headers.Connection forbidden_header',
    ],
  ],
  [
    'a header with a line break',
    root({ headers: { 'X-A': 'a\r\nB: c' } }),
    ["$.step.headers['X-A'] invalid_header_value"],
  ],
  ['a header name with a space', root({ headers: { 'X A': 'a' } }), ["$.step.headers['X A'] invalid_header_name"]],
  ['a header twice', root({ headers: { accept: 'a', Accept: 'b' } }), ['$.step.headers.Accept duplicate_header']],
  [
    'a param that is an object',
    root({ params: { a: { b: 1 } } }),
    ['$.step.params.a.expr required', '$.step.params.a.b unknown_field'],
  ],
  [
    'two flows',
    root({ auth_flow: 'a', auth_flow_id: '0190b1e0-7c00-7000-8000-000000000000' }),
    ['$.step.auth_flow_id conflicting_fields'],
  ],
  [
    'a choice of flow by more than the config',
    root({ auth_flow: [{ when: 'context.a == `1`', use: 'a' }] }),
    ['$.step.auth_flow[0].when unknown_root'],
  ],
  [
    'rows of a format without rows',
    root({ response_format: 'json', rows_per_page: 10 }),
    ['$.step.rows_per_page conflicting_fields'],
  ],
  [
    'a placeholder nobody knows',
    root({ url: `${URL}/{user_id}` }),
    ['$.step.url unknown_placeholder'],
    { configFields: ['region'] },
  ],
  ['an expression with a fault', root({ while: 'response.body.' }), ['$.step.while expression_syntax']],
  ['an unknown root', root({ while: 'respone.body.more' }), ['$.step.while unknown_root']],
  ['the whole scope', root({ extract: { all: '@' } }), ['$.step.extract.all whole_scope']],
  [
    'two broken templates in one body',
    root({ body: { a: '{{ foo.a }}', b: [{ c: '{{ bar.b }}' }], d: 1 } }),
    ['$.step.body.a unknown_root', '$.step.body.b[0].c unknown_root'],
  ],
  ['a text too long for a template', root({ body: 'x'.repeat(131_073) }), ['$.step.body too_long']],
  ['too many expressions', root({ body: Array(11_000).fill('{vars.a}') }), ['$ too_many_expressions']],
  ['too many values', root({ body: Array(50_000).fill(1) }), ['$ document_too_large']],
  ['a limit without numbers', plan({ rate_limits: [{ scope: 'global' }] }), ['$.rate_limits[0] empty_limit']],
  ['a limit without a window', plan({ rate_limits: [{ requests: 5 }] }), ['$.rate_limits[0].window_secs required']],
  [
    'a limit of nothing',
    plan({ rate_limits: [{ requests: 0, window_secs: 1 }] }),
    ['$.rate_limits[0].requests out_of_range'],
  ],
  [
    'a limit on what is no config',
    plan({ rate_limits: [{ requests: 'vars.a', window_secs: 1 }] }),
    ['$.rate_limits[0].requests unknown_root'],
  ],
  [
    'other numbers for one bucket',
    plan({
      rate_limits: [
        { name: 'a', requests: 5, window_secs: 1 },
        { name: 'a', requests: 6, window_secs: 1 },
      ],
    }),
    ['$.rate_limits[1] limit_differs'],
  ],
  [
    'a match that is none',
    plan({ rate_limits: [{ match: 'method:FETCH', max_concurrent: 1 }] }),
    ['$.rate_limits[0].match invalid_match'],
  ],
];

describe('a document that breaks the rules', () => {
  it.each(documents.map(([what, ...rest]) => ({ what, rest })))('$what', ({ rest: [document, expected, options] }) => {
    const result = validatePlan(document, options);
    const faults = result.ok ? [] : result.faults;
    expect(shown(faults)).toEqual([...expected].sort());
    for (const fault of faults) {
      expect(fault.hint).toBeTruthy();
      expect(fault.message).toBeTruthy();
    }
  });

  it('is answered with every fault at once', () => {
    const expected = [
      '$.key invalid_format',
      '$.wat unknown_field',
      '$.schedule.cron invalid_cron',
      '$.step.method invalid_value',
      '$.step.while expression_syntax',
      '$.step.headers.Host forbidden_header',
      '$.step.sub_steps[1] step_without_url',
      '$.step.sub_steps[2].url invalid_type',
      '$.step.sub_steps[2].break_when unknown_root',
      '$.step.sub_steps[3] invalid_type',
      '$.rate_limits[0].requests out_of_range',
    ];
    const result = validatePlan({
      key: 'Bad Key',
      integration: 'acme',
      wat: 1,
      schedule: { cron: 'often' },
      step: {
        url: URL,
        method: 'get',
        while: '(',
        headers: { Host: 'a' },
        sub_steps: [{ url: URL }, {}, { url: 5, break_when: 'nope.a' }, 7],
      },
      rate_limits: [{ requests: -1, window_secs: 1 }],
    });
    const faults = result.ok ? [] : result.faults;
    expect(shown(faults)).toEqual(expected.sort());
  });

  it('suggests the name that was meant', () => {
    const hints = (document: unknown) => {
      const result = validatePlan(document);
      return result.ok ? [] : result.faults.map(({ hint }) => hint);
    };
    expect(hints(root({ subSteps: [] }))).toEqual(['Did you mean "sub_steps"?']);
    expect(hints(root({ break_wen: 'vars.a' }))).toEqual(['Did you mean "break_when"?']);
    expect(hints(root({ method: 'PST' }))[0]).toContain('Did you mean "POST"?');
    expect(hints(root({ zzzzzzzzzz: 1 }))[0]).toContain('Known fields: id, url, method');
  });

  it('says where in an expression the fault is', () => {
    const result = validatePlan(root({ while: 'response.body.a ==' }));
    expect(result.ok ? '' : result.faults[0]?.hint).toMatch(/\d|operand|value/i);
  });

  it('lists at most 500 faults, however many there are', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => [`field_${index}`, 1]);
    const started = performance.now();
    const result = validatePlan(plan(Object.fromEntries(names)));
    expect(result.ok ? 0 : result.faults.length).toBe(500);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('never pollutes a prototype and never throws, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.anything({ withBigInt: true, withDate: true, withMap: true })),
        (document) => {
          validatePlan(document);
          validatePlan({ key: 'a', integration: 'b', step: document });
          validatePlan({
            key: 'a',
            integration: 'b',
            step: { url: URL, body: document, sub_steps: [document], vars: document },
          });
          return ({} as Record<string, unknown>).polluted === undefined;
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is refused with all faults when it is to be compiled', () => {
    const broken = plan({ wait_seconds: 0, step: {} }) as unknown as PlanDocument;
    expect(() => compilePlan(broken)).toThrow(PlanInvalid);
    expect(() => compilePlan(broken)).toThrow(
      expect.objectContaining({ code: 'plan_invalid', faults: [expect.anything(), expect.anything()] }),
    );
  });
});
