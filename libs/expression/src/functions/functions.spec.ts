import type { JsonValue } from '@orchid/kernel';
import { compileExpression, type CompileOptions, ExpressionError, FUNCTION_DOCS, type Scope } from '../index';

const scope: Scope = { context: { cursors: { a: 'c1' } } };
const run = (source: string, options?: CompileOptions): JsonValue => compileExpression(source, options).evaluate(scope);

function failure(work: () => unknown): ExpressionError {
  try {
    work();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
const code = (work: () => unknown): string => failure(work).code;

describe('functions', () => {
  const examples = FUNCTION_DOCS.flatMap(({ name, examples: each }) =>
    each.map(([source, value]) => ({ name, source, value })),
  );

  it.each(examples)('$name: $source', ({ source, value }) => expect(run(source)).toEqual(value));

  it('are all documented', () => {
    for (const doc of FUNCTION_DOCS) {
      expect(doc.examples.length).toBeGreaterThan(0);
      expect(doc.signature.startsWith(`${doc.name}(`)).toBe(true);
    }
    expect(new Set(FUNCTION_DOCS.map(({ name }) => name)).size).toBe(FUNCTION_DOCS.length);
  });

  it('now() is given', () => {
    expect(run('[now(), to_epoch(now())]', { now: () => 1_700_000_000_000 })).toEqual([
      '2023-11-14T22:13:20.000Z',
      1700000000,
    ]);
  });

  it.each<[string, JsonValue]>([
    ["to_epoch('2024-01-01T02:00:00+02:00')", 1704067200],
    ["to_epoch('1704067200')", 1704067200],
    ["to_epoch('2024-01-01')", 1704067200],
    ["add_time('2024-02-29T00:00:00Z', 'P1Y')", '2025-02-28T00:00:00.000Z'],
    ["add_time('2024-03-31T00:00:00Z', '-P1M')", '2024-02-29T00:00:00.000Z'],
    ["length(time_windows('2024-01-31T00:00:00Z', '2024-05-01T00:00:00Z', 'P1M'))", 4],
    ["time_windows('2024-01-31T00:00:00Z', '2024-05-01T00:00:00Z', 'P1M')[2].to", '2024-04-30T00:00:00.000Z'],
    ["time_windows('2024-01-02T00:00:00Z', '2024-01-01T00:00:00Z', 'P1D')", []],
    ["format_time('2024-03-05T10:11:12.013Z', '%Y%m%dT%H%M%S %j %s')", '20240305T101112 065 1709633472'],
    ["parse_time('Tue, 05 Mar 2024 10:00:00 +0100', '%a, %d %b %Y %H:%M:%S %z')", '2024-03-05T09:00:00.000Z'],
    ["parse_time('03/05/24 01:02 PM', '%D %I:%M %p')", '2024-03-05T13:02:00.000Z'],
    ["parse_time('1709633472', '%s')", '2024-03-05T10:11:12.000Z'],
    ["parse_time('2024-03-05 10:11:12.5', '%F %T.%f')", '2024-03-05T10:11:12.500Z'],
    ["sort(['b', 'a', 'C'])", ['C', 'a', 'b']],
    ['sort_by([{a: 10}, {a: 9}], &a)[*].a', [9, 10]],
    ["hmac_sha256('', '')", 'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad'],
    ["regex_extract('a=1;b=2', '(?P<k>b)=([0-9])', 'k')", 'b'],
    ["regex_extract('a=1;b=2', '(?P<k>b)=([0-9])', 2)", '2'],
    ["base64_decode('w6Q')", 'ä'],
    ["length('😀a')", 2],
    ["reverse('😀a')", 'a😀'],
    ["'😀ab'[0:2]", '😀a'],
    ["find_first('😀ab', 'b')", 2],
    ["to_number('0x10')", null],
    ["to_number('')", null],
    ["get(context.cursors, 'a')", 'c1'],
    ["get({a: 1}, 'constructor')", null],
    ["group_by([{k: '__proto__'}], &k) | keys(@)", ['__proto__']],
    ["from_items([['__proto__', 1]]) | keys(@)", ['__proto__']],
    ['merge({a: 1}, {__proto__: 2}) | keys(@)', ['a', '__proto__']],
  ])('%s', (source, value) => expect(run(source)).toEqual(value));

  it.each([
    "parse_time('31/02/2024', '%d/%m/%Y')",
    "parse_time('x', '%d')",
    "to_epoch('yesterday')",
    "add_time(now(), '1 day')",
    "add_time(now(), 'P')",
    "time_windows('2024-01-01', '2024-01-02', 'PT0S')",
    "parse_json('{')",
    "base64_decode('***')",
    "regex_match('a', '(')",
    "jwt_sign({}, 'k', 'none')",
    "jwt_sign({}, 'k', 'RS256')",
    "resolve_url('x', 'y')",
    "sum(['a'])",
    "sort([1, 'a'])",
    'chunk([1], 0)',
    "join(',', [[]])",
    'max_by([{a: 1}, {}], &a)',
    'upper(1)',
  ])('what cannot be computed is expression_error: %s', (source) =>
    expect(code(() => run(source))).toBe('expression_error'),
  );

  it('lists made by functions hold at most 10,000 elements', () => {
    expect(code(() => run("time_windows('2000-01-01', '2024-01-01', 'PT1H')"))).toBe('too_many_items');
    const list = Array.from({ length: 101 }, (_, index) => index);
    expect(code(() => compileExpression('product(item, item)').evaluate({ item: list }))).toBe('too_many_items');
    expect(compileExpression('sort(item) | length(@)').evaluate({ item: Array<number>(20_000).fill(1) })).toBe(20_000);
  });
});
