import { OutboundBlocked, type BlockReason } from '../transport-error';

import { HostRules, normalizeHost } from './host-rules';
import { isPublicAddress, parseAddress } from './public-address';

export interface OutboundGuardOptions {
  /**
   * `host:port` entries (`127.0.0.1:8081`, `localhost:*`, `[::1]:9000`) that may be reached although private or on another
   * port: for tests and development. A host without a port means every port. There is no way to open everything.
   */
  readonly allow?: readonly string[];
  /** Hosts, `host:port`, `*.domain` or address blocks that are never reached; stronger than `allow`. */
  readonly deny?: readonly string[];
  /** When given, these hosts (as in `deny`) and those of `allow` are the only ones that may be reached. */
  readonly only?: readonly string[];
  /** Ports that public hosts may be reached on. Default 80 and 443. */
  readonly ports?: readonly number[];
}

export type GuardVerdict =
  { readonly kind: 'allowed' } | { readonly kind: 'blocked'; readonly reason: BlockReason; readonly host: string };

export const DEFAULT_PORTS: readonly number[] = [80, 443];
const ALLOWED: GuardVerdict = { kind: 'allowed' };
const MOST_REMEMBERED = 2_000;

/** Decides which addresses outbound requests may reach: before sending by URL, and again by address when a socket is dialled. */
export class OutboundGuard {
  private readonly allow: HostRules;
  private readonly deny: HostRules;
  private readonly only: HostRules | null;
  private readonly ports: ReadonlySet<string>;
  private readonly remembered = new Map<string, GuardVerdict>();

  constructor(options: OutboundGuardOptions = {}) {
    this.allow = new HostRules(options.allow ?? [], false);
    this.deny = new HostRules(options.deny ?? [], true);
    this.only = options.only === undefined ? null : new HostRules(options.only, true);
    this.ports = new Set((options.ports ?? DEFAULT_PORTS).map(String));
  }

  /** Judges scheme, userinfo, port and host. A name is only as good as what it resolves to: see {@link isAddressAllowed}. */
  check(url: URL): GuardVerdict {
    if (url.username !== '' || url.password !== '') return blocked('userinfo', url.hostname);
    const key = url.protocol + url.host;
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const verdict = this.judge(url);
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, verdict);
    return verdict;
  }

  /** Throws `OutboundBlocked` where {@link check} would answer `blocked`. */
  assert(url: URL): void {
    const verdict = this.check(url);
    if (verdict.kind === 'blocked') throw new OutboundBlocked(verdict.reason, verdict.host);
  }

  /** Whether the allow-list names this host and port, so that its addresses need not be public. */
  isListed(host: string, port: string): boolean {
    return this.allow.matches(host, port) && !this.deny.matches(host, port);
  }

  /** Whether an address that a name resolved to may be dialled. */
  isAddressAllowed(address: string): boolean {
    return isPublicAddress(address) && !this.deny.matches(address, '*');
  }

  private judge(url: URL): GuardVerdict {
    const host = url.hostname;
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return blocked('scheme', host);
    if (normalizeHost(host) === '') return blocked('host', host);
    const port = portOf(url);
    if (this.deny.matches(host, port)) return blocked('denied', host);
    if (this.allow.matches(host, port)) return ALLOWED;
    if (this.only !== null && !this.only.matches(host, port)) return blocked('not_listed', host);
    if (!this.ports.has(port)) return blocked('port', host);
    if (parseAddress(host) !== undefined && !isPublicAddress(host)) return blocked('address', host);
    return ALLOWED;
  }
}

/** Judges one URL; an unreadable one is `blocked` with reason `host`. */
export function checkUrl(url: string | URL, options: OutboundGuardOptions = {}): GuardVerdict {
  if (typeof url !== 'string') return new OutboundGuard(options).check(url);
  if (!URL.canParse(url)) return blocked('host', '');
  return new OutboundGuard(options).check(new URL(url));
}

function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}

function blocked(reason: BlockReason, host: string): GuardVerdict {
  return { kind: 'blocked', reason, host };
}
