import { parseJson, type JsonObject } from '@orchid/kernel';
import { ContextTooLarge } from '../database/database.errors';
import { MAX_CONTEXT_BYTES, MAX_CONTEXT_FIELD_BYTES, mergeContext } from './merge-context';

describe('mergeContext', () => {
  it('sets, replaces and removes fields', () => {
    expect(mergeContext({ a: 1, b: { c: 1 }, d: 1 }, { b: { e: 2 }, d: null, f: 'x', g: null })).toEqual({
      a: 1,
      b: { e: 2 },
      f: 'x',
    });
  });

  it('takes a field of exactly 64 KiB and refuses one byte more', () => {
    const fits = 'é'.repeat((MAX_CONTEXT_FIELD_BYTES - 2) / 2);
    expect(mergeContext({}, { fits })).toEqual({ fits });
    expect(() => mergeContext({}, { over: `${fits}x` })).toThrow(ContextTooLarge);
  });

  it('refuses more than 1 MiB in all', () => {
    const field = 'x'.repeat(MAX_CONTEXT_FIELD_BYTES - 2);
    const many = (count: number): JsonObject => Object.fromEntries(Array.from({ length: count }, (_, i) => [i, field]));
    expect(Object.keys(mergeContext(many(14), { last: 1 }))).toHaveLength(15);
    expect(() => mergeContext(many(15), { last: field })).toThrow(`more than ${MAX_CONTEXT_BYTES}`);
  });

  it('keeps odd names and long numbers as data', () => {
    const patch = parseJson('{"__proto__": 1, "long": 12345678901234567890}') as JsonObject;
    const merged = mergeContext({}, patch);
    expect(Object.keys(merged)).toEqual(['__proto__', 'long']);
    expect(merged.long).toBe(12345678901234567890n);
  });
});
