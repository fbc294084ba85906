import type { JsonValue } from '@orchid/kernel';
import fc from 'fast-check';
import {
  compileCondition,
  compileExpression,
  compileTemplate,
  compileUrlTemplate,
  compileValue,
  ExpressionError,
  type Scope,
} from './index';

const CASES = { soups: 40_000, mutants: 20_000, templates: 20_000, urls: 15_000, values: 5_000 };
const MOST_MS = 50;

// Several times what it takes: other work may share the machine.
jest.setTimeout(120_000);

let cases = 0;
/** Cases in which there was a result to look at. */
let accepted = 0;

/** Runs one case: only errors of this library may come of it, and soon. A slow case is given two more chances: the machine may have been. */
function attempt<T>(work: () => T): T | null {
  cases += 1;
  for (let chance = 1; ; chance += 1) {
    const began = performance.now();
    const result = outcome(work);
    const took = performance.now() - began;
    if (took < MOST_MS) {
      if (result !== null) accepted += 1;
      return result;
    }
    if (chance === 3) throw new Error(`one case took ${took} ms`);
  }
}

function outcome<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}

const scope: Scope = {
  config: { base_url: 'https://h.test/v1', key: 'k', n: [1, 'a', null, 2.5] },
  context: { since: '2024-01-01', n: 3 },
  vars: { page: 1 },
  response: {
    status_code: 200,
    headers: { 'retry-after': '3' },
    body: { items: [{ id: 1, tags: ['x'] }, { id: 12345678901234567890n }, null, 'text'], next: null, more: true },
  },
  item: { id: 7, v: 'value', __proto__: null },
  item_index: 0,
};

const TOKENS = [
  ...['config', 'context', 'vars', 'response', 'prev', 'item', 'item_index', 'meta', 'other', '.body', '.items', '.n'],
  ...['.id', '.headers', "['X-A']", '[0]', '[-1]', '[1:2]', '[::0]', '[::-1]', '[*]', '[]', '.*', '[?', ']', '(', ')'],
  ...[
    '{',
    '}',
    ':',
    ',',
    '!',
    '==',
    '!=',
    '<',
    '>=',
    '||',
    '&&',
    '|',
    '&',
    ' ? ',
    ' : ',
    '=',
    '+',
    '-',
    '*',
    '/',
    '//',
  ],
  ...['%', '@', '$', '$.', '$a', 'let ', ' in ', "'x'", "'", '"y"', '"', '`1`', '`', '`{"a":[1]}`', '1', '2.5', '1e3'],
  ...[
    '99999999999999999999',
    'true',
    'null',
    ' ',
    '\n',
    '\u0000',
    '\\',
    'é',
    '😀',
    '\ud800',
    '__proto__',
    'constructor',
  ],
  ...['length(', 'map(&', 'sort_by(', 'join(', 'to_number(', 'regex_match(', 'time_windows(', 'chunk(', 'product('],
  ...[
    'format_time(',
    'get(',
    'default(',
    'not_null(',
    'sha256(',
    'base64_decode(',
    'parse_json(',
    'range(',
    'pad_left(',
  ],
] as const;

const CORPUS = [
  "response.headers['X-RateLimit-Remaining'] == '0' && response.status_code == 429",
  'response.body.items[?id > $.context.n && tags[0] != null].{id: id, tags: join(`,`, tags)} | [0]',
  'let $since = context.since in response.body.items[?updated >= $since] | length(@)',
  'response.body.next != null ? resolve_url(response.url, response.body.next) : null',
  "format_time(add_time(context.since, '-P1DT2H'), '%Y-%m-%dT%H:%M:%SZ')",
  'max(response.body.items[*].id) || vars.page + 1',
  "sort_by(response.body.items[?type(@) == 'object'], &to_number(id))[::-1]",
  '!contains(default(response.body.message, `""`), \'done\')',
] as const;

const TEMPLATE_TOKENS = [
  ...['{', '}', '{{', '}}', '\\{', '\\', '{{ ', ' }}', '{item.v}', '{item', '{config.key}', '{{ vars.page + 1 }}'],
  ...[
    '{user_id}',
    '{ item.v }',
    '"',
    "'",
    "{{ '}}' }}",
    "{{ {a: '{'} }}",
    '{"a":1}',
    'query { a }',
    '?',
    '&',
    '=',
    '/',
  ],
  ...['#', '%', ' ', '\r\n', '\u0000', '😀', '\ud800', 'text', '{{ null }}', '{{ response.body.items }}', '$', '{{}}'],
] as const;

const URL_LITERALS = ['/a', '/', '/b.c', '/%41', '/~x', '//', '/é'] as const;
const URL_ISLANDS = ['{item.v}', '{{ item.v }}', '{{ item.w }}', '{p}', '{item.v}-{item.w}'] as const;
const HOSTILE = [
  ...[
    '../..',
    '..',
    '%2e%2e',
    '@evil.test',
    '//evil.test',
    '\\\\evil.test',
    '?a=1&b=2',
    '&c=3',
    '#x',
    'a\r\nHost: evil',
  ],
  ...[
    '{config.key}',
    '{{ config.key }}',
    '\ud800',
    '.evil.test',
    ':80',
    ';d=4',
    '%00',
    '\u0000',
    ' ',
    '\u2028',
    '/',
    '',
  ],
] as const;

