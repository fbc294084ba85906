import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

import type { OutboundRequest } from './http-client.port';
import { clientFor, failure, get, MEBIBYTE, say, serve, serveBody, stopPeers } from './loopback-peers';

const TEXT = '{"id":12345678901234567890,"name":"é"}';
const BIG = JSON.stringify({ text: Array.from({ length: 40_000 }, (_, n) => `line ${n * 7919}`).join(' ') });

const capped = (maxBytes: number): Partial<OutboundRequest> => ({ decode: { format: 'auto', maxBytes } });

afterEach(stopPeers);

describe('UndiciHttpClient: requests and answers', () => {
  it('sends method, headers and body, and gives status, headers, body, links, size and duration', async () => {
    const seen: { method?: string; headers?: IncomingMessage['headers']; body?: string } = {};
    const at = await serveBody((body, request, response) => {
      Object.assign(seen, { method: request.method, headers: request.headers, body });
      response.setHeader('X-Many', ['1', '2']);
      response.writeHead(207, { 'content-type': 'application/json', link: '</p?page=2>; rel="next"; n=1' }).end(TEXT);
    });
    const headers = { 'X-List': ['a', 'b'], 'content-type': 'application/json' };
    const answer = await clientFor(at).send(
      get(`http://${at}/p?q=1#frag`, { method: 'PATCH', headers, body: '{"ü":1}' }),
    );
    expect(seen).toMatchObject({ method: 'PATCH', body: '{"ü":1}' });
    expect(seen.headers).toMatchObject({ 'user-agent': 'Orchid/test', 'x-list': 'a, b', 'content-length': '8' });
    expect(answer).toMatchObject({
      status: 207,
      url: `http://${at}/p?q=1`,
      json: TEXT,
      body: { id: 12345678901234567890n, name: 'é' },
      links: { next: `http://${at}/p?page=2` },
      linkParams: { next: { n: '1' } },
      size: Buffer.byteLength(TEXT),
    });
    expect(answer.headers).toMatchObject({ 'x-many': '1, 2', 'content-type': 'application/json' });
    expect(answer.durationMs).toBeGreaterThan(0);
  });

  it('sends a body with GET and DELETE, answers HEAD and 204 with null', async () => {
    const at = await serveBody((body, request, response) => {
      if (request.method === 'HEAD')
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '99' }).end();
      else if (body === '') response.writeHead(204).end();
      else response.end(`${request.method ?? ''} ${body}`);
    });
    const client = clientFor(at);
    expect((await client.send(get(`http://${at}/`, { body: 'x' }))).body).toBe('GET x');
    expect((await client.send(get(`http://${at}/`, { method: 'DELETE', body: 'y' }))).body).toBe('DELETE y');
    expect(await client.send(get(`http://${at}/`))).toMatchObject({ status: 204, body: null, size: 0 });
    expect(await client.send(get(`http://${at}/`, { method: 'HEAD' }))).toMatchObject({ status: 200, body: null });
  });

  it('reuses connections', async () => {
    const ports = new Set<number | undefined>();
    const at = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const client = clientFor(at);
    for (let count = 0; count < 20; count += 1) await client.send(get(`http://${at}/${count}`));
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('gives an error status with an unreadable body its text and the fault', async () => {
    const at = await serve((_request, response) =>
      response.writeHead(502, { 'content-type': 'application/json' }).end('<x>'),
    );
    const answer = await clientFor(at).send(get(`http://${at}/`));
    expect(answer).toMatchObject({ status: 502, body: '<x>', fault: { code: 'invalid_body' } });
  });

  it.each<[string, string, (text: string) => Buffer]>([
    ['gzip', 'gzip', (text) => gzipSync(text)],
    ['x-gzip', 'X-GZIP', (text) => gzipSync(text)],
    ['zlib', 'deflate', (text) => deflateSync(text)],
    ['bare deflate', 'deflate', (text) => deflateRawSync(text)],
    ['brotli', 'br', (text) => brotliCompressSync(text)],
    ['two codings', 'gzip, br', (text) => brotliCompressSync(gzipSync(text))],
    ['identity', 'identity', (text) => Buffer.from(text)],
  ])('undoes %s, small and large', async (_name, coding, encode) => {
    const at = await serve((request, response) => {
      const body = encode(request.url === '/big' ? BIG : TEXT);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding }).end(body);
    });
    const client = clientFor(at);
    expect((await client.send(get(`http://${at}/small`))).json).toBe(TEXT);
    const big = await client.send(get(`http://${at}/big`));
    expect(big.json).toBe(BIG);
    expect(big.size).toBe(BIG.length);
  });

  it.each<[string, string, Buffer, string]>([
    ['unknown coding', 'zstd', Buffer.from('x'), 'unsupported_encoding'],
    ['too many codings', 'gzip, gzip, gzip', Buffer.from('x'), 'unsupported_encoding'],
    ['not gzip at all', 'gzip', Buffer.from('hello'), 'invalid_body'],
    ['not gzip at all, large', 'gzip', Buffer.alloc(50_000, 'x'), 'invalid_body'],
  ])('faults on %s', async (_what, coding, body, code) => {
    const at = await serve((_request, response) => response.writeHead(200, { 'content-encoding': coding }).end(body));
    expect(await clientFor(at).send(get(`http://${at}/`))).toMatchObject({ body: null, fault: { code } });
  });
});

