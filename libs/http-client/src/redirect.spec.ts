import fc from 'fast-check';

import type { Method, OutboundRequest } from './http-client.port';
import { parseLinks } from './link-header';
import { nextHop, type Hop } from './redirect';
import { headersFor } from './request-headers';
import { translateError } from './translate-error';
import { OutboundBlocked } from './transport-error';

const REQUEST: OutboundRequest = {
  method: 'POST',
  url: 'https://a.example/v1',
  headers: { Authorization: 'Bearer s', 'X-Key': 's', 'Content-Type': 'application/json', 'X-Plain': 'p' },
  body: '{}',
  timeoutMs: 1000,
  decode: { format: 'auto', maxBytes: 1000 },
  credentialHeaders: ['x-key'],
};
const hop = (over: Partial<Hop> = {}): Hop => ({
  url: new URL(REQUEST.url),
  method: 'POST',
  body: '{}',
  credentials: true,
  ...over,
});
const namesOf = (flat: readonly string[]): string[] =>
  flat.filter((_text, at) => at % 2 === 0).map((n) => n.toLowerCase());

describe('redirects', () => {
  it.each<[number, Method, Method, boolean]>([
    [301, 'POST', 'GET', false],
    [302, 'POST', 'GET', false],
    [303, 'POST', 'GET', false],
    [303, 'PUT', 'GET', false],
    [303, 'HEAD', 'HEAD', true],
    [301, 'PUT', 'PUT', true],
    [307, 'POST', 'POST', true],
    [308, 'PATCH', 'PATCH', true],
    [302, 'GET', 'GET', true],
  ])('%i makes a %s a %s', (status, method, expected, keepsBody) => {
    const next = nextHop(hop({ method }), { status, location: '/v2?x=1#frag' }, REQUEST);
    expect(next.method).toBe(expected);
    expect(next.url.href).toBe('https://a.example/v2?x=1');
    expect(next.body).toBe(keepsBody ? '{}' : undefined);
  });

  it.each<[string, string, boolean]>([
    ['same origin', '/v2', true],
    ['other host', 'https://b.example/v2', false],
    ['sub-domain', 'https://x.a.example/v2', false],
    ['other scheme', 'http://a.example/v2', false],
    ['other port', 'https://a.example:8443/v2', false],
    ['scheme-relative', '//b.example/v2', false],
    ['allowed origin', 'https://c.example/v2', true],
  ])('credentials: %s', (_what, location, kept) => {
    const request = { ...REQUEST, allowedOrigins: ['https://c.example'] };
    const next = nextHop(hop(), { status: 307, location }, request);
    const names = namesOf(headersFor(request, next, 'Orchid'));
    expect(names.includes('authorization')).toBe(kept);
    expect(names.includes('x-key')).toBe(kept);
    expect(names).toContain('x-plain');
  });

  it('does not give credentials back once they were dropped', () => {
    const away = nextHop(hop(), { status: 307, location: 'https://b.example/' }, REQUEST);
    const back = nextHop(away, { status: 307, location: 'https://a.example/' }, REQUEST);
    expect(namesOf(headersFor(REQUEST, back, 'Orchid'))).not.toContain('authorization');
  });

  it('refuses a location that cannot be read', () => {
    expect(() => nextHop(hop(), { status: 302, location: 'http://[' }, REQUEST)).toThrow(
      expect.objectContaining({ code: 'bad_redirect', type: 'permanent' }),
    );
  });
});

