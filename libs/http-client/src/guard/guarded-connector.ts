import { isIP } from 'node:net';

import { buildConnector } from 'undici';

import { OutboundBlocked } from '../transport-error';

import { guardedLookup, type Resolver } from './guarded-lookup';
import type { OutboundGuard } from './outbound-guard';

export interface ConnectorOptions {
  readonly resolve?: Resolver;
  /** PEM certificates of further authorities to trust, besides the built-in ones. */
  readonly ca?: string;
  readonly timeoutMs: number;
}

/**
 * Opens sockets for undici. Literals are judged here because no lookup happens for them; names by the guarded lookup;
 * what the allow-list names goes through the system's own lookup. TLS is verified whatever the environment says.
 */
export function guardedConnector(guard: OutboundGuard, options: ConnectorOptions): buildConnector.connector {
  const tls = {
    rejectUnauthorized: true,
    timeout: options.timeoutMs,
    ...(options.ca !== undefined && { ca: options.ca }),
  };
  const guarded = buildConnector({ ...tls, lookup: guardedLookup(guard, options.resolve) });
  const listed = buildConnector(tls);
  return (target, callback) => {
    if (guard.isListed(target.hostname, target.port || defaultPort(target.protocol))) {
      listed(target, callback);
    } else if (isIP(target.hostname) !== 0 && !guard.isAddressAllowed(target.hostname)) {
      callback(new OutboundBlocked('address', target.hostname), null);
    } else {
      guarded(target, callback);
    }
  };
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}
