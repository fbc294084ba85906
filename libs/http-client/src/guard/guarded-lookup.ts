import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

import { OutboundBlocked } from '../transport-error';

import type { OutboundGuard } from './outbound-guard';

/** Resolves a name to all its addresses, as `dns.lookup` does with `all: true`. */
export type Resolver = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for sockets that hands out only addresses the guard allows: what is checked is what is dialled, so a name that
 * answers differently the second time gains nothing. A name with even one forbidden address is refused whole.
 */
export function guardedLookup(guard: OutboundGuard, resolve: Resolver = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => guard.isAddressAllowed(address))) {
        callback(new OutboundBlocked('address', hostname), '');
      } else if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}
