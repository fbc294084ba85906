import { compileExpression } from '@orchid/expression';
import type { CompiledLimit } from '@orchid/plan';
import { demandsFor, type LimitDemand, type LimitedRequest } from './demands';
import { learnFrom } from './learn-from';
import { InvalidLimit } from './limiter.errors';
import { parseRateLimitFields } from './rate-limit-fields';
import { parseReset, parseRetryAfter, type ResetFormat } from './retry-after';

const NOW = Date.parse('2026-01-15T10:00:00.000Z');
/** The server's clock is 90 s ahead of ours. */
const SERVED = 'Thu, 15 Jan 2026 10:01:30 GMT';
const DAY = 86_400_000;

type Dynamic = NonNullable<CompiledLimit['dynamic']>;
const silent: Dynamic = { limit: null, remaining: null, reset: null, retryAfter: null, resetFormat: 'auto' };

function limit(more: Partial<CompiledLimit> = {}): CompiledLimit {
  return {
    document: {},
    name: 'contacts',
    scope: 'global',
    matches: () => true,
    requests: 100,
    windowSecs: 60,
    maxConcurrent: null,
    priority: 0,
    maxWaitMs: 60_000,
    onExceeded: 'park',
    dynamic: null,
    ...more,
  };
}

const identity = {
  tenantId: 't1',
  integrationId: 'i1',
  configId: 'c1',
  config: { quota: 7, text: '2.5', none: 0, slots: 3 },
};
const request: LimitedRequest = {
  method: 'GET',
  path: '/contacts/7',
  stepId: 'root',
  pathTemplate: '/contacts/{item.id}',
};
const bucketsOf = (...limits: CompiledLimit[]) => demandsFor(limits, request, identity).map(({ bucket }) => bucket);
const expr = (source: string) => compileExpression(source);

describe('demandsFor', () => {
  it('names buckets by scope, all of one integration under one hash tag', () => {
    expect(bucketsOf(limit(), limit({ scope: 'per_config' }), limit({ scope: 'per_endpoint' }))).toEqual([
      '{t1/i1}:global:contacts',
      '{t1/i1}:config:c1:contacts',
      '{t1/i1}:endpoint:GET:%2Fcontacts%2F%7Bitem.id%7D:contacts',
    ]);
  });

  it('keeps different names, scopes, integrations and endpoints apart, and equal ones together', () => {
    expect(
      new Set(bucketsOf(limit(), limit({ name: 'a:b' }), limit({ name: 'a%3Ab' }), limit({ name: '}{' }))).size,
    ).toBe(4);
    const elsewhere = demandsFor([limit()], request, { ...identity, integrationId: 'i2' });
    expect(elsewhere[0]?.bucket).toBe('{t1/i2}:global:contacts');
    const posting = demandsFor([limit({ scope: 'per_endpoint' })], { ...request, method: 'POST' }, identity);
    expect(posting[0]?.bucket).toContain(':POST:');
    expect(bucketsOf(limit(), limit({ matches: () => true }))).toHaveLength(1);
  });

  it('asks only the limits that match, and reads numbers from the config', () => {
    const limits = [
      limit({ name: 'no', matches: () => false }),
      limit({
        requests: expr('config.quota'),
        windowSecs: expr('config.text'),
        maxConcurrent: expr('config.slots'),
        priority: 4,
      }),
    ];
    expect(demandsFor(limits, request, identity)).toEqual([
      {
        bucket: '{t1/i1}:global:contacts',
        requests: 7,
        windowMs: 2_500,
        maxConcurrent: 3,
        priority: 4,
        limit: limits[1],
      },
    ]);
  });

  it('has no window where only slots are limited', () => {
    const [demand] = demandsFor([limit({ requests: null, windowSecs: null, maxConcurrent: 2 })], request, identity);
    expect(demand).not.toHaveProperty('requests');
    expect(demand).toMatchObject({ maxConcurrent: 2 });
  });

  it.each(['config.absent', 'config.none', "'many'", '`[1]`', '-5'])(
    'refuses a number that is %s, naming it',
    (source) => {
      const compute = () => demandsFor([limit({ requests: expr(source) })], request, identity);
      expect(compute).toThrow(InvalidLimit);
      expect(compute).toThrow(/contacts.*requests/);
    },
  );
});

describe('parseRetryAfter', () => {
  it.each<[string | undefined | null, number | null]>([
    ['120', 120_000],
    [' 1.5 ', 1_500],
    ['0', 0],
    ['Thu, 15 Jan 2026 10:02:00 GMT', 30_000],
    ['Thu, 15 Jan 2026 09:00:00 GMT', 0],
    ['999999999999', DAY],
    ['Thu, 15 Jan 2126 10:00:00 GMT', DAY],
    ['-5', null],
    ['soon', null],
    ['1e9', null],
    ['', null],
    [undefined, null],
    [null, null],
  ])('%s -> %s', (value, expected) => {
    expect(parseRetryAfter(value, { now: NOW, date: SERVED })).toBe(expected);
  });

  it('reads dates by our clock when the server does not tell its own', () => {
    expect(parseRetryAfter('Thu, 15 Jan 2026 10:02:00 GMT', { now: NOW })).toBe(120_000);
    expect(parseRetryAfter('Thu, 15 Jan 2026 10:02:00 GMT', { now: NOW, date: 'yesterday' })).toBe(120_000);
  });
});

