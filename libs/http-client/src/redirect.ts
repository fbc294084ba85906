import type { Method, OutboundRequest } from './http-client.port';
import { TransportError } from './transport-error';

export const MOST_REDIRECTS = 5;

/** What is sent to one address on the way. */
export interface Hop {
  readonly url: URL;
  readonly method: Method;
  readonly body: string | Uint8Array | undefined;
  /** Whether the credentials still travel: once a redirect has left the origin they do not come back. */
  readonly credentials: boolean;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number, location: string | undefined): location is string {
  return location !== undefined && REDIRECTS.has(status);
}

/** The next hop after a redirect (RFC 9110, section 15.4). Throws `bad_redirect` when the location cannot be read. */
export function nextHop(hop: Hop, answer: { status: number; location: string }, request: OutboundRequest): Hop {
  if (!URL.canParse(answer.location, hop.url.href)) {
    throw new TransportError('bad_redirect', `${hop.url.origin} redirects to an address that cannot be read.`, {
      origin: hop.url.origin,
    });
  }
  const url = new URL(answer.location, hop.url);
  url.hash = '';
  const credentials = hop.credentials && mayHaveCredentials(url.origin, request);
  if (!becomesGet(hop.method, answer.status)) return { ...hop, url, credentials };
  return { url, method: 'GET', body: undefined, credentials };
}

function mayHaveCredentials(origin: string, request: OutboundRequest): boolean {
  return origin === new URL(request.url).origin || (request.allowedOrigins ?? []).includes(origin);
}

function becomesGet(method: Method, status: number): boolean {
  if (status === 303) return method !== 'HEAD' && method !== 'GET';
  return method === 'POST' && (status === 301 || status === 302);
}