describe('request headers', () => {
  it('adds what is missing and repeats arrays', () => {
    const flat = headersFor({ ...REQUEST, headers: { 'X-A': ['1', '2'], ACCEPT: 'text/csv' } }, hop(), 'Orchid/1');
    expect(flat).toEqual([
      'X-A',
      '1',
      'X-A',
      '2',
      'ACCEPT',
      'text/csv',
      'user-agent',
      'Orchid/1',
      'accept-encoding',
      'gzip, deflate, br',
    ]);
  });

  it('leaves headers about the body behind with the body', () => {
    expect(namesOf(headersFor(REQUEST, hop({ body: undefined }), 'Orchid'))).not.toContain('content-type');
    expect(namesOf(headersFor(REQUEST, hop(), 'Orchid'))).toContain('content-type');
  });

  it.each(['Host', 'content-length', 'Transfer-Encoding', 'Connection', 'Upgrade', 'TE', 'Expect', 'Keep-Alive'])(
    'refuses %s',
    (name) => {
      expect(() => headersFor({ ...REQUEST, headers: { [name]: 'x' } }, hop(), 'Orchid')).toThrow(
        expect.objectContaining({ code: 'invalid_request', retry: 'never' }),
      );
    },
  );

  it.each(['a\r\nb', 'a\nb', 'a\0b', 'a\rb'])('refuses the value %j without repeating it', (value) => {
    let message = '';
    try {
      headersFor({ ...REQUEST, headers: { 'x-key': `secret${value}` } }, hop(), 'Orchid');
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('x-key');
    expect(message).not.toContain('secret');
  });
});

describe('Link headers', () => {
  const BASE = 'https://api.example/items?page=2';

  it.each<[string, Record<string, string>]>([
    ['<https://api.example/items?page=3>; rel="next"', { next: 'https://api.example/items?page=3' }],
    [
      '</items?page=3>; rel=next, <?page=1>; rel="prev first"',
      {
        next: 'https://api.example/items?page=3',
        prev: 'https://api.example/items?page=1',
        first: 'https://api.example/items?page=1',
      },
    ],
    ['<a,b;c>; rel="next"; title="x, <y>; \\"z\\""', { next: 'https://api.example/a,b;c' }],
    ['<a>; REL=NEXT', { next: 'https://api.example/a' }],
    ['<a>; rel=next, <b>; rel=next', { next: 'https://api.example/a' }],
    ['<a>; rel=next; anchor="#x"', {}],
    ['<a>', {}],
    ['nonsense', {}],
    ['<http://[>; rel=next, <b>; rel=last', { last: 'https://api.example/b' }],
    ['<a; rel=next', {}],
    ['', {}],
  ])('%s', (header, expected) => {
    expect(parseLinks(header, BASE).links).toEqual(expected);
  });

  it('keeps the other attributes by relation', () => {
    const { linkParams } = parseLinks('<a>; rel="next"; results="true"; cursor=abc', BASE);
    expect(linkParams).toEqual({ next: { results: 'true', cursor: 'abc' } });
  });

  it('ends on any input, soon', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseLinks(text, BASE)));
    const started = performance.now();
    parseLinks('<a>;'.repeat(20_000) + ' ;'.repeat(20_000) + '"'.repeat(20_000), BASE);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('translated errors', () => {
  it.each<[string, boolean, string, string]>([
    ['UND_ERR_CONNECT_TIMEOUT', false, 'timeout', 'transient'],
    ['ECONNREFUSED', false, 'connection_failed', 'transient'],
    ['ENOTFOUND', false, 'connection_failed', 'transient'],
    ['UND_ERR_SOCKET', false, 'connection_failed', 'transient'],
    ['UND_ERR_SOCKET', true, 'truncated', 'transient'],
    ['ECONNRESET', true, 'truncated', 'transient'],
    ['HPE_INVALID_CONSTANT', false, 'malformed_response', 'transient'],
    ['UND_ERR_HEADERS_OVERFLOW', false, 'headers_too_large', 'permanent'],
    ['SELF_SIGNED_CERT_IN_CHAIN', false, 'tls_error', 'permanent'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'tls_error', 'permanent'],
    ['CERT_HAS_EXPIRED', false, 'tls_error', 'permanent'],
    ['UND_ERR_INVALID_ARG', false, 'invalid_request', 'permanent'],
    ['UND_ERR_DESTROYED', false, 'client_closed', 'transient'],
  ])('%s, answering %s: %s, %s', (code, answering, expected, type) => {
    const cause = Object.assign(new Error('Bearer secret'), { code });
    const error = translateError(cause, 'https://a.example', answering);
    expect(error).toMatchObject({ code: expected, type, details: { origin: 'https://a.example', cause: code } });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret');
  });

  it('leaves our own errors and survives odd ones', () => {
    const blocked = new OutboundBlocked('address', 'h');
    expect(translateError(blocked, 'o', false)).toBe(blocked);
    expect(translateError('odd', 'o', false)).toMatchObject({ code: 'connection_failed' });
    expect(translateError(null, 'o', true)).toMatchObject({ code: 'truncated' });
  });
});
