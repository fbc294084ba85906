import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { clientFor, failure, get, listen, serve, stopPeers, stops } from './loopback-peers';
import { UndiciHttpClient } from './undici-http-client';

afterEach(stopPeers);

describe('UndiciHttpClient: the guard at work', () => {
  it.each([
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://localhost:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
  ])('sends nothing to %s', async (template) => {
    let requests = 0;
    const at = await serve((_request, response) => response.end(String((requests += 1))));
    const url = template.replace('PORT', at.split(':')[1] ?? '');
    expect(await failure(clientFor().send(get(url)))).toMatchObject({ code: 'outbound_blocked', type: 'permanent' });
    expect(requests).toBe(0);
  });

  it('refuses a name by what it resolves to, when the socket is dialled', async () => {
    let requests = 0;
    const at = await serve((_request, response) => response.end(String((requests += 1))));
    const port = Number(at.split(':')[1]);
    const client = new UndiciHttpClient({
      guard: { ports: [port] },
      userAgent: 'Orchid/test',
      maxConnectionsPerOrigin: 1,
      resolve: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    stops.push(() => client.close());
    const error = await failure(client.send(get(`http://rebound.example:${port}/`)));
    expect(error).toMatchObject({ code: 'outbound_blocked', details: { reason: 'address', host: 'rebound.example' } });
    expect(requests).toBe(0);
  });

  it.each([
    'http://127.0.0.1:9/',
    'http://169.254.169.254/latest',
    'http://[::1]/',
    'file:///etc/passwd',
    'http://u:p@example.com/',
    'http://example.com:25/',
  ])('refuses the redirect to %s', async (location) => {
    const at = await serve((_request, response) => response.writeHead(302, { location }).end());
    expect(await failure(clientFor(at).send(get(`http://${at}/`)))).toMatchObject({ code: 'outbound_blocked' });
  });

  it('follows five redirects and no more, and reports where it ended', async () => {
    const at = await serve((request, response) => {
      const left = Number((request.url ?? '/0').slice(1));
      if (left === 0) response.end('done');
      else response.writeHead(302, { location: `${left - 1}` }).end('x'.repeat(left * 30_000));
    });
    const client = clientFor(at);
    expect(await client.send(get(`http://${at}/5`))).toMatchObject({
      status: 200,
      body: 'done',
      url: `http://${at}/0`,
    });
    expect(await failure(client.send(get(`http://${at}/6`)))).toMatchObject({
      code: 'too_many_redirects',
      retry: 'never',
    });
  });

  it('gives a redirect without a location as it is', async () => {
    const at = await serve((request, response) => response.writeHead(request.url === '/304' ? 304 : 302).end());
    const client = clientFor(at);
    expect((await client.send(get(`http://${at}/302`))).status).toBe(302);
    expect((await client.send(get(`http://${at}/304`))).status).toBe(304);
  });

  it('keeps credentials from another origin unless it is allowed', async () => {
    const other = await serve((request, response) => response.end(JSON.stringify(request.headers)));
    const at = await serve((_request, response) => response.writeHead(307, { location: `http://${other}/` }).end());
    const client = clientFor(at, other);
    const headers = { Authorization: 'a', Cookie: 'b', 'X-Api-Key': 'c', 'Proxy-Authorization': 'd', 'X-Plain': 'e' };
    const request = get(`http://${at}/`, { headers, credentialHeaders: ['x-api-key'] });
    const kept = (await client.send({ ...request, allowedOrigins: [`http://${other}`] })).body;
    expect(kept).toMatchObject({ authorization: 'a', cookie: 'b', 'x-api-key': 'c', 'x-plain': 'e' });
    const dropped = (await client.send(request)).body as Record<string, string>;
    expect(Object.keys(dropped)).toEqual(
      expect.not.arrayContaining(['authorization', 'cookie', 'x-api-key', 'proxy-authorization']),
    );
    expect(dropped['x-plain']).toBe('e');
  });
});

describe('UndiciHttpClient: TLS', () => {
  let folder: string;
  let pem: { key: string; cert: string };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'orchid-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', [...how, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    pem = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('verifies certificates and names, whatever the environment says', async () => {
    const at = await listen(createTlsServer(pem, (_request, response) => response.end('secure')));
    const port = at.split(':')[1] ?? '';
    const guard = { allow: [`localhost:${port}`, `127.0.0.1:${port}`] };
    const options = { guard, userAgent: 'Orchid/test', maxConnectionsPerOrigin: 1 };
    const [strict, trusting] = [new UndiciHttpClient(options), new UndiciHttpClient({ ...options, ca: pem.cert })];
    stops.push(
      () => strict.close(),
      () => trusting.close(),
    );
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await failure(strict.send(get(`https://localhost:${port}/`)))).toMatchObject({ code: 'tls_error' });
      expect((await trusting.send(get(`https://localhost:${port}/`))).body).toBe('secure');
      expect(await failure(trusting.send(get(`https://127.0.0.1:${port}/`)))).toMatchObject({ code: 'tls_error' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('tells a peer that speaks no TLS', async () => {
    const at = await serve((_request, response) => response.end());
    expect(await failure(clientFor(at).send(get(`https://${at}/`)))).toMatchObject({ code: 'tls_error' });
  });
});
