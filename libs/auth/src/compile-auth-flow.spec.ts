import { createHmac, generateKeyPairSync, verify } from 'node:crypto';
import type { JsonObject, JsonValue } from '@orchid/kernel';
import type { AuthFlowDocument } from './auth-flow-document';
import { compileAuthFlow } from './compile-auth-flow';
import { credentials, custom, form, provide, refreshing, START, token } from './scripted-flows';
import { validateAuthFlow } from './validate-auth-flow';

describe('flows that need no request', () => {
  const config = { user: 'ann', pass: 'p:ä', key: 'k-1' };
  const rows: [string, AuthFlowDocument, object][] = [
    [
      'basic',
      { name: 'b', type: 'basic', username: '{config.user}', password: '{config.pass}' },
      { headers: { Authorization: `Basic ${Buffer.from('ann:p:ä').toString('base64')}` } },
    ],
    [
      'bearer',
      { name: 'b', type: 'bearer', token: '{config.key}' },
      { headers: { Authorization: 'Bearer k-1' }, token: 'k-1' },
    ],
    [
      'api_key in a header',
      { name: 'X-API-Key', type: 'api_key', value: '{config.key}' },
      { headers: { 'X-API-Key': 'k-1' } },
    ],
    [
      'api_key with a format',
      {
        name: 'k',
        type: 'api_key',
        header_name: 'Authorization',
        header_format: 'Token token={token}',
        value: '{config.key}',
      },
      { headers: { Authorization: 'Token token=k-1' } },
    ],
    [
      'api_key in the query',
      { name: 'flow', type: 'api_key', in: 'query', key_name: 'api_key', value: '{config.key}' },
      { headers: {}, params: { api_key: 'k-1' } },
    ],
    [
      'api_key in a cookie',
      { name: 'sid', type: 'api_key', in: 'cookie', value: '{config.key}' },
      { headers: { Cookie: 'sid=k-1' } },
    ],
  ];
  it.each(rows)('%s', async (_name, document, expected) => {
    const { provider, http } = provide(document, [], { config });
    expect(await provider.get(document.name)).toMatchObject({ expiresAt: null, ...expected });
    expect(http.requests).toHaveLength(0);
  });

  it('says that the config has no value', async () => {
    const { provider } = provide({ name: 'b', type: 'bearer', token: '{config.absent}' }, []);
    await expect(provider.get('b')).rejects.toMatchObject({ code: 'auth_bad_flow', type: 'auth' });
  });

  it.each(['RS256', 'ES256', 'HS256'] as const)(
    'jwt_bearer signs with %s, and again when the token ends',
    async (alg) => {
      const pem = { type: 'pkcs8', format: 'pem' } as const;
      const pair =
        alg === 'ES256'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('rsa', { modulusLength: 2048 });
      const key = alg === 'HS256' ? 'shared secret' : String(pair.privateKey.export(pem)).replaceAll('\n', '\\n');
      const document: AuthFlowDocument = {
        name: 'jwt',
        type: 'jwt_bearer',
        alg,
        key: '{config.key}',
        claims: { iss: '{config.id}', n: 7 },
        headers: { kid: 'k1' },
      };
      const { provider, clock } = provide(document, [], { config: { key, id: 'app' } });
      const first = await provider.get('jwt');
      const [head = '', body = '', signature = ''] = first.token.split('.');
      const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as JsonObject;
      expect(decode(head)).toEqual({ kid: 'k1', alg, typ: 'JWT' });
      expect(decode(body)).toEqual({ iat: START / 1000, exp: START / 1000 + 600, iss: 'app', n: 7 });
      const input = Buffer.from(`${head}.${body}`);
      const valid =
        alg === 'HS256'
          ? createHmac('sha256', key).update(input).digest('base64url') === signature
          : verify(
              'sha256',
              input,
              { key: pair.publicKey, dsaEncoding: 'ieee-p1363' },
              Buffer.from(signature, 'base64url'),
            );
      expect(valid).toBe(true);
      expect((await provider.get('jwt')).token).toBe(first.token);
      clock.time += 560_000;
      expect((await provider.get('jwt')).expiresAt).toBe(START + 1_160_000);
    },
  );
});

