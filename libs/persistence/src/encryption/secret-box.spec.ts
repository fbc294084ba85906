import { SecretBox, SecretBoxError, type RowIdentity } from './secret-box';

const key = (id: string, fill: number): string => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
const row: RowIdentity = { tenantId: 't1', table: 'configs', id: 'c1' };

describe('SecretBox', () => {
  it('opens what it sealed, and never seals alike twice', () => {
    const box = new SecretBox(key('a', 1));
    const [first, second] = [box.seal('pässword ✓', row), box.seal('pässword ✓', row)];
    expect(box.open(first, row)).toBe('pässword ✓');
    expect(first.equals(second)).toBe(false);
    expect(first.includes(Buffer.from('pässword'))).toBe(false);
    expect(first.includes(Buffer.from('a'))).toBe(true);
  });

  it('opens with every listed key and seals with the first', () => {
    const old = new SecretBox(key('old', 1)).seal('x', row);
    const rotated = new SecretBox(`${key('new', 2)}, ${key('old', 1)}`);
    expect(rotated.open(old, row)).toBe('x');
    expect(rotated.isOutdated(old)).toBe(true);
    const fresh = rotated.seal('x', row);
    expect(rotated.isOutdated(fresh)).toBe(false);
    expect(new SecretBox(key('new', 2)).open(fresh, row)).toBe('x');
    expect(() => new SecretBox(key('new', 2)).open(old, row)).toThrow('key "old" is not in ENCRYPTION_KEYS');
  });

  it('refuses every changed byte', () => {
    const box = new SecretBox(key('a', 1));
    const sealed = box.seal('secret', row);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => box.open(changed, row)).toThrow(SecretBoxError);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => box.open(sealed.subarray(0, length), row)).toThrow(SecretBoxError);
    }
  });

  it.each([
    ['tenant', { ...row, tenantId: 't2' }],
    ['table', { ...row, table: 'auth_flows' }],
    ['id', { ...row, id: 'c2' }],
  ])('refuses a value moved to another %s', (_what, other) => {
    const box = new SecretBox(key('a', 1));
    expect(() => box.open(box.seal('secret', row), other)).toThrow('belongs to another row');
  });

  it.each([
    ['', 'id:base64'],
    ['no-colon', '0 bytes, not 32'],
    ['a:c2hvcnQ=', '5 bytes, not 32'],
    [`b d:${Buffer.alloc(32).toString('base64')}`, 'id:base64'],
    [`${key('a', 1)},${key('a', 2)}`, 'two keys have one id'],
  ])('refuses the keys "%s"', (keys, reason) => {
    expect(() => new SecretBox(keys)).toThrow(reason);
  });
});
