import { createHash } from 'node:crypto';
import { OrchidError } from '@orchid/kernel';
import { AuthError } from './auth.errors';
import type { AuthFlowDocument } from './auth-flow-document';
import { MemoryTokenCache } from './memory-token-cache';
import { MemoryTokenVault } from './memory-token-vault';
import {
  type Answer,
  credentials,
  custom,
  form,
  JumpingClock,
  provide,
  refreshing,
  START,
  token,
  transient,
} from './scripted-flows';

describe('when no token comes', () => {
  const rows: [string, AuthFlowDocument, Answer[], object, number][] = [
    ['an answer without one', credentials, [{ body: { hello: 1 } }], { code: 'auth_bad_response' }, 1],
    ['a token with a line break', credentials, [token('a\r\nX: y')], { code: 'auth_bad_response' }, 1],
    [
      'a body that cannot be read',
      credentials,
      [{ fault: { code: 'invalid_body', message: 'x' } }],
      { code: 'auth_bad_response' },
      1,
    ],
    [
      'a refusal',
      credentials,
      [{ status: 400, body: { error: 'invalid_client', error_description: 's3cret is wrong' } }],
      { code: 'auth_error', retry: 'never', details: { oauth_error: 'invalid_client' } },
      1,
    ],
    [
      'fail_when',
      { ...custom, fail_when: 'response.body.ok == false' },
      [{ body: { ok: false, session: { key: 'k' } } }],
      { code: 'auth_error' },
      1,
    ],
    ['trouble that does not pass', credentials, [{ status: 503 }], { code: 'auth_unavailable', retry: 'backoff' }, 4],
    ['no connection', { ...credentials, retry: { max_retries: 1 } }, [transient], { code: 'auth_unavailable' }, 2],
    [
      'a long wait told by the server',
      credentials,
      [{ status: 429, headers: { 'retry-after': '600' } }],
      { code: 'auth_unavailable', retry: { at: START + 600_000 } },
      1,
    ],
    [
      'a blocked address',
      credentials,
      [new OrchidError('no', { code: 'outbound_blocked' })],
      { code: 'auth_bad_flow' },
      1,
    ],
    [
      'consent that nobody gave',
      { ...credentials, type: 'oauth2_authorization_code', authorize_url: 'https://a.example' },
      [],
      { code: 'auth_flow_unsupported' },
      0,
    ],
  ];
  it.each(rows)('%s', async (_name, document, answers, expected, calls) => {
    const { provider, http } = provide(document, answers);
    const error: unknown = await provider.get(document.name).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({ type: 'auth', flow: document.name, ...expected });
    expect(JSON.stringify([String(error), (error as AuthError).details])).not.toContain('s3cret');
    expect(http.requests).toHaveLength(calls);
  });

  it('repeats what is transient, as long as the server said', async () => {
    const { provider, http, clock } = provide(credentials, [
      { status: 429, headers: { 'retry-after': '7' } },
      transient,
      token('t1'),
    ]);
    expect((await provider.get('oauth')).token).toBe('t1');
    expect(http.requests).toHaveLength(3);
    expect(clock.slept[0]).toBe(7_000);
  });

  it('asks a refusing endpoint once for everybody, and again after a while or with another config', async () => {
    const clock = new JumpingClock();
    const cache = new MemoryTokenCache(clock);
    const { provider, http } = provide(credentials, [{ status: 401 }, token('t1')], { cache, clock });
    await expect(provider.get('oauth')).rejects.toMatchObject({ code: 'auth_error' });
    await expect(provider.get('oauth')).rejects.toMatchObject({ code: 'auth_error', details: { status: 401 } });
    expect(http.requests).toHaveLength(1);
    const corrected = provide(credentials, [token('t2')], {
      cache,
      clock,
      config: { id: 'new', secret: 'x', base_url: 'https://b.example' },
    });
    expect((await corrected.provider.get('oauth')).token).toBe('t2');
    clock.time += 10_001;
    expect((await provider.get('oauth')).token).toBe('t1');
  });

  it('names the flows there are when one is missing', async () => {
    await expect(provide(credentials, []).provider.get('other')).rejects.toThrow(
      'auth flow "other": the integration has no such flow; it has: oauth',
    );
  });
});

