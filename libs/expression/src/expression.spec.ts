import type { JsonValue } from '@orchid/kernel';
import { compileCondition, compileExpression, type CompileOptions, ExpressionError, type Scope } from './index';

const BIG = 12345678901234567890n;
const scope: Scope = {
  config: { n: 3, base: 'https://x.test', none: null, flag: 'yes' },
  context: { n: 2, since: '2024-01-15', cursors: { a: 'c1' } },
  vars: { true: 'field' },
  response: {
    status_code: 403,
    headers: { 'x-ratelimit-remaining': '0', 'retry-after': '5', etag: 'e' },
    body: {
      has_more: true,
      done: false,
      empty: [],
      zero: 0,
      big: BIG,
      items: [
        { id: 1, at: '2024-01-01', ok: true, tags: ['a'] },
        { id: 3, at: '2024-02-01', ok: false, tags: ['b', 'c'] },
        { id: 'x', at: null, ok: null, tags: [] },
      ],
    },
  },
  prev: { headers: { 'x-a': 'p' } },
  parent: { headers: { 'x-a': 'q' }, parent: { headers: { 'x-a': 'r' } }, item: { id: 9 } },
  item: { id: 7, headers: { 'X-A': 'kept' } },
};

const run = (source: string, options?: CompileOptions): JsonValue => compileExpression(source, options).evaluate(scope);
const holds = (source: string): boolean | null => compileCondition(source).test(scope);
const canonical = (source: string): string => compileExpression(source).canonical;

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