describe('parseReset', () => {
  const epoch = NOW / 1000 + 100;
  it.each<[unknown, ResetFormat, number | null]>([
    [30, 'auto', 30_000],
    ['30', 'auto', 30_000],
    [String(epoch), 'auto', 10_000],
    [epoch * 1000, 'auto', 10_000],
    ['2026-01-15T10:01:40Z', 'auto', 10_000],
    ['2026-01-15T11:01:40+01:00', 'auto', 10_000],
    ['2026-01-15T10:01:40', 'auto', 10_000],
    ['Thu, 15 Jan 2026 10:01:40 GMT', 'auto', 10_000],
    [epoch, 'epoch_s', 10_000],
    [epoch * 1000, 'epoch_ms', 10_000],
    [epoch, 'delta_s', DAY],
    ['2026-01-15T10:01:40Z', 'iso', 10_000],
    ['30', 'iso', null],
    ['2026-01-15T10:01:40Z', 'epoch_s', null],
    ['whenever', 'auto', null],
    [null, 'auto', null],
    [{}, 'auto', null],
  ])('%s as %s is %s from now', (value, format, expected) => {
    expect(parseReset(value, format, { now: NOW, date: SERVED })).toBe(expected);
  });
});

describe('learnFrom', () => {
  const dynamic: Dynamic = {
    limit: expr("response.headers['X-RateLimit-Limit']"),
    remaining: expr("response.headers['X-RateLimit-Remaining']"),
    reset: expr("response.headers['X-RateLimit-Reset']"),
    retryAfter: expr("response.headers['Retry-After']"),
    resetFormat: 'auto',
  };
  const learn = (headers: Record<string, string>, rules: Dynamic | null = dynamic, status = 200) => {
    const demand: LimitDemand = {
      bucket: 'b',
      requests: 100,
      windowMs: 60_000,
      priority: 0,
      limit: limit({ dynamic: rules }),
    };
    const scope = { response: { status_code: status, headers, body: null } };
    return learnFrom([demand], { status, headers, now: NOW, scope });
  };

  it.each<[string, Record<string, string>, object[]]>([
    ['nothing from nothing', {}, []],
    ['a lower limit', { 'x-ratelimit-limit': '40' }, [{ bucket: 'b', limit: 40 }]],
    ['the first number of a list', { 'x-ratelimit-limit': '40, 40;w=60' }, [{ bucket: 'b', limit: 40 }]],
    ['no limit of zero or nonsense', { 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': 'few' }, []],
    [
      'a closing when nothing remains',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '20' },
      [{ bucket: 'b', closedUntil: NOW + 20_000 }],
    ],
    ['no closing while something remains', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '20' }, []],
    ['no closing without an end', { 'x-ratelimit-remaining': '0' }, []],
    ['a closing by Retry-After', { 'retry-after': '5' }, [{ bucket: 'b', closedUntil: NOW + 5_000 }]],
    [
      'the longer of two closings',
      { 'retry-after': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' },
      [{ bucket: 'b', closedUntil: NOW + 9_000 }],
    ],
    [
      'dates by the server’s clock',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2026-01-15T10:01:40Z', date: SERVED },
      [{ bucket: 'b', closedUntil: NOW + 10_000 }],
    ],
  ])('learns %s', (_name, headers, expected) => {
    expect(learn(headers)).toEqual(expected);
  });

  it('holds everybody on a 429 with Retry-After, whatever the plan reads', () => {
    expect(learn({ 'retry-after': '5' }, null, 429)).toEqual([{ bucket: 'b', closedUntil: NOW + 5_000 }]);
    expect(learn({ 'retry-after': '5' }, null, 503)).toEqual([]);
    expect(learn({}, null, 429)).toEqual([]);
  });

  it('reads the standard fields where `dynamic` is empty, and only there', () => {
    const headers = { 'ratelimit-policy': '"day";q=9;w=86400, "m";q=30;w=60', ratelimit: '"m";r=0;t=12' };
    expect(learn(headers, silent)).toEqual([{ bucket: 'b', limit: 30, closedUntil: NOW + 12_000 }]);
    expect(learn(headers, null)).toEqual([]);
  });
});

describe('parseRateLimitFields', () => {
  it.each<[Record<string, string>, object]>([
    [{}, {}],
    [{ ratelimit: '"a";r=5;t=9' }, {}],
    [{ ratelimit: '"a";r=5;t=9, "b";r=0;t=7' }, { closedForMs: 7_000 }],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '8' }, { closedForMs: 8_000 }],
    [{ ratelimit: '"a";r=0;t=99999999' }, { closedForMs: DAY }],
    [{ ratelimit: 'garbage;;;=', 'ratelimit-policy': '"a";q=x;w=60' }, {}],
    [{ 'ratelimit-policy': '"a";q=5;w=61' }, {}],
  ])('%j', (headers, expected) => {
    expect(parseRateLimitFields(headers, 60_000)).toEqual(expected);
  });
});
