import { type JsonValue, parseJson } from '@orchid/kernel';
import { compileExpression, ExpressionError, type Scope } from './index';

const BIG = 12345678901234567890n;
const scope: Scope = { config: { n: 3, none: null }, response: { body: { big: BIG } } };
const run = (source: string): JsonValue => compileExpression(source).evaluate(scope);

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

describe('long integers', () => {
  it.each<[string, JsonValue]>([
    ['response.body.big', BIG],
    ['response.body.big + 1', BIG + 1n],
    ['response.body.big - response.body.big', 0],
    ['response.body.big == 12345678901234567890', true],
    ['response.body.big == 12345678901234567891', false],
    ['[response.body.big] == [12345678901234567890]', true],
    ['contains([response.body.big], 12345678901234567890)', true],
    ['to_string(response.body.big)', '12345678901234567890'],
    ['to_json({a: response.body.big})', '{"a":12345678901234567890}'],
    ["to_number('12345678901234567890')", BIG],
    ['max([1, response.body.big, 2])', BIG],
    ['sort([response.body.big, 1])', [1, BIG]],
    ['sum([response.body.big, 1])', BIG + 1n],
    ['type(response.body.big)', 'number'],
    ["join('-', [response.body.big])", '12345678901234567890'],
    ['9007199254740991 + 10', 9007199254741001n],
    ['`{"a": 12345678901234567890}`.a', BIG],
    ['response.body.big / 10', 1234567890123456789n],
    ['-response.body.big', -BIG],
  ])('keep their digits: %s', (source, value) => expect(run(source)).toEqual(value));

  it('cannot be made to grow without end', () => {
    const square = Array.from({ length: 20 }, () => '@ * @').join(' | ');
    expect(code(() => run(`response.body.big | ${square}`))).toBe('expression_too_costly');
  });
});

describe('plain data', () => {
  it('__proto__ is an ordinary own key', () => {
    const built = run('{__proto__: config.n}');
    expect(Object.keys(built as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(built)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).n).toBeUndefined();
    const data = parseJson('{"item": {"__proto__": {"a": 1}}}') as Record<string, JsonValue>;
    expect(compileExpression('item.__proto__.a').evaluate(data)).toBe(1);
    expect(compileExpression('item == {__proto__: {a: 1}}').evaluate(data)).toBe(true);
  });

  it.each([
    'config.constructor',
    'config.__proto__',
    'config.toString',
    "get(config, '__proto__')",
    'config."hasOwnProperty"',
  ])('nothing inherited is read: %s', (source) => expect(run(source)).toBeNull());
});

describe('cost', () => {
  it.each<[string, string]>([
    ['too long', `config.${'a'.repeat(4096)}`],
    ['100,000 parentheses', `${'('.repeat(100_000)}1`],
    ['nested parentheses', `${'('.repeat(65)}1${')'.repeat(65)}`],
    ['nested lists', `${'['.repeat(65)}1${']'.repeat(65)}`],
    ['negations', `${'!'.repeat(65)}true`],
    ['ternaries', `${'true ? 1 : '.repeat(65)}2`],
    ['lets', `${'let $a = 1 in '.repeat(65)}2`],
    ['exponential lists', `[1]${' | [@, @]'.repeat(60)}`],
    ['exponential objects', `config.n${' | {a: @, b: @}'.repeat(60)}`],
    ['exponential text', `[1]${' | [@, @]'.repeat(60)} | to_string(@)`],
    ['exponential equality', `let $a = [1]${' | [@, @]'.repeat(40)}, $b = [1]${' | [@, @]'.repeat(40)} in $a == $b`],
    ['pad_left', "pad_left('x', 1000000000)"],
    ['pad_left chains', "pad_left('x', 9000000) | pad_right(@, 18000000)"],
    ['replace chains', `'xx'${" | replace(@, 'x', 'xxxxxxxxxxxxxxxx')".repeat(40)}`],
    ['join chains', `'xx'${' | join(@, [@, @, @, @])'.repeat(60)}`],
  ])('is bounded: %s', (_what, source) => {
    const begun = performance.now();
    const error = failure(() => run(source));
    if (error.code === 'expression_syntax') throw error;
    expect(error.code).toBe('expression_too_costly');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('nested loops over data are bounded', () => {
    const list = Array.from({ length: 3000 }, (_, id) => ({ id }));
    const nested = compileExpression('item[*].{a: $.item[?id == $.item[0].id]}');
    expect(code(() => nested.evaluate({ item: list }))).toBe('expression_too_costly');
  });

  it('asking again and again whether a large object is empty is cheap', () => {
    const large = Object.fromEntries(Array.from({ length: 100_000 }, (_, id) => [`k${id}`, id]));
    const begun = performance.now();
    const rows = compileExpression('item[?!$.config.large]').evaluate({
      config: { large },
      item: Array<number>(2000).fill(1),
    });
    expect(rows).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('a large page is no trouble', () => {
    const list = Array.from({ length: 50_000 }, (_, id) => ({ id, name: `n${id}`, on: id % 2 === 0 }));
    const rows = compileExpression('item[?on == true && id >= 10].{id: id, name: upper(name)}').evaluate({
      item: list,
    });
    expect(rows).toHaveLength(24_995);
  });

  it('regular expressions run in linear time', () => {
    const begun = performance.now();
    expect(run(`regex_match('${'a'.repeat(3000)}', '^(a+)+$x')`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('long chains of members and operators are fine', () => {
    expect(run(`config${'.a'.repeat(1500)}`)).toBeNull();
    expect(run(`${'config.none || '.repeat(200)}1`)).toBe(1);
    expect(run(`[${'config.none ? 1 : 2, '.repeat(100)}3] | length(@)`)).toBe(101);
  });
});