describe('UndiciHttpClient: limits', () => {
  const endless = (chunk: Buffer, sent: { bytes: number }) => (_request: IncomingMessage, response: ServerResponse) => {
    const more = (): void => {
      while (!response.destroyed && response.write(chunk)) sent.bytes += chunk.length;
    };
    response.on('drain', more);
    more();
  };

  it('stops reading an endless body at the cap', async () => {
    const sent = { bytes: 0 };
    const at = await serve(endless(Buffer.alloc(64 * 1024, 'x'), sent));
    const answer = await clientFor(at).send(get(`http://${at}/`, capped(MEBIBYTE)));
    expect(answer).toMatchObject({ status: 200, body: null, fault: { code: 'response_too_large' } });
    expect(sent.bytes).toBeLessThan(32 * MEBIBYTE);
  });

  it('does not begin a body whose length is over the cap, and takes one that just fits', async () => {
    const at = await serve((_request, response) => response.end('x'.repeat(1000)));
    const client = clientFor(at);
    expect((await client.send(get(`http://${at}/`, capped(999)))).fault?.code).toBe('response_too_large');
    expect((await client.send(get(`http://${at}/`, capped(1000)))).size).toBe(1000);
  });

  it.each<[string, string, () => Buffer]>([
    ['gzip, small', 'gzip', () => gzipSync(Buffer.alloc(8 * MEBIBYTE))],
    ['gzip, large', 'gzip', () => gzipSync(Buffer.alloc(80 * MEBIBYTE))],
    ['brotli', 'br', () => brotliCompressSync(Buffer.alloc(80 * MEBIBYTE))],
    ['gzip in gzip', 'gzip, gzip', () => gzipSync(gzipSync(Buffer.alloc(80 * MEBIBYTE)))],
  ])('stops a bomb of %s in little memory', async (_what, coding, bomb) => {
    const body = bomb();
    const at = await serve((_request, response) => response.writeHead(200, { 'content-encoding': coding }).end(body));
    const client = clientFor(at);
    const before = process.memoryUsage.rss();
    const answer = await client.send(get(`http://${at}/`, capped(4 * MEBIBYTE)));
    expect(answer.fault?.code).toBe('response_too_large');
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MEBIBYTE);
  });

  it('ends a hang, a drip and a slow head at the deadline, whole', async () => {
    const at = await serve((request, response) => {
      if (request.url === '/hang') return;
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    const client = clientFor(at);
    for (const path of ['hang', 'drip']) {
      const started = performance.now();
      const error = await failure(client.send(get(`http://${at}/${path}`, { timeoutMs: 200 })));
      expect(error).toMatchObject({ code: 'timeout', type: 'transient', retry: 'backoff' });
      expect(performance.now() - started).toBeGreaterThan(150);
      expect(performance.now() - started).toBeLessThan(1200);
    }
    expect(await failure(client.send(get(`http://${at}/drip`, { timeoutMs: 1 })))).toMatchObject({ code: 'timeout' });
  });

  it('counts redirects against the one deadline', async () => {
    const at = await serve((request, response) => {
      const step = Number((request.url ?? '/0').slice(1));
      setTimeout(() => response.writeHead(302, { location: `/${step + 1}` }).end(), 100);
    });
    expect(await failure(clientFor(at).send(get(`http://${at}/0`, { timeoutMs: 250 })))).toMatchObject({
      code: 'timeout',
    });
  });

  it('gives up when the caller does, before and during', async () => {
    const at = await serve(() => undefined);
    const client = clientFor(at);
    const during = new AbortController();
    const pending = failure(client.send(get(`http://${at}/`, { signal: during.signal })));
    during.abort(new Error('lost ownership'));
    expect((await pending).message).toBe('lost ownership');
    const before = failure(client.send(get(`http://${at}/`, { signal: AbortSignal.abort(new Error('too late')) })));
    expect((await before).message).toBe('too late');
  });
});

describe('UndiciHttpClient: broken peers', () => {
  it.each<[string, string, string]>([
    ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":', 'truncated'],
    ['half a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n', 'truncated'],
    ['no answer', '', 'connection_failed'],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le', 'connection_failed'],
    ['not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'malformed_response'],
    ['endless headers', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 'headers_too_large'],
  ])('%s', async (_what, bytes, code) => {
    const at = await say(bytes);
    expect(await failure(clientFor(at).send(get(`http://${at}/`)))).toMatchObject({ code });
  });

  it('calls a compressed body that ends early truncated, small and large', async () => {
    const at = await serve((request, response) => {
      const whole = gzipSync(request.url === '/big' ? BIG : TEXT);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, whole.length - 20));
    });
    const client = clientFor(at);
    expect(await failure(client.send(get(`http://${at}/small`)))).toMatchObject({ code: 'truncated' });
    expect(await failure(client.send(get(`http://${at}/big`)))).toMatchObject({ code: 'truncated' });
  });

  it('skips informational answers', async () => {
    const at = await say('HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    expect(await clientFor(at).send(get(`http://${at}/`))).toMatchObject({ status: 200, body: 'ok' });
  });

  it('tells a closed port from a bad address and a bad header, and shows no secret', async () => {
    const at = await serve(() => undefined);
    const client = clientFor(at, '127.0.0.1:1');
    expect(await failure(client.send(get('http://127.0.0.1:1/')))).toMatchObject({ code: 'connection_failed' });
    expect(await failure(client.send(get('::nonsense')))).toMatchObject({ code: 'invalid_url', retry: 'never' });
    const headers = { authorization: 'Bearer s3cr3t\u{1F600}' };
    const error = await failure(client.send(get(`http://${at}/?key=s3cr3t`, { headers })));
    expect(error).toMatchObject({ code: 'invalid_request' });
    expect(JSON.stringify(error) + String(error) + String(error.stack)).not.toContain('s3cr3t');
  });
});