describe('the dialect', () => {
  it.each<[string, string, JsonValue]>([
    ['response.body.has_more == true', 'response.body.has_more == `true`', true],
    ['response.body.done == false', 'response.body.done == `false`', true],
    ['config.none == null', 'config.none == `null`', true],
    ['[true, false, null]', '[`true`, `false`, `null`]', [true, false, null]],
    ['{true: true}', '{true: `true`}', { true: true }],
    ['vars.true', 'vars.true', 'field'],
    ['vars."true"', 'vars."true"', 'field'],
    ['response.body.items[?ok == true].id', 'response.body.items[?ok == `true`].id', [1]],
    ['response.body.items[?!(ok == null)].id', 'response.body.items[?!(ok == `null`)].id', [1, 3]],
    ['not_null(null, [{a: false}])[0].a', 'not_null(`null`, [{a: `false`}])[0].a', false],
    ['config.n > 2 ? true : null', 'config.n > `2` ? `true` : `null`', true],
    ['{a: config.none ? true : false}', '{a: config.none ? `true` : `false`}', { a: false }],
  ])('bare true, false and null are literals in operand position: %s', (source, text, value) => {
    expect(canonical(source)).toBe(text);
    expect(run(source)).toEqual(value);
  });

  it('keeps "true" in quotes a name', () => {
    expect(compileExpression('vars | "true"').evaluate(scope)).toBe('field');
  });

  it.each<[string, string, JsonValue]>([
    ['response.status_code == 403', 'response.status_code == `403`', true],
    ['length(response.body.items) > 0', 'length(response.body.items) > `0`', true],
    ['config.n-1', 'config.n-`1`', 2],
    ['config.n - 1.5', 'config.n - `1.5`', 1.5],
    ['config.n * -2', 'config.n * `-2`', -6],
    ['1e3', '`1e3`', 1000],
    ['[1, 2]', '[`1`, `2`]', [1, 2]],
    ['contains([401], 401)', 'contains([`401`], `401`)', true],
    ['response.body.items[0].id', 'response.body.items[0].id', 1],
    ['response.body.items[-2].id', 'response.body.items[-2].id', 3],
    ['response.body.items[0:2].id', 'response.body.items[0:2].id', [1, 3]],
    ['response.body.items | [0].id', 'response.body.items | [0].id', 1],
    ['response.body.items[?id == 3].id', 'response.body.items[?id == `3`].id', [3]],
    ['map(&[0], [[1, 2], [3]])', 'map(&[0], [[`1`, `2`], [`3`]])', [1, 3]],
    ['default(config.none, [])', 'default(config.none, `[]`)', []],
    ['default(config.none, {})', 'default(config.none, `{}`)', {}],
  ])('bare numbers are literals: %s', (source, text, value) => {
    expect(canonical(source)).toBe(text);
    expect(run(source)).toEqual(value);
  });

  it.each<[string, string, JsonValue]>([
    ["response.headers['X-RateLimit-Remaining']", 'response.headers."x-ratelimit-remaining"', '0'],
    ['response.headers."Retry-After"', 'response.headers."retry-after"', '5'],
    ['response.headers.ETag', 'response.headers.etag', 'e'],
    ['response.headers["Retry-After"]', 'response.headers."retry-after"', '5'],
    ['$.response.headers.ETAG', '$.response.headers.etag', 'e'],
    ['response | headers.ETag', 'response | headers.etag', 'e'],
    ['response.headers.{a: ETag}', 'response.headers.{a: etag}', { a: 'e' }],
    ["prev.headers['X-A']", 'prev.headers."x-a"', 'p'],
    ["parent.headers['X-A']", 'parent.headers."x-a"', 'q'],
    ["parent.parent.headers['X-A']", 'parent.parent.headers."x-a"', 'r'],
    ["get(response.headers, 'ETag')", "get(response.headers, 'ETag')", 'e'],
    ["item.headers['X-A']", 'item.headers."X-A"', 'kept'],
  ])('header names match in any case, names in brackets are members: %s', (source, text, value) => {
    expect(canonical(source)).toBe(text);
    expect(run(source)).toEqual(value);
  });

  it.each<[string, string, JsonValue]>([
    ['!response.body.done', '!(response.body.done)', true],
    ['!!response.body.done', '!(!(response.body.done))', false],
    ['!response.body.items[0].ok', '!(response.body.items[0].ok)', false],
    ['!config.none && true', '!(config.none) && `true`', true],
    ['!response.body.done == true', '!(response.body.done) == `true`', true],
    ["!contains('ab', 'c')", "!(contains('ab', 'c'))", true],
    ['!response.body.items[*].ok', '!(response.body.items[*].ok)', false],
    ['[!true, !(true)]', '[!`true`, !(`true`)]', [false, false]],
  ])('! takes the whole path behind it: %s', (source, text, value) => {
    expect(canonical(source)).toBe(text);
    expect(run(source)).toEqual(value);
  });

  it.each<[string, boolean]>([
    ["'2024-01-01' < '2024-02-01'", true],
    ["'b' > 'a'", true],
    ["'a' <= 'a'", true],
    ["'\uFFFD' < '\u{1F600}'", true],
    ['2 < 10', true],
    ['response.body.big > 12345678901234567889', true],
  ])('two texts order by code point, two numbers by value: %s', (source, value) => {
    expect(run(source)).toBe(value);
    expect(holds(source)).toBe(value);
  });

  it('any other pair is null in a filter and not_comparable in a condition', () => {
    expect(run('response.body.items[?id > 0].id')).toEqual([1, 3]);
    expect(holds('length(response.body.items[?id > 0]) == 2')).toBe(true);
    expect(holds('length(map(&(id > 0), response.body.items)) == 3')).toBe(true);
    expect(code(() => holds("config.n > 'a'"))).toBe('not_comparable');
    expect(code(() => holds('config.none > 0'))).toBe('not_comparable');
    expect(run("config.n > 'a'")).toBeNull();
  });

  it('$ is the scope, also inside a filter', () => {
    expect(run('response.body.items[?id > $.context.n].id')).toEqual([3]);
    expect(run('response.body.items[?at > $.context.since].at')).toEqual(['2024-02-01']);
    expect(run('response.body.items[*].{n: $.config.n}')).toEqual([{ n: 3 }, { n: 3 }, { n: 3 }]);
  });

  it("warns where a root's name starts a path inside a filter or projection", () => {
    const codes = (source: string): string[] => compileExpression(source).warnings.map((warning) => warning.code);
    expect(codes('response.body.items[?id > context.n]')).toEqual(['root_in_projection']);
    expect(codes('response.body.items[*].{a: config.n}')).toEqual(['root_in_projection']);
    expect(codes('sort_by(response.body.items, &item.id)')).toEqual(['root_in_projection']);
    expect(codes('response.body.items[*].context.id')).toEqual([]);
    expect(codes('response.body.items[?id > $.context.n]')).toEqual([]);
    expect(codes('response.body.items[?at == "new"]')).toEqual(['quoted_name']);
  });

  it.each([
    "contains(response.body.message, 'x')",
    'length(null)',
    'config.none + 1',
    '1 - config.none',
    '-config.none',
    'sum(config.none)',
    'map(&id, config.none)',
    "join(',', null)",
    "split('a', null)",
    'to_number(null)',
    'to_json(null)',
    "regex_match(null, 'a')",
    'merge({}, null)',
  ])('null in, null out: %s', (source) => expect(run(source)).toBeNull());

  it.each<[string, JsonValue]>([
    ['default(null, 1)', 1],
    ['not_null(null, 2)', 2],
    ['type(null)', 'null'],
    ['to_string(null)', 'null'],
    ['to_array(null)', [null]],
  ])('functions that answer to null: %s', (source, value) => expect(run(source)).toEqual(value));

  it('canonical text is plain JMESPath and means the same', () => {
    const again = compileExpression(canonical("!response.body.items[?id == 3 && !ok.x]['at']"));
    expect(again.canonical).toBe(canonical(again.canonical));
  });
});

