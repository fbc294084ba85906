import { startStubApi, type StubApi } from '@orchid/testing';
import { cook } from './cook';
import { asked, itemNumbers } from './taste';

const CLIENT = { client_id: 'orchid', client_secret: 'hush-hush-hush' };
const USER = { username: 'robot', password: 'open sesame' };

let open: StubApi;
let closed: StubApi;

beforeAll(async () => {
  open = await startStubApi({ contacts: 25 });
  closed = await startStubApi({
    contacts: 25,
    requireToken: true,
    clientId: CLIENT.client_id,
    clientSecret: CLIENT.client_secret,
  });
});
beforeEach(() => {
  open.clear();
  closed.clear();
  closed.setFaults([]);
});
afterAll(() => Promise.all([open.close(), closed.close()]));

describe('recipes: signing in', () => {
  it('login-bearer', async () => {
    const dish = await cook(closed, 'login-bearer', { config: CLIENT, secrets: ['client_secret'] });
    expect(asked(closed)).toEqual([
      'POST /oauth/token',
      ...[0, 10, 20].map((offset) => `GET /api/contacts?limit=10&offset=${offset}`),
    ]);
    const tokens = new Set(closed.ledger.slice(1).map(({ token }) => token));
    expect([...tokens]).toEqual([expect.stringMatching(/^tok-/)]);
    expect(itemNumbers(dish, 'contacts')).toHaveLength(25);
    expect(dish.stops).toEqual({ root: 'while_false' });
    expect(JSON.stringify(dish.responses)).not.toMatch(/hush|tok-/);
  });

  it('login-bearer obtains another token after a 401, once', async () => {
    closed.setFaults([{ path: '/api/contacts', kind: 'status', status: 401, after: 1, times: 1 }]);
    const dish = await cook(closed, 'login-bearer', { config: CLIENT });
    expect(dish.kind).toBe('success');
    expect(closed.stats()).toMatchObject({ tokenCalls: 2, byRoute: { 'GET /api/contacts': 4 } });
    closed.setFaults([{ path: '/api/contacts', kind: 'status', status: 401 }]);
    const refused = await cook(closed, 'login-bearer', { config: CLIENT });
    expect(refused.outcome).toMatchObject({ kind: 'failed', error: { code: 'auth_rejected', type: 'auth' } });
    expect(closed.stats()).toMatchObject({ tokenCalls: 4, byRoute: { 'GET /api/contacts': 6 } });
  });

  it('login-session', async () => {
    const dish = await cook(open, 'login-session', { config: USER });
    expect(asked(open)).toEqual(['POST /v1/login', 'GET /v1/orders?page=1', 'GET /v1/orders?page=2']);
    expect(itemNumbers(dish, 'orders')).toEqual([1, 2, 3, 4]);
    expect(dish.stops).toEqual({ root: 'while_false' });
    expect(dish.responses[0]?.request_headers).toMatchObject({ 'X-Session': '[REDACTED]' });
  });

  it('login-session says who refused it', async () => {
    const dish = await cook(open, 'login-session', { config: { ...USER, password: 'guess' } });
    expect(asked(open)).toEqual(['POST /v1/login']);
    expect(dish.outcome).toMatchObject({ kind: 'failed', error: { code: 'auth_error', type: 'auth' } });
    expect(dish.responses).toEqual([]);
  });

  it('session-in-vars', async () => {
    const dish = await cook(open, 'session-in-vars', { config: USER });
    expect(asked(open)).toEqual(['POST /v1/login', 'GET /v1/orders?page=1', 'GET /v1/orders?page=2']);
    expect(itemNumbers(dish, 'orders')).toEqual([1, 2, 3, 4]);
    expect(dish.stops).toEqual({ root: 'single', 'root.orders': 'while_false' });
    expect(dish.responses.map(({ step_path, page }) => [step_path, page])).toEqual([
      ['root.orders', 1],
      ['root.orders', 2],
    ]);
  });

  it('auth-by-config', async () => {
    const withKey = await cook(open, 'auth-by-config', {
      config: { api_key: 'key-12345', client_id: null, client_secret: null },
    });
    expect(asked(open)).toEqual(['GET /api/contacts?limit=10']);
    expect(withKey.responses[0]?.request_headers).toMatchObject({ 'X-Api-Key': '[REDACTED]' });
    const withClient = await cook(closed, 'auth-by-config', { config: { ...CLIENT, api_key: null } });
    expect(asked(closed)).toEqual(['POST /oauth/token', 'GET /api/contacts?limit=10']);
    expect([withKey, withClient].map(({ stops }) => stops)).toEqual([{ root: 'single' }, { root: 'single' }]);
  });

  it('tenant-host', async () => {
    const dish = await cook(open, 'tenant-host');
    expect(asked(open)).toEqual(['GET /api/linked?per_page=50']);
    expect(dish.responses[0]?.request_url).toBe(`http://globex.example.com:${open.port}/api/linked?per_page=50`);
    expect(dish.stops).toEqual({ root: 'next_url_null' });
    const astray = await cook(open, 'tenant-host', { config: { subdomain: 'evil.test/' } });
    expect(astray.outcome).toMatchObject({ kind: 'failed', error: { type: 'permanent' } });
    expect(open.ledger).toHaveLength(1);
  });
});
