import fc from 'fast-check';
import { isJsonObject, parseJson, setOwn, stringifyJson, type JsonObject, type JsonValue } from './json';

const LONG = '9007199254740993';

/** Any JSON value, long integers and hostile keys among them. */
const { value: anyJson } = fc.letrec<{ value: JsonValue; object: JsonObject; list: JsonValue[] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    // A double that is an integer beyond 2^53 is written in digits, and comes back as the integer that it is.
    fc
      .double({ noDefaultInfinity: true, noNaN: true })
      .map((each) => (Object.is(each, -0) ? 0 : each))
      .filter((each) => !Number.isInteger(each) || Number.isSafeInteger(each)),
    fc.bigInt().filter((each) => !Number.isSafeInteger(Number(each))),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc
    .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString')), tie('value')), {
      maxLength: 4,
    })
    .map((members) => {
      const object: JsonObject = {};
      for (const [name, value] of members) setOwn(object, name, value);
      return object;
    }),
}));

describe('parseJson', () => {
  it('keeps every digit of long integers, and only of those', () => {
    const text = `[${LONG},-${LONG},9007199254740991,1e3,0.12345678901234567,1234567890123456.5,12345678901234567890e-2]`;
    expect(parseJson(text)).toEqual([
      9007199254740993n,
      -9007199254740993n,
      9007199254740991,
      1000,
      0.12345678901234566,
      1234567890123456.5,
      123456789012345680,
    ]);
  });

  it('leaves digits within strings and keys alone', () => {
    const text = `{"${LONG}":"${LONG}","quoted\\"${LONG}":"\\\\","n":${LONG}}`;
    expect(parseJson(text)).toEqual({ [LONG]: LONG, [`quoted"${LONG}`]: '\\', n: 9007199254740993n });
  });

  it.each(['__proto__', '\\u005f_proto__'])('takes %s for an ordinary key, beside long integers too', (key) => {
    for (const text of [`{"${key}":{"admin":true}}`, `{"${key}":{"admin":${LONG}},"n":${LONG}}`]) {
      const parsed = parseJson(text) as JsonObject;
      expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
      expect(Object.keys(parsed)[0]).toBe('__proto__');
      expect('admin' in parsed).toBe(false);
      expect(stringifyJson(parsed)).toContain('"__proto__":{"admin"');
    }
    expect('admin' in {}).toBe(false);
  });

  it('takes the last of equal keys, with long integers or without', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(parseJson(`{"a":1,"a":${LONG}}`)).toEqual({ a: 9007199254740993n });
  });

  it.each(['', '{', `{${LONG}:1}`, `[${LONG}`, `0${LONG}`, `[${LONG},]`, `"${LONG}`, `-`, `${LONG}.`, `+${LONG}`])(
    'refuses %j',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  it('survives depth', () => {
    const depth = 100_000;
    expect(() => parseJson(`${'['.repeat(depth)}${LONG}${']'.repeat(depth)}`)).not.toThrow();
  });
});

describe('stringifyJson', () => {
  it('is the inverse of parseJson', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(parseJson(stringifyJson(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('writes long integers as they were read', () => {
    const text = `{"id":${LONG},"list":[-${LONG},1]}`;
    expect(stringifyJson(parseJson(text))).toBe(text);
  });
});

describe('isJsonObject', () => {
  it.each([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    ['{}', false],
    [1n, false],
  ])('%p: %p', (value, expected) => {
    expect(isJsonObject(value)).toBe(expected);
  });
});
