import { BadFormBody, encodeBody } from './encode-body';

describe('encodeBody', () => {
  it.each([
    ['JSON', { a: [1, 9007199254740993n] }, 'json', '{"a":[1,9007199254740993]}'],
    ['text as JSON, untouched', '{"query": "{ me }"}', 'json', '{"query": "{ me }"}'],
    [
      'nested objects and arrays of a form',
      { a: { b: 1, c: { d: 'x y' } }, e: [1, 2], f: null },
      'form',
      'a%5Bb%5D=1&a%5Bc%5D%5Bd%5D=x+y&e=1&e=2',
    ],
    ['text', 'plain', 'text', 'plain'],
  ] as const)('encodes %s', (_what, value, format, text) => {
    expect(encodeBody(value as never, format).text).toBe(text);
  });

  it('refuses a form without names', () => {
    expect(() => encodeBody([1], 'form')).toThrow(BadFormBody);
  });
});
