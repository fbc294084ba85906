import { startStubApi, type StubApi } from './stub-api';
import type { StubApiOptions } from './stub-api.types';
import { contactId } from './stub-data';

interface Body {
  readonly contacts: readonly { id: string }[];
  readonly users: readonly unknown[];
  readonly has_more: boolean;
  readonly next_offset: number;
  readonly next_cursor: string;
  readonly next_url: string;
  readonly next: string;
  readonly access_token: string;
  readonly refresh_token: string;
}

let api: StubApi;
const start = async (options: StubApiOptions = {}): Promise<StubApi> => (api = await startStubApi(options));
const json = async (path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: Body }> => {
  const response = await fetch(path.startsWith('http') ? path : api.url + path, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as Body };
};
const token = async (form: Record<string, string>, headers: Record<string, string> = {}) =>
  json('/oauth/token', { method: 'POST', body: new URLSearchParams(form), headers });

afterEach(() => api.close());

describe('the stub API', () => {
  it('pages contacts by offset, page, cursor and next address, each contact once', async () => {
    await start({ contacts: 45 });
    const walk = async (next: (body: Body, page: number) => string | null): Promise<string[]> => {
      const ids: string[] = [];
      let path: string | null = '/api/contacts?limit=20';
      for (let page = 1; path !== null; page += 1) {
        const { body }: { body: Body } = await json(path);
        ids.push(...body.contacts.map(({ id }) => id));
        path = body.has_more ? next(body, page) : null;
      }
      return ids;
    };
    const expected = Array.from({ length: 45 }, (_, at) => contactId(at + 1));
    expect(await walk((body) => `/api/contacts?limit=20&offset=${body.next_offset}`)).toEqual(expected);
    expect(await walk((_body, page) => `/api/contacts?limit=20&page=${page + 1}`)).toEqual(expected);
    expect(await walk((body) => `/api/contacts?limit=20&cursor=${body.next_cursor}`)).toEqual(expected);
    expect(await walk((body) => body.next_url)).toEqual(expected);
    expect(api.ledger.slice(0, 3).map(({ page }) => page)).toEqual([1, 2, 3]);
    expect(api.stats()).toMatchObject({ requests: 12, byRoute: { 'GET /api/contacts': 12 }, byStatus: { 200: 12 } });
  });

  it('serves users until an empty page, links, cursors and next addresses', async () => {
    await start({ users: 5, contacts: 25, missingSettings: [2] });
    expect((await json('/api/users?page=1&per_page=3')).body.users).toHaveLength(3);
    expect((await json('/api/users?page=2&per_page=3')).body.users).toHaveLength(2);
    expect((await json('/api/users?page=3&per_page=3')).body.users).toEqual([]);
    expect((await json('/api/users?since=2024-01-01T00:03:00Z')).body.users).toMatchObject([
      { number: 4 },
      { number: 5 },
    ]);
    expect((await json('/api/linked')).headers.get('link')).toContain('</api/linked?page=2&per_page=20>; rel="next"');
    expect((await json('/api/linked?page=2')).headers.get('link')).not.toContain('rel="next"');
    expect((await json('/api/cursor')).body.next_cursor).toEqual(expect.any(String));
    expect((await json((await json('/api/next-url')).body.next)).body).toMatchObject({ next: null });
    expect((await json('/api/users/u-000001/settings')).body).toMatchObject({ user_id: 'u-000001' });
    expect((await json('/api/users/u-000002/settings')).status).toBe(404);
    expect((await json('/api/contacts/c-000025/details')).body).toMatchObject({ number: 25 });
    expect((await json('/api/contacts/c-000026/details')).status).toBe(404);
    expect(api.ledger.at(-1)).toMatchObject({ item: 'c-000026', page: null, status: 404 });
  });

  it('issues, demands, expires and refreshes tokens', async () => {
    await start({ requireToken: true, clientId: 'me', clientSecret: 'sec', refreshTokens: 'rotate' });
    expect((await json('/api/contacts')).status).toBe(401);
    const client = { client_id: 'me', client_secret: 'sec' };
    expect((await token({ ...client, client_secret: 'no', grant_type: 'client_credentials' })).status).toBe(401);
    const first = (await token({ ...client, grant_type: 'client_credentials' })).body;
    const basic = { authorization: `Basic ${Buffer.from('me:sec').toString('base64')}` };
    expect((await token({ grant_type: 'client_credentials' }, basic)).status).toBe(200);
    const headers = { authorization: `Bearer ${first.access_token}` };
    expect((await json('/api/contacts', { headers })).status).toBe(200);
    expect(api.ledger.at(-1)).toMatchObject({ token: first.access_token });
    const refresh = { ...client, grant_type: 'refresh_token', refresh_token: first.refresh_token };
    expect((await token(refresh)).status).toBe(200);
    expect((await token(refresh)).body).toEqual({ error: 'invalid_grant' });
    api.revokeTokens();
    expect((await json('/api/contacts', { headers })).status).toBe(401);
    expect(api.stats().tokenCalls).toBe(5);
  });

  it('tells its limit and answers 429 beyond it', async () => {
    await start({ rateLimit: { limit: 2, windowSeconds: 60 } });
    expect((await json('/api/contacts')).headers.get('x-ratelimit-remaining')).toBe('1');
    await json('/api/contacts');
    const third = await json('/api/contacts');
    expect(third.status).toBe(429);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('plays faults: so many times, after so many, from another process', async () => {
    await start({ faults: [{ path: '/api/contacts', kind: 'status', status: 503, times: 2, after: 1 }] });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await json('/api/contacts')).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect(api.ledger.map(({ status }) => status)).toEqual(statuses);
    await json('/_faults', { method: 'POST', body: JSON.stringify([{ path: '/api/*', kind: 'half_body' }]) });
    await expect(json('/api/users')).rejects.toThrow();
    api.setFaults([{ path: '/api/users', kind: 'invalid_json' }]);
    await expect(json('/api/users')).rejects.toThrow(SyntaxError);
    api.setFaults([{ path: '/api/users', kind: 'reset' }]);
    await expect(json('/api/users')).rejects.toThrow();
    api.setFaults([{ path: '/api/users', kind: 'hang' }]);
    await expect(json('/api/users', { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    expect((await json('/_ledger?since=5')).body).toMatchObject([{ seq: 6 }, { seq: 7 }, { seq: 8, status: 0 }]);
    expect((await json('/_stats')).body).toMatchObject({ requests: 8 });
    await json('/_clear', { method: 'POST' });
    expect(api.ledger).toEqual([]);
  });

  it('has shapes of its own under /v1, and keeps the bodies it was sent', async () => {
    await start({ contacts: 3 });
    const search = await json('/v1/search', { method: 'POST', body: '{"page_size":2,"cursor":"2"}' });
    expect(search.body).toEqual({ results: [{ id: 'i-000003', number: 3, value: 'Item 3' }], cursor: null });
    expect(api.ledger.at(-1)).toMatchObject({ method: 'POST', body: '{"page_size":2,"cursor":"2"}' });
    expect((await json('/v1/projects/p-1/tasks')).body).toMatchObject({
      tasks: [{ id: 'p-1-a' }, { id: 'p-1-b' }],
    });
    expect((await json('/v1/search')).status).toBe(404);
    expect(api.stats().byRoute).toMatchObject({ 'GET /v1/projects/:id/tasks': 1 });
    expect(await (await fetch(`${api.url}/v1/export.csv`)).text()).toContain('c-000003;"Contact 3";');
  });
});