describe('flows that ask for a token', () => {
  it('client credentials in the body', async () => {
    const { provider, http } = provide({ ...credentials, scopes: ['a', 'b'] }, [token('t1')]);
    expect(await provider.get('oauth')).toEqual({
      token: 't1',
      headers: { Authorization: 'Bearer t1' },
      expiresAt: START + 3_600_000,
      fields: {},
    });
    expect(http.requests[0]).toMatchObject({ method: 'POST', url: 'https://api.example/oauth/token' });
    expect(form(http.requests[0])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'me',
      client_secret: 's3cret',
      scope: 'a b',
    });
  });

  it('client credentials in the header, with parts of the request overridden', async () => {
    const document: AuthFlowDocument = {
      ...credentials,
      client_auth: 'basic',
      request: { body: { audience: 'x' }, headers: { 'X-Y': 'z' } },
    };
    const { provider, http } = provide(document, [token('t1')], {
      config: { base_url: 'https://a.example', id: 'a:b', secret: 'ü' },
    });
    await provider.get('oauth');
    expect(http.requests[0]?.headers).toMatchObject({
      Authorization: `Basic ${Buffer.from('a%3Ab:%C3%BC').toString('base64')}`,
      'X-Y': 'z',
    });
    expect(http.requests[0]?.credentialHeaders).toContain('authorization');
    expect(form(http.requests[0])).toEqual({ grant_type: 'client_credentials', audience: 'x' });
  });

  it('jwt_bearer exchanges its assertion', async () => {
    const document: AuthFlowDocument = {
      name: 'jwt',
      type: 'jwt_bearer',
      token_url: 'https://a.example/t',
      alg: 'HS256',
      key: 'k',
      claims: {},
    };
    const { provider, http } = provide(document, [token('t1')]);
    expect((await provider.get('jwt')).token).toBe('t1');
    expect(form(http.requests[0])).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: expect.stringMatching(/^ey.+\..+\./),
    });
  });

  it('a custom request, with an ISO end and fields', async () => {
    const ends = new Date(START + 600_000).toISOString();
    const { provider, http } = provide(custom, [
      { body: { session: { key: 'k', ends }, instance: 'https://eu.example' } },
    ]);
    expect(await provider.get('login')).toEqual({
      token: 'k',
      headers: {},
      expiresAt: START + 600_000,
      fields: { instance_url: 'https://eu.example' },
    });
    expect(http.requests[0]).toMatchObject({
      body: '{"user":"me","secret":"s3cret"}',
      headers: { 'X-App': 'orchid', 'content-type': 'application/json' },
    });
  });

  it('a login of several requests', async () => {
    const { request: _request, ...rest } = custom;
    const steps = [
      { id: 'nonce', url: '{config.base_url}/nonce', vars: { upper: 'response.body.n' } },
      { url: '{config.base_url}/login', body: { n: '{vars.nonce.n}', u: '{vars.upper}' } },
    ];
    const { provider, http } = provide({ ...rest, steps, header_name: 'X-Session' }, [
      { body: { n: 5 } },
      { body: { session: { key: 'k' } } },
    ]);
    expect(await provider.get('login')).toMatchObject({ token: 'k', headers: { 'X-Session': 'k' }, expiresAt: null });
    expect(http.requests.map(({ method, body }) => [method, body])).toEqual([
      ['GET', undefined],
      ['POST', '{"n":5,"u":5}'],
    ]);
  });

  it.each<[string, JsonValue, number]>([
    ['seconds', 100, START + 100_000],
    ['seconds as text', '100', START + 100_000],
    ['an epoch', START / 1000 + 50, START + 50_000],
    ['an epoch in milliseconds', START + 50_000, START + 50_000],
    ['nothing: ttl_seconds', null, START + 7_000],
    ['nonsense: ttl_seconds', 'soon', START + 7_000],
  ])('reads %s as the end', async (_name, ends, expected) => {
    const { provider } = provide({ ...custom, ttl_seconds: 7 }, [{ body: { session: { key: 'k', ends } } }]);
    expect((await provider.get('login')).expiresAt).toBe(expected);
  });

  it.each<[string, JsonValue | undefined, number, number]>([
    ['60 s for a long life', undefined, 3600, 3_540_000],
    ['a tenth of a short one', undefined, 100, 90_000],
    ['skew_seconds', 5, 100, 95_000],
    ['never more than half', 500, 100, 50_000],
  ])('replaces a token before its end by %s', async (_name, skew, life, usable) => {
    const document = { ...credentials, ...(typeof skew === 'number' && { skew_seconds: skew }) };
    const { provider, clock } = provide(document, [token('t1', { expires_in: life }), token('t2')]);
    await provider.get('oauth');
    clock.time = START + usable - 1;
    expect((await provider.get('oauth')).token).toBe('t1');
    clock.time = START + usable;
    expect((await provider.get('oauth')).token).toBe('t2');
  });
});

describe('auth flow documents', () => {
  const bad: [string, JsonValue, { path: string; code: string }][] = [
    ['no object', 5, { path: '$', code: 'invalid_type' }],
    ['an unknown type', { name: 'a', type: 'oauth3' }, { path: '$.type', code: 'invalid_value' }],
    ['an unknown field', { ...credentials, tokenurl: 'x' } as never, { path: '$.tokenurl', code: 'unknown_field' }],
    [
      'a field of another type',
      { ...credentials, username: 'x' } as never,
      { path: '$.username', code: 'unknown_field' },
    ],
    ['a missing field', { name: 'a', type: 'basic', username: 'x' }, { path: '$.password', code: 'required' }],
    [
      'a custom flow without request',
      { name: 'a', type: 'custom', token_path: 'response.body' },
      { path: '$.request', code: 'conflicting_fields' },
    ],
    [
      'a custom request without url',
      { name: 'a', type: 'custom', token_path: 'response.body', request: {} },
      { path: '$.request.url', code: 'required' },
    ],
    [
      'a broken expression',
      { ...custom, token_path: 'response.[' } as never,
      { path: '$.token_path', code: 'expression_syntax' },
    ],
    [
      'a root that flows do not have',
      { ...custom, token_path: 'context.token' } as never,
      { path: '$.token_path', code: 'unknown_root' },
    ],
    [
      'a broken template',
      { ...credentials, client_id: '{{ config.id' } as never,
      { path: '$.request.body.client_id', code: 'expression_syntax' },
    ],
  ];
  it.each(bad)('%s is a fault with its path', (_name, document, fault) => {
    const faults = validateAuthFlow(document);
    expect(faults).toContainEqual(expect.objectContaining(fault));
    for (const { message } of faults) expect(message).not.toBe('');
    expect(() => compileAuthFlow(document)).toThrow(/fault/);
  });

  it('reports every fault, and none of a good document', () => {
    expect(validateAuthFlow({ ...custom, token_path: 'a.b', fail_when: '((' } as never)).toHaveLength(2);
    for (const good of [credentials, refreshing, custom]) expect(validateAuthFlow(good as never)).toEqual([]);
  });
});
