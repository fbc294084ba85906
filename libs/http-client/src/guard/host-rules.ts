import ipaddr from 'ipaddr.js';

import { parseAddress } from './public-address';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Hosts with an optional port: `api.example.com`, `127.0.0.1:8081`, `[::1]:*`; where `patterns` are taken also
 * `*.example.com` and `203.0.113.0/24`.
 */
export class HostRules {
  private readonly exact = new Map<string, Set<string>>();
  private readonly suffixes: { readonly suffix: string; readonly port: string }[] = [];
  private readonly blocks: [Address, number][] = [];

  constructor(
    entries: readonly string[],
    private readonly patterns: boolean,
  ) {
    for (const entry of entries) this.add(entry.trim().toLowerCase());
  }

  /** `host` in the URL parser's spelling; `port` as digits. */
  matches(host: string, port: string): boolean {
    const name = normalizeHost(host);
    const ports = this.exact.get(name);
    if (ports !== undefined && (ports.has('*') || ports.has(port))) return true;
    if (this.suffixes.some((rule) => name.endsWith(rule.suffix) && (rule.port === '*' || rule.port === port)))
      return true;
    return this.blocks.length > 0 && this.matchesBlock(name);
  }

  private matchesBlock(host: string): boolean {
    const address = parseAddress(host);
    return address !== undefined && this.blocks.some(([block, bits]) => contains(block, bits, address));
  }

  private add(entry: string): void {
    if (entry === '') return;
    if (this.patterns && ipaddr.isValidCIDR(entry)) {
      this.blocks.push(ipaddr.parseCIDR(entry));
      return;
    }
    const { host, port } = splitPort(entry);
    if (this.patterns && host.startsWith('*.')) {
      this.suffixes.push({ suffix: host.slice(1), port });
      return;
    }
    const name = normalizeHost(host);
    const ports = this.exact.get(name) ?? new Set();
    this.exact.set(name, ports.add(port));
  }
}

/** Without brackets, without the root's trailing dot, IPv6 in its canonical spelling. */
export function normalizeHost(host: string): string {
  const address = parseAddress(host);
  if (address !== undefined) return address.toString();
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

function splitPort(entry: string): { host: string; port: string } {
  const match = /^(\[[^\]]*\]|[^:]*):(\d+|\*)$/.exec(entry);
  return match === null ? { host: entry, port: '*' } : { host: match[1] ?? '', port: match[2] ?? '*' };
}

function contains(block: Address, bits: number, address: Address): boolean {
  if (block instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(block, bits);
  return address instanceof ipaddr.IPv6 && address.match(block, bits);
}
