import fc from 'fast-check';
import { parsePlanText } from './parse-plan-text';

const faultsOf = (text: string) => {
  const result = parsePlanText(text);
  return result.ok
    ? []
    : result.faults.map(({ path, code, line, column, offset }) => ({ path, code, line, column, offset }));
};

describe('the text of a plan', () => {
  it('gives its value', () => {
    expect(parsePlanText('{"key": "a", "n": [1, true, null]}')).toEqual({
      ok: true,
      value: { key: 'a', n: [1, true, null] },
    });
    expect(parsePlanText('\uFEFF{}')).toEqual({ ok: true, value: {} });
    expect(parsePlanText('{"a\\"b": "\\ud83d\\ude00"}')).toEqual({ ok: true, value: { 'a"b': '😀' } });
  });

  it.each([
    ['', 1, 1, 0],
    ['{"key": "a",}', 1, 13, 12],
    ['{\n  "key": "a"\n  "step": {}\n}', 3, 3, 17],
    ['{} x', 1, 4, 3],
    ["{'key': 1}", 1, 2, 1],
    ['{"a": 1 /* why */}', 1, 9, 8],
    ['{"a": nul}', 1, 7, 6],
  ])('%j is no JSON, and the place is named', (text, line, column, offset) => {
    expect(faultsOf(text)).toEqual([{ path: '$', code: 'invalid_json', line, column, offset }]);
  });

  it.each(['{"a": 01}', '{"a": "\t"}', '{"a": "\\x"}', '[1 2]', 'NaN', '{"a"'])(
    '%j is refused as JSON.parse refuses it',
    (text) => {
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
      expect(faultsOf(text)).toMatchObject([{ code: 'invalid_json' }]);
    },
  );

  it('may not say one thing twice', () => {
    expect(faultsOf('{"step": {\n "url": "a", "sub_steps": [{"id": "x", "id": "x"}],\n "url": "a"}}')).toEqual([
      { path: '$.step.sub_steps[0].id', code: 'duplicate_key', line: 2, column: 40, offset: 50 },
      { path: '$.step.url', code: 'duplicate_key', line: 3, column: 2, offset: 64 },
    ]);
    expect(faultsOf('{"a": 1, "\\u0061": 2}')).toMatchObject([{ path: '$.a', code: 'duplicate_key' }]);
    expect(faultsOf('[{"a": 1}, {"a": 2}]')).toEqual([]);
  });

  it('may hold nothing that would be lost', () => {
    expect(
      faultsOf('{"a": "x\\u0000", "b": ["\\ud800"], "c\\u0000": 1}').map(({ path, code }) => [path, code]),
    ).toEqual([
      ['$.a', 'nul_character'],
      ['$.b[0]', 'lone_surrogate'],
      ["$['c\\u0000']", 'nul_character'],
    ]);
    expect(faultsOf('{"a": 12345678901234567890, "b": 1e999, "c": 1.5}').map(({ path, code }) => [path, code])).toEqual(
      [
        ['$.a', 'number_out_of_range'],
        ['$.b', 'number_out_of_range'],
      ],
    );
    expect(faultsOf('{"step": {"__proto__": {"a": 1}}}')).toMatchObject([
      { path: '$.step.__proto__', code: 'unknown_field' },
    ]);
  });

  it.each([65, 1_000, 200_000])('may not be nested %i levels deep', (levels) => {
    expect(faultsOf(`\n ${'['.repeat(levels)}${']'.repeat(levels)}`)).toEqual([
      { path: '$', code: 'too_deep', line: 2, column: 66, offset: 66 },
    ]);
    expect(faultsOf('{"a":'.repeat(levels))).toMatchObject([{ code: 'too_deep' }]);
  });

  it('may be nested 64 levels deep, and hold any number of brackets in texts', () => {
    expect(parsePlanText(`${'['.repeat(64)}${']'.repeat(64)}`).ok).toBe(true);
    expect(parsePlanText(JSON.stringify({ a: '[{'.repeat(100), b: '"[\\"['.repeat(100) })).ok).toBe(true);
  });

  it('may not be larger than a mebibyte, counted in bytes', () => {
    expect(parsePlanText(JSON.stringify('a'.repeat(1_048_574))).ok).toBe(true);
    expect(faultsOf(JSON.stringify('a'.repeat(1_048_575)))).toMatchObject([{ code: 'document_too_large' }]);
    expect(faultsOf(JSON.stringify('ä'.repeat(600_000)))).toMatchObject([{ code: 'document_too_large' }]);
  });

  it('is never the cause of an exception, and agrees with JSON.parse', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.json(), fc.string(), fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\u01e-tn ')) })),
        (text) => {
          const result = parsePlanText(text);
          if (result.ok) expect(result.value).toEqual(JSON.parse(text));
          else expect(result.faults.length).toBeGreaterThan(0);
          if (!isJson(text)) expect(result.ok).toBe(false);
        },
      ),
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