describe('one token for many', () => {
  it('asks once for 50 at a time in one provider, and once for two providers of one cache', async () => {
    const clock = new JumpingClock();
    const cache = new MemoryTokenCache(clock);
    const one = provide(credentials, [token('t1')], { cache, clock });
    const two = provide(credentials, [token('t2')], { cache, clock });
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : two).provider.get('oauth')),
    );
    expect(new Set(all.map((each) => each.token)).size).toBe(1);
    expect(one.http.requests.length + two.http.requests.length).toBe(1);
  });

  it('goes on for the others when one of them stops waiting', async () => {
    const { provider } = provide(credentials, [token('t1')]);
    const stop = new AbortController();
    const given = provider.get('oauth', stop.signal);
    const other = provider.get('oauth');
    stop.abort(new Error('parked'));
    await expect(given).rejects.toThrow('parked');
    expect((await other).token).toBe('t1');
  });

  it('drops a rejected token, but not its successor', async () => {
    const clock = new JumpingClock();
    const cache = new MemoryTokenCache(clock);
    const one = provide(credentials, [token('t1'), token('t2'), token('t3')], { cache, clock });
    const two = provide(credentials, [token('never')], { cache, clock });
    const first = await one.provider.get('oauth');
    await two.provider.get('oauth');
    await one.provider.reject('oauth', first);
    expect((await one.provider.get('oauth')).token).toBe('t2');
    await two.provider.reject('oauth', first);
    expect((await two.provider.get('oauth')).token).toBe('t2');
  });

  it('waits for the lock of a worker that died, and no longer', async () => {
    const clock = new JumpingClock();
    const cache = new MemoryTokenCache(clock);
    await cache.lock('tenant:config:oauth', 10_000);
    const { provider } = provide(credentials, [token('t1')], { cache, clock });
    expect((await provider.get('oauth')).token).toBe('t1');
    expect(clock.now() - START).toBeGreaterThanOrEqual(10_000);
    expect(clock.now() - START).toBeLessThan(10_500);
  });
});

describe('refresh tokens', () => {
  const config = { id: 'me', secret: 's', refresh: 'r0', base_url: 'https://api.example' };

  it('starts with the config’s, follows the rotation, and keeps the old one when none comes', async () => {
    const vault = new MemoryTokenVault();
    const { provider, http, clock } = provide(
      refreshing,
      [token('t1', { refresh_token: 'r1' }), token('t2'), token('t3')],
      { config, vault },
    );
    for (let i = 0; i < 3; i += 1) {
      await provider.get('oauth');
      clock.time += 3_600_000;
    }
    expect(http.requests.map((request) => form(request).refresh_token)).toEqual(['r0', 'r1', 'r1']);
    expect(vault.used.get('tenant:config:oauth')).toBe(1);
  });

  it('starts anew when the config gets another one', async () => {
    const vault = new MemoryTokenVault();
    const clock = new JumpingClock();
    await provide(refreshing, [token('t1', { refresh_token: 'r1' })], { config, vault, clock }).provider.get('oauth');
    const later = provide(refreshing, [token('t2')], { config: { ...config, refresh: 'n0' }, vault, clock });
    await later.provider.get('oauth');
    expect(form(later.http.requests[0]).refresh_token).toBe('n0');
  });

  it('reads the vault again on invalid_grant before it gives up', async () => {
    const vault = new MemoryTokenVault();
    const refused = { status: 400, body: { error: 'invalid_grant' } };
    const first = provide(refreshing, [refused, token('t2')], { config, vault });
    const markUsed = vault.markUsed.bind(vault);
    vault.markUsed = async (key, generation) => {
      await markUsed(key, generation);
      const seed = createHash('sha256').update('r0').digest('base64url');
      await vault.replace(key, 0, { token: 'r1', seed });
    };
    expect((await first.provider.get('oauth')).token).toBe('t2');
    expect(first.http.requests.map((request) => form(request).refresh_token)).toEqual(['r0', 'r1']);
    const second = provide(refreshing, [refused], { config, vault });
    await expect(second.provider.get('oauth')).rejects.toMatchObject({ code: 'auth_error', retry: 'never' });
    expect(second.http.requests).toHaveLength(1);
  });
});
