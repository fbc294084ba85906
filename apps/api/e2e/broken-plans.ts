const URL = 'https://api.example.com/items';

/** What is wrong, the document, and where and how that is told. */
export type BrokenPlan = readonly [what: string, document: unknown, ...faults: Place[]];
export type Place = readonly [path: string, code: string];

function plan(change: object): object {
  return { key: 'items', integration: 'crm', step: { url: URL }, ...change };
}

function root(step: object): object {
  return plan({ step: { url: URL, ...step } });
}

function sub(...steps: object[]): object {
  return root({ sub_steps: steps });
}

function nested(levels: number): object {
  return levels === 0 ? { url: URL } : { url: URL, sub_steps: [nested(levels - 1)] };
}

/** Documents that must be refused with 422. */
export const brokenPlans: readonly BrokenPlan[] = [
  ['null', null, ['$', 'invalid_type']],
  ['a list', [], ['$', 'invalid_type']],
  ['a text', 'plan', ['$', 'invalid_type']],
  ['a number', 7, ['$', 'invalid_type']],
  ['nothing in it', {}, ['$.key', 'required'], ['$.step', 'required'], ['$.integration', 'required']],
  ['a key with a slash', plan({ key: 'a/b' }), ['$.key', 'invalid_format']],
  ['a key in capitals', plan({ key: 'Items' }), ['$.key', 'invalid_format']],
  ['an empty key', plan({ key: '' }), ['$.key', 'invalid_format']],
  ['a key of 129 letters', plan({ key: 'a'.repeat(129) }), ['$.key', 'invalid_format']],
  ['a key that climbs', plan({ key: '../x' }), ['$.key', 'invalid_format']],
  ['a number as key', plan({ key: 5 }), ['$.key', 'invalid_type']],
  ['an integration that nobody has', plan({ integration: 'nobody' }), ['$.integration', 'unknown_integration']],
  [
    'an integration id that is none',
    plan({ integration: undefined, integration_id: 'x' }),
    ['$.integration_id', 'invalid_format'],
  ],
  [
    'an integration id of nobody',
    plan({ integration: undefined, integration_id: '0190b1e0-7c00-7000-8000-000000000000' }),
    ['$.integration_id', 'unknown_integration'],
  ],
  [
    'two integrations',
    plan({ integration_id: '0190b1e0-7c00-7000-8000-000000000000' }),
    ['$.integration_id', 'conflicting_fields'],
  ],
  ['an unknown field', plan({ stepp: {} }), ['$.stepp', 'unknown_field']],
  ['an unknown field of a step', root({ subSteps: [] }), ['$.step.subSteps', 'unknown_field']],
  ['constructor as a field', root({ constructor: {} }), ['$.step.constructor', 'unknown_field']],
  ['constructor as a var', root({ vars: { constructor: '`1`' } }), ['$.step.vars.constructor', 'unknown_field']],
  ['both names of one field', plan({ wait: 5, wait_seconds: 5 }), ['$.wait', 'alias_conflict']],
  [
    'a pause and a schedule',
    plan({ wait_seconds: 60, schedule: { cron: '0 * * * *' } }),
    ['$.schedule', 'conflicting_fields'],
  ],
  ['a fraction of a second to wait', plan({ wait_seconds: 1.5 }), ['$.wait_seconds', 'invalid_type']],
  ['no second to wait', plan({ wait_seconds: 0 }), ['$.wait_seconds', 'out_of_range']],
  ['a text as number', plan({ wait_seconds: '60' }), ['$.wait_seconds', 'invalid_type']],
  ['a negative count', plan({ repeat_count: -1 }), ['$.repeat_count', 'out_of_range']],
  ['a cron that is none', plan({ schedule: { cron: 'soon' } }), ['$.schedule.cron', 'invalid_cron']],
  [
    'a timezone that is none',
    plan({ schedule: { cron: '0 * * * *', timezone: 'Mars/Olympus' } }),
    ['$.schedule.timezone', 'invalid_timezone'],
  ],
  [
    'an origin with a path',
    plan({ allowed_origins: ['https://a.example.com/x'] }),
    ['$.allowed_origins[0]', 'invalid_origin'],
  ],
  [
    'an origin of another scheme',
    plan({ allowed_origins: ['ftp://a.example.com'] }),
    ['$.allowed_origins[0]', 'invalid_origin'],
  ],
  ['an unknown method', root({ method: 'FETCH' }), ['$.step.method', 'invalid_value']],
  ['a status that is none', root({ abort_on: [42] }), ['$.step.abort_on[0]', 'out_of_range']],
  ['a step without anything', plan({ step: {} }), ['$.step', 'step_without_url']],
  ['an id with a dash', root({ id: 'a-b' }), ['$.step.id', 'invalid_format']],
  [
    'two siblings of one id',
    sub({ id: 'a', url: URL }, { id: 'a', url: URL }),
    ['$.step.sub_steps[1].id', 'duplicate_id'],
  ],
  [
    'levels beyond max_nesting_depth',
    plan({ step: nested(6) }),
    ['$.step.sub_steps[0].sub_steps[0].sub_steps[0].sub_steps[0].sub_steps[0].sub_steps[0]', 'nesting_too_deep'],
  ],
  [
    '101 steps',
    sub(...Array.from({ length: 100 }, (_, n) => ({ id: `s${n}`, url: URL }))),
    ['$.step', 'too_many_steps'],
  ],
  ['a syntax error', root({ while: 'response.body.' }), ['$.step.while', 'expression_syntax']],
  ['100,000 parentheses', root({ while: '('.repeat(100_000) }), ['$.step.while', 'too_long']],
  ['4,097 characters', root({ while: `response.body.${'a'.repeat(4_097)}` }), ['$.step.while', 'too_long']],
  ['an unknown root', root({ while: 'respons.body.x' }), ['$.step.while', 'unknown_root']],
  ['the whole scope', root({ extract: { all: '$' } }), ['$.step.extract.all', 'whole_scope']],
  ['an unknown function', root({ extract: { a: 'explode(response.body)' } }), ['$.step.extract.a', 'unknown_function']],
  ['a header that cannot be set', root({ headers: { Host: 'x' } }), ['$.step.headers.Host', 'forbidden_header']],
  [
    'a header with a line feed',
    root({ headers: { 'X-A': 'a\r\nB: c' } }),
    ["$.step.headers['X-A']", 'invalid_header_value'],
  ],
  ['an empty island', root({ url: 'https://x/{{ }}' }), ['$.step.url', 'expression_syntax']],
  ['an island without an end', root({ url: 'https://x/{{ config.a' }), ['$.step.url', 'expression_syntax']],
  ['a url of another scheme', root({ url: 'file:///etc/passwd' }), ['$.step.url', 'bad_url']],
  [
    'different lists among siblings',
    sub({ id: 'a', url: URL, iterate_over: 'response.body.a' }, { id: 'b', url: URL, iterate_over: 'response.body.b' }),
    ['$.step.sub_steps[1].iterate_over', 'iterate_over_differs'],
  ],
  ['a limit of nothing', plan({ rate_limits: [{ window_secs: 5 }] }), ['$.rate_limits[0].requests', 'required']],
  ['an auth flow of nobody', root({ auth_flow: 'nobody' }), ['$.step.auth_flow', 'unknown_auth_flow']],
  ['auth without a flow', root({ headers: { 'X-Key': '{auth.token}' } }), ['$.step', 'auth_flow_missing']],
  [
    'several things at once',
    { key: 'A', integration: 'crm', stepp: 1, step: { url: URL, while: 'nobody.x', method: 'FETCH', headers: 5 } },
    ['$.key', 'invalid_format'],
    ['$.stepp', 'unknown_field'],
    ['$.step.while', 'unknown_root'],
    ['$.step.method', 'invalid_value'],
    ['$.step.headers', 'invalid_type'],
  ],
];
