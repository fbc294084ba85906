import { parseJson, type JsonObject } from '@orchid/kernel';
import { joinSecrets, SECRET_MASK, splitSecrets } from './split-secrets';

const schema: JsonObject = {
  type: 'object',
  properties: {
    url: { type: 'string' },
    token: { type: 'string', 'x-secret': true },
    login: { type: 'object', properties: { user: {}, password: { format: 'password' }, pin: { writeOnly: true } } },
    accounts: { type: 'array', items: { $ref: '#/$defs/account' } },
    oauth: { oneOf: [{ properties: { id: {} } }, { properties: { client_secret: { 'x-secret': true } } }] },
    certificate: { type: 'object', 'x-secret': true },
    'a/b~c': { 'x-secret': true },
    extra: { type: 'object', additionalProperties: { 'x-secret': true } },
  },
  $defs: { account: { properties: { key: { 'x-secret': true }, parent: { $ref: '#/$defs/account' } } } },
};

const values: JsonObject = {
  url: 'https://x',
  token: 't0ken',
  login: { user: 'u', password: 'p', pin: 1234 },
  accounts: [{ key: 'k1', parent: { key: 'k2', parent: { key: 'k3' } } }, { name: 'none' }],
  oauth: { id: 'i', client_secret: 's' },
  certificate: { pem: 'x', chain: ['y'] },
  'a/b~c': 'odd',
  extra: { one: '1' },
};

describe('splitSecrets', () => {
  it('finds secrets at every depth and puts them back', () => {
    const { shown, secrets } = splitSecrets(schema, values);
    expect(shown).toEqual({
      url: 'https://x',
      token: SECRET_MASK,
      login: { user: 'u', password: SECRET_MASK, pin: SECRET_MASK },
      accounts: [{ key: SECRET_MASK, parent: { key: SECRET_MASK, parent: { key: SECRET_MASK } } }, { name: 'none' }],
      oauth: { id: 'i', client_secret: SECRET_MASK },
      certificate: SECRET_MASK,
      'a/b~c': SECRET_MASK,
      extra: { one: SECRET_MASK },
    });
    expect(Object.keys(secrets)).toHaveLength(10);
    expect(Object.keys(shown)).toEqual(Object.keys(values));
    expect(joinSecrets(shown, secrets)).toEqual(values);
  });

  it('keeps the stored secret where the mask is sent, and takes a new one', () => {
    const { shown, secrets } = splitSecrets(schema, values);
    const changed = splitSecrets(schema, { ...shown, token: 'new' }, secrets);
    expect(joinSecrets(changed.shown, changed.secrets)).toEqual({ ...values, token: 'new' });
  });

  it('leaves out a mask that stands for nothing, and a secret that is gone', () => {
    expect(splitSecrets(schema, { token: SECRET_MASK, url: 'x' })).toEqual({ shown: { url: 'x' }, secrets: {} });
    const { secrets } = splitSecrets(schema, values);
    expect(splitSecrets(schema, { url: 'x' }, secrets)).toEqual({ shown: { url: 'x' }, secrets: {} });
    expect(splitSecrets(schema, { token: null })).toEqual({ shown: { token: null }, secrets: {} });
  });

  it('treats a plain value that looks like the mask as a value', () => {
    const { shown, secrets } = splitSecrets(schema, { url: SECRET_MASK });
    expect(joinSecrets(shown, secrets)).toEqual({ url: SECRET_MASK });
  });

  it('carries odd keys as data', () => {
    const odd = parseJson('{"__proto__": {"token": "x"}, "constructor": 1}') as JsonObject;
    const { shown } = splitSecrets(schema, odd);
    expect(JSON.stringify(shown)).toBe('{"__proto__":{"token":"x"},"constructor":1}');
  });
});
