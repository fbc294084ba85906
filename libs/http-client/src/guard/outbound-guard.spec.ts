import type { LookupAddress } from 'node:dns';

import fc from 'fast-check';

import { OutboundBlocked } from '../transport-error';

import { guardedLookup, type Resolver } from './guarded-lookup';
import { checkUrl, OutboundGuard, type OutboundGuardOptions } from './outbound-guard';
import { isPublicAddress } from './public-address';

const FORBIDDEN_HOSTS: readonly (readonly [string, string])[] = [
  ['loopback', '127.0.0.1'],
  ['loopback, other', '127.8.9.10'],
  ['loopback, short', '127.1'],
  ['loopback, decimal', '2130706433'],
  ['loopback, hexadecimal', '0x7f000001'],
  ['loopback, hexadecimal parts', '0x7f.0x0.0x0.0x1'],
  ['loopback, octal', '0177.0.0.1'],
  ['loopback, mixed', '0177.0x0.1'],
  ['loopback, root dot', '127.0.0.1.'],
  ['loopback, fullwidth digits', '１２７.0.0.1'],
  ['loopback, ideographic dots', '127。0。0。1'],
  ['loopback, percent-encoded', '%31%32%37.0.0.1'],
  ['loopback, v6', '[::1]'],
  ['loopback, v6 long', '[0:0:0:0:0:0:0:1]'],
  ['unspecified', '0.0.0.0'],
  ['unspecified, zero', '0'],
  ['unspecified, v6', '[::]'],
  ['private 10', '10.1.2.3'],
  ['private 172', '172.16.0.1'],
  ['private 192', '192.168.1.1'],
  ['link-local', '169.254.1.1'],
  ['metadata', '169.254.169.254'],
  ['metadata, decimal', '2852039166'],
  ['metadata, mapped', '[::ffff:169.254.169.254]'],
  ['metadata, v6', '[fd00:ec2::254]'],
  ['metadata, CGNAT', '100.100.100.200'],
  ['metadata, public range', '168.63.129.16'],
  ['CGNAT', '100.64.0.1'],
  ['protocol assignments', '192.0.0.192'],
  ['test net', '192.0.2.1'],
  ['benchmarking', '198.18.0.1'],
  ['6to4 relay', '192.88.99.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['mapped loopback', '[::ffff:127.0.0.1]'],
  ['mapped loopback, hex', '[::ffff:7f00:1]'],
  ['mapped public', '[::ffff:8.8.8.8]'],
  ['compatible loopback', '[::127.0.0.1]'],
  ['translated', '[::ffff:0:127.0.0.1]'],
  ['NAT64', '[64:ff9b::7f00:1]'],
  ['NAT64, local', '[64:ff9b:1::7f00:1]'],
  ['6to4', '[2002:7f00:1::]'],
  ['Teredo', '[2001:0:7f00:1::]'],
  ['ISATAP', '[2600::5efe:7f00:1]'],
  ['unique local', '[fc00::1]'],
  ['link-local v6', '[fe80::1]'],
  ['site-local v6', '[fec0::1]'],
  ['multicast v6', '[ff02::1]'],
  ['documentation v6', '[2001:db8::1]'],
  ['discard v6', '[100::1]'],
  ['outside global unicast', '[4000::1]'],
];

const dial = (
  addresses: readonly string[],
  options: OutboundGuardOptions = {},
  all = true,
): Promise<{ error: Error | null; address: string | LookupAddress[] }> => {
  const resolve: Resolver = (_name, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  const lookup = guardedLookup(new OutboundGuard(options), resolve);
  return new Promise((done) => lookup('api.example.com', { all }, (error, address) => done({ error, address })));
};

describe('the outbound guard', () => {
  it.each(FORBIDDEN_HOSTS)('refuses the literal: %s', (_what, host) => {
    expect(checkUrl(`http://${host}/x`)).toMatchObject({ kind: 'blocked', reason: 'address' });
    expect(checkUrl(`https://${host}/x`)).toMatchObject({ kind: 'blocked', reason: 'address' });
  });

  it.each(FORBIDDEN_HOSTS)('refuses a name that resolves to it: %s', async (_what, host) => {
    const { hostname } = new URL(`http://${host}/`);
    const address = hostname.replace(/[[\]]/g, '');
    const { error } = await dial([address]);
    expect(error).toBeInstanceOf(OutboundBlocked);
    expect(error).toMatchObject({ code: 'outbound_blocked', retry: 'never', details: { reason: 'address' } });
    expect((await dial(['93.184.215.14', address])).error).toBeInstanceOf(OutboundBlocked);
    expect((await dial([address], {}, false)).error).toBeInstanceOf(OutboundBlocked);
  });

  it.each(['8.8.8.8', '93.184.215.14', '[2606:2800:21f:cb07:6820:80da:af6b:8b2c]', '172.32.0.1', 'api.example.com'])(
    'lets %s through',
    (host) => {
      expect(checkUrl(`https://${host}/x`)).toEqual({ kind: 'allowed' });
    },
  );

  it('hands the checked addresses to the socket, all or the first', async () => {
    const all = await dial(['93.184.215.14', '2606:4700::1']);
    expect(all).toEqual({
      error: null,
      address: [
        { address: '93.184.215.14', family: 4 },
        { address: '2606:4700::1', family: 6 },
      ],
    });
    expect(await dial(['93.184.215.14'], {}, false)).toEqual({ error: null, address: '93.184.215.14' });
    expect((await dial([])).error).toBeInstanceOf(OutboundBlocked);
    expect((await dial(['fe80::1%eth0'])).error).toBeInstanceOf(OutboundBlocked);
  });

  it('passes the resolver’s own failure on', async () => {
    const failure = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    const lookup = guardedLookup(new OutboundGuard(), (_name, _options, done) => done(failure, []));
    const error = await new Promise((done) => lookup('nowhere.example', {}, (reason) => done(reason)));
    expect(error).toBe(failure);
  });

  it.each<[string, string, string]>([
    ['file:///etc/passwd', 'scheme', 'file'],
    ['ftp://example.com/', 'scheme', 'ftp'],
    ['gopher://example.com/', 'scheme', 'gopher'],
    ['javascript:alert(1)', 'scheme', 'script'],
    ['data:text/plain,x', 'scheme', 'data'],
    ['http://user@example.com/', 'userinfo', 'user'],
    ['http://user:pw@example.com/', 'userinfo', 'user and password'],
    ['http://example.com@127.0.0.1/', 'userinfo', 'host in the user'],
    ['http://:pw@example.com/', 'userinfo', 'password only'],
    ['http://example.com:22/', 'port', 'ssh'],
    ['http://example.com:6379/', 'port', 'redis'],
    ['https://example.com:8443/', 'port', 'not listed'],
    ['http://', 'host', 'no host'],
    ['not a url', 'host', 'nonsense'],
    ['http://1.2.3.4.5/', 'host', 'five parts'],
    ['http://[::1', 'host', 'open bracket'],
    ['http://exa mple.com/', 'host', 'space'],
  ])('refuses %s: %s', (url, reason) => {
    expect(checkUrl(url)).toMatchObject({ kind: 'blocked', reason });
  });

  it('opens exactly what the allow-list names', () => {
    const guard = { allow: ['127.0.0.1:8081', 'localhost:*', '[::1]:9000', 'api.example.com:8443'] };
    const isAllowed = (url: string): boolean => checkUrl(url, guard).kind === 'allowed';
    expect(isAllowed('http://127.0.0.1:8081/x')).toBe(true);
    expect(isAllowed('http://2130706433:8081/x')).toBe(true);
    expect(isAllowed('http://127.0.0.1:8082/x')).toBe(false);
    expect(isAllowed('http://127.0.0.2:8081/x')).toBe(false);
    expect(isAllowed('http://localhost:1234/x')).toBe(true);
    expect(isAllowed('http://localhost./x')).toBe(true);
    expect(isAllowed('http://notlocalhost:1234/x')).toBe(false);
    expect(isAllowed('http://[0:0::1]:9000/x')).toBe(true);
    expect(isAllowed('http://[::1]:9001/x')).toBe(false);
    expect(isAllowed('https://api.example.com:8443/x')).toBe(true);
    expect(isAllowed('https://www.example.com:8443/x')).toBe(false);
    expect(isAllowed('http://user@127.0.0.1:8081/x')).toBe(false);
    expect(isAllowed('ftp://127.0.0.1:8081/x')).toBe(false);
  });

  it.each(['*', '*:*', '*.', '*.254:*', '0.0.0.0/0', '169.254.0.0/16', ''])(
    'has no entry that opens everything: %j',
    (entry) => {
      expect(checkUrl('http://169.254.169.254/latest', { allow: [entry] })).toMatchObject({ kind: 'blocked' });
      expect(checkUrl('http://localtest.example:9999/', { allow: [entry] })).toMatchObject({ kind: 'blocked' });
    },
  );

  it('denies before it allows: hosts, sub-domains, blocks', async () => {
    const guard = {
      allow: ['bad.example:*'],
      deny: ['bad.example', '*.evil.example', '203.1.113.0/24', '2606:4700::/32'],
    };
    expect(checkUrl('https://bad.example/', guard)).toMatchObject({ reason: 'denied' });
    expect(checkUrl('https://BAD.example./', guard)).toMatchObject({ reason: 'denied' });
    expect(checkUrl('https://a.b.evil.example/', guard)).toMatchObject({ reason: 'denied' });
    expect(checkUrl('https://evil.example/', guard).kind).toBe('allowed');
    expect(checkUrl('https://203.1.113.7/', guard)).toMatchObject({ reason: 'denied' });
    expect((await dial(['203.1.113.7'], guard)).error).toBeInstanceOf(OutboundBlocked);
    expect((await dial(['2606:4700::1'], guard)).error).toBeInstanceOf(OutboundBlocked);
    expect((await dial(['203.1.114.7'], guard)).error).toBeNull();
  });

  it('reaches the listed hosts only, where there is a list', () => {
    const guard = { only: ['api.example.com', '*.example.org'], allow: ['127.0.0.1:8081'] };
    expect(checkUrl('https://api.example.com/', guard).kind).toBe('allowed');
    expect(checkUrl('https://eu.example.org/', guard).kind).toBe('allowed');
    expect(checkUrl('http://127.0.0.1:8081/', guard).kind).toBe('allowed');
    expect(checkUrl('https://other.example.com/', guard)).toMatchObject({ reason: 'not_listed' });
    expect(checkUrl('http://api.example.com:9999/', guard)).toMatchObject({ reason: 'port' });
  });

  it('takes further ports, and then only those', () => {
    const guard = { ports: [443, 8443] };
    expect(checkUrl('https://example.com:8443/', guard).kind).toBe('allowed');
    expect(checkUrl('https://example.com/', guard).kind).toBe('allowed');
    expect(checkUrl('http://example.com/', guard)).toMatchObject({ reason: 'port' });
  });

  it('gives the same verdict when it remembers', () => {
    const guard = new OutboundGuard();
    const url = new URL('http://10.0.0.1/');
    expect(guard.check(url)).toEqual(guard.check(url));
    expect(() => guard.assert(url)).toThrow(OutboundBlocked);
    expect(guard.check(new URL('http://u@93.184.215.14/'))).toMatchObject({ reason: 'userinfo' });
    expect(guard.check(new URL('http://93.184.215.14/'))).toEqual({ kind: 'allowed' });
  });

  it('never throws and never lets a special IPv4 address by, in any numeric spelling', () => {
    const spell = [
      (n: number) => String(n),
      (n: number) => `0x${n.toString(16)}`,
      (n: number) => `0${n.toString(8)}`,
      (n: number) => `[::ffff:${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}]`,
    ];
    const special = fc.oneof(
      fc.nat(0xffffff).map((rest) => 0x0a000000 + rest),
      fc.nat(0xffffff).map((rest) => 0x7f000000 + rest),
      fc.nat(0xffff).map((rest) => 0xa9fe0000 + rest),
      fc.nat(0xffff).map((rest) => 0xc0a80000 + rest),
      fc.nat(0x3fffff).map((rest) => 0x64400000 + rest),
    );
    fc.assert(
      fc.property(special, fc.constantFrom(...spell), (address, write) => {
        expect(checkUrl(`http://${write(address)}/`)).toMatchObject({ kind: 'blocked', reason: 'address' });
      }),
    );
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => void checkUrl(text)));
    fc.assert(fc.property(fc.string(), (text) => void isPublicAddress(text)));
  });
});
