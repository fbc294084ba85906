import type { Settings } from '@orchid/config';
import { UndiciHttpClient } from './undici-http-client';

const USER_AGENT = 'orchid/0.1';
const CONNECTIONS_PER_ORIGIN = 200;

/** The client of a deployment, with its outbound rules. `allow` opens further private destinations, as `host:port`. */
export function outboundClient(outbound: Settings['outbound'], allow: readonly string[] = []): UndiciHttpClient {
  return new UndiciHttpClient({
    guard: {
      allow: [...outbound.allowPrivate, ...allow],
      deny: outbound.denyHosts,
      ...(outbound.allowHosts.length > 0 && { only: outbound.allowHosts }),
    },
    userAgent: USER_AGENT,
    maxConnectionsPerOrigin: CONNECTIONS_PER_ORIGIN,
  });
}