const picks = (list: readonly string[], maxLength: number) =>
  fc
    .array(fc.nat(list.length - 1), { minLength: 1, maxLength })
    .map((indexes) => indexes.map((index) => list[index]).join(''));

const run = <T>(count: number, property: fc.IProperty<T>) => fc.assert(property, { numRuns: count });

/** Compiles and evaluates; twice the same. */
function evaluated(source: string): JsonValue {
  const expression = compileExpression(source, { now: () => 0 });
  const canonical = compileExpression(expression.canonical, { now: () => 0 });
  expect(canonical.canonical).toBe(expression.canonical);
  return expression.evaluate(scope);
}

describe('the dialect', () => {
  it('takes any soup of tokens, or refuses it', () => {
    run(
      CASES.soups,
      fc.property(picks(TOKENS, 16), (source) => {
        attempt(() => evaluated(source));
        outcome(() => compileCondition(source).test(scope));
      }),
    );
  });

  it('takes what is left of real expressions when characters go, come and move', () => {
    const mutant = fc
      .tuple(fc.nat(CORPUS.length - 1), fc.array(fc.tuple(fc.nat(), fc.nat(TOKENS.length + 1)), { maxLength: 4 }))
      .map(([which, edits]) => edits.reduce(edited, CORPUS[which] ?? ''));
    run(
      CASES.mutants,
      fc.property(mutant, (source) => void attempt(() => evaluated(source))),
    );
  });
});

/** Cuts a character out, doubles a piece, or puts a token in. */
function edited(text: string, [where, what]: readonly [number, number]): string {
  const at = where % (text.length + 1);
  if (what === TOKENS.length) return text.slice(0, at) + text.slice(at + 1);
  if (what === TOKENS.length + 1) return text.slice(0, at) + text.slice(Math.max(0, at - 5));
  return text.slice(0, at) + (TOKENS[what] ?? '') + text.slice(at);
}

describe('the template tokenizer', () => {
  it('takes any soup of braces, quotes and text, or refuses it, and evaluates nothing twice', () => {
    const hostile: Scope = { ...scope, item: { v: '{config.key}{{ config.key }}' } };
    run(
      CASES.templates,
      fc.property(picks(TEMPLATE_TOKENS, 12), (source) => {
        const rendered = attempt(() => compileTemplate(source).render(hostile));
        if (typeof rendered !== 'string' || !source.includes('{item.v}') || source.includes('\\')) return;
        // What the value holds stays as it is: only islands of the source are evaluated.
        if (rendered.includes('{config.key}')) expect(rendered).toContain('{config.key}{{ config.key }}');
      }),
    );
  });
});

describe('what a value can do to a url', () => {
  const path = fc
    .array(fc.tuple(fc.nat(URL_LITERALS.length - 1), fc.nat(URL_ISLANDS.length)), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map(([text, island]) => `${URL_LITERALS[text]}${URL_ISLANDS[island] ?? ''}`).join(''));
  const query = fc.constantFrom('', '?q={item.v}', '?q=1&r={{ item.w }}', '?x=a{item.v}b');
  const value = fc.oneof(
    { weight: 4, arbitrary: picks(HOSTILE, 3) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  );

  it('never changes the host, the number of segments or the parameters', () => {
    const shape = (source: string, v: string, w: string) => {
      const url = new URL(
        compileUrlTemplate(`https://h.test${source}`, { params: ['p', 'extra'] }).render(
          { ...scope, item: { v, w } },
          { p: w, extra: v },
        ),
      );
      const { origin, username, password, hash, pathname, searchParams } = url;
      return {
        origin,
        username,
        password,
        hash,
        segments: pathname.split('/').length,
        names: [...searchParams.keys()],
      };
    };
    run(
      CASES.urls,
      fc.property(path, query, value, value, (before, after, v, w) => {
        const got = attempt(() => shape(before + after, v, w));
        if (got === null) return;
        expect(got).toEqual(shape(before + after, 'v', 'w'));
        expect(got).toMatchObject({ origin: 'https://h.test', username: '', password: '', hash: '' });
      }),
    );
  });

  it('never adds a member to headers, params or a body', () => {
    const names = ['X-A', 'x-b'];
    run(
      CASES.values,
      fc.property(value, fc.constantFrom('body', 'param', 'header' as const), (v, position) => {
        const compiled = compileValue({ 'X-A': 'a {item.v}', 'x-b': '{item.v}' }, { position });
        const rendered = attempt(() => compiled.render({ item: { v } }));
        expect(Object.keys(rendered as object)).toEqual(names);
        expect(rendered).toEqual({ 'X-A': `a ${v}`, 'x-b': v });
      }),
    );
  });
});

it('was tried at least 100,000 times', () => {
  expect(cases).toBeGreaterThanOrEqual(100_000);
  expect(accepted).toBeGreaterThan(20_000);
});
