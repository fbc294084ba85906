import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startApiUnderTest, type ApiUnderTest } from '../../e2e/api-under-test';
import { startProxy, type Proxy } from '../../e2e/tcp-proxy';

describe('while PostgreSQL is away', () => {
  let proxy: Proxy;
  let api: ApiUnderTest;
  beforeEach(async () => {
    api = await startApiUnderTest({}, async (url) => {
      proxy = await startProxy(new URL(url));
      return proxy.url;
    });
  });
  afterEach(async () => {
    await proxy.open();
    await api.close();
    await proxy.close();
  });

  async function expectUnavailable(): Promise<void> {
    const began = performance.now();
    const answer = await api.tenant().post('/integrations', { name: 'a' });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect([answer.status, answer.headers['retry-after'], answer.body.code]).toEqual([
      503,
      '2',
      'database_unavailable',
    ]);
    expect(answer.text).not.toContain('127.0.0.1');
  }

  test('answers 503 within two seconds, and goes on when it is back', async () => {
    await proxy.shut();
    await expectUnavailable();
    expect((await api.bare().get('/healthz')).status).toBe(503);
    expect((await api.bare().get('/live')).status).toBe(200);
    await proxy.open();
    expect((await api.tenant().post('/integrations', { name: 'a' })).status).toBe(201);
  });

  test('does so too when it only stops answering', async () => {
    expect((await api.tenant().get('/plans')).status).toBe(200);
    proxy.stall();
    await expectUnavailable();
  });

  test('a statement that is only slow is waited for', async () => {
    const client = api.tenant();
    const unit = api.database.tenant(client.id);
    const ping = api.database.ping.bind(api.database);
    // It takes until somebody doubts that the database still answers, and has looked.
    const doubted = new Promise<void>((resolve) => {
      jest.spyOn(api.database, 'ping').mockImplementation(() => ping().finally(resolve));
    });
    const slow: typeof unit = {
      run: (body) =>
        unit.run(async (work) => {
          await doubted;
          return body(work);
        }),
    };
    jest.spyOn(api.database, 'tenant').mockReturnValue(slow);
    expect((await client.get('/plans')).status).toBe(200);
  });

  test('a client that leaves before its answer harms nobody', async () => {
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const headers = { 'x-tenant-id': '11111111-1111-1111-1111-111111111111', 'x-user-id': 'a' };
    const calling = get({ port, path: '/api/v1/plans', headers });
    calling.on('error', () => undefined);
    calling.once('socket', (socket) => socket.once('connect', () => setImmediate(() => calling.destroy())));
    await new Promise((resolve) => calling.once('close', resolve));
    expect((await api.tenant().get('/plans')).status).toBe(200);
    expect(api.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});