describe('roots', () => {
  it('are a closed set, with the nearest name suggested', () => {
    const error = failure(() => run('cofnig.n'));
    expect(error.code).toBe('unknown_root');
    expect(error.hint).toContain('config');
    expect(code(() => run('$.secrets'))).toBe('unknown_root');
    expect(code(() => run('[config.n, foo]'))).toBe('unknown_root');
    expect(failure(() => run('config.flag == "yes"')).hint).toContain('single quotes');
  });

  it('can be others', () => {
    expect(compileExpression('body.a', { roots: ['body'] }).evaluate({ body: { a: 1 } })).toBe(1);
    expect(code(() => run('config.n', { roots: ['body'] }))).toBe('unknown_root');
  });

  it('an absent root reads as null', () => expect(compileExpression('auth.token').evaluate({})).toBeNull());

  it.each([
    '@',
    '$',
    'keys(@)',
    'to_json($)',
    '*',
    '$.*',
    '[@]',
    '{a: $}',
    '@ == null',
    '$ || config.n',
    '!@',
    'config.n && @',
    'let $s = $ in $s',
    '@[*]',
    'items($)[0]',
    'response.body.items[*].{a: $}',
    'config.n ? @ : $',
    'map(&$, response.body.items)',
  ])('the whole scope is an error: %s', (source) => expect(code(() => run(source))).toBe('whole_scope'));

  it('a reference is a root and its first member, null for the whole root', () => {
    const references = (source: string): string[] =>
      compileExpression(source).references.map(({ root, field }) => `${root}.${String(field)}`);
    expect(references('config.a.b + config.c')).toEqual(['config.a', 'config.c']);
    expect(references('config')).toEqual(['config.null']);
    expect(references("get(config, 'a')")).toEqual(['config.null']);
    expect(references('config.*')).toEqual(['config.null']);
    expect(references('config | a')).toEqual(['config.a']);
    expect(references('config.{x: a, y: b.c}')).toEqual(['config.a', 'config.b']);
    expect(references('(config || context).a')).toEqual(['config.null', 'context.null']);
    expect(references('let $c = config in $c.a')).toEqual(['config.null']);
    expect(references("auth['token']")).toEqual(['auth.token']);
    expect(references('response.body.items[?id > $.context.n]')).toEqual(['response.body', 'context.n']);
    expect(references('now()')).toEqual([]);
  });
});

describe('conditions', () => {
  it('hold for true only; null is neither', () => {
    expect(holds('response.body.has_more')).toBe(true);
    expect(holds('response.body.done')).toBe(false);
    expect(holds('response.body.absent')).toBeNull();
  });

  it.each(['response.body.items', 'config.flag', 'config.n', "response.body.has_more && 'x'", 'config'])(
    'any other value is condition_not_boolean: %s',
    (source) => {
      const error = failure(() => holds(source));
      expect(error.code).toBe('condition_not_boolean');
      expect(error.details.expression).toBe(source);
      expect(error.hint).toContain('!= null');
    },
  );

  it('other evaluation errors are never read as false', () => {
    expect(code(() => holds("length(5) == 'a'"))).toBe('expression_error');
    expect(code(() => holds('config.n / 0 == 1'))).toBe('expression_error');
    expect(code(() => holds('config.flag + 1 == 1'))).toBe('expression_error');
  });
});

describe('errors when compiling', () => {
  it.each<[string, number]>([
    ['', 0],
    ['config.', 7],
    ['config.n +', 10],
    ['config.n ==', 11],
    ['config n', 7],
    ['config.n = 3', 9],
    ['(config.n', 0],
    ['config.n)', 8],
    ['[config.n, ]', 11],
    ['length(config.n,)', 16],
    ['length(,)', 7],
    ["'abc", 0],
    ['config.#', 7],
    ['config.n ? 1', 12],
    ['{a config.n}', 3],
    ['{1: 2}', 1],
    ['config[n]', 7],
    ['config[1', 7],
    ['config.5', 7],
    ['&config.n', 0],
    ['config.n, 2', 8],
    ['`{`', 0],
    ['1e999', 0],
    ['config.n | | 2', 11],
    ['config."a" (1)', 7],
    ['let $a in $a', 0],
    ['config[0:1:0]', 6],
  ])("expression_syntax at the offset in the author's text: %s", (source, offset) => {
    const error = failure(() => run(source));
    expect(error.code).toBe('expression_syntax');
    expect(error.details).toMatchObject({ offset, expression: source });
  });

  it('names unknown functions, variables and wrong numbers of arguments', () => {
    expect(failure(() => run('config.n + lenght(config)')).details).toMatchObject({
      offset: 11,
      hint: 'did you mean `length`?',
    });
    expect(code(() => run('$config.n'))).toBe('unknown_variable');
    expect(code(() => run('length()'))).toBe('function_arity');
    expect(code(() => run("length('a', 'b')"))).toBe('function_arity');
    expect(code(() => run('toString(config)'))).toBe('unknown_function');
    expect(code(() => run('sort_by([], a)'))).toBe('expression_syntax');
  });

  it('never shows data', () => {
    const secret: Scope = { config: { key: 's3cret' } };
    const error = failure(() => compileExpression('config.key + 1').evaluate(secret));
    expect(JSON.stringify([error.message, error.details])).not.toContain('s3cret');
  });
});
