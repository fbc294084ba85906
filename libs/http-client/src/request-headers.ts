import type { OutboundRequest } from './http-client.port';
import type { Hop } from './redirect';
import { TransportError } from './transport-error';

/** Framing and routing belong to the client; setting them by hand is how requests are smuggled (RFC 9112, section 11.2). */
const REFUSED = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);
const ALWAYS_CREDENTIAL = new Set(['authorization', 'cookie', 'proxy-authorization']);
const ABOUT_THE_BODY = new Set(['content-type', 'content-encoding', 'content-language', 'content-location']);
const ILLEGAL = /[\r\n\0]/;

/** Names and values in turn, as undici takes them, for one hop of a request. Throws `invalid_request`. */
export function headersFor(request: OutboundRequest, hop: Hop, userAgent: string): string[] {
  const flat: string[] = [];
  const present = { agent: false, accept: false, encoding: false };
  for (const name in request.headers) {
    const value = request.headers[name];
    const lower = name.toLowerCase();
    if (value === undefined || isDropped(lower, request, hop)) continue;
    if (REFUSED.has(lower)) throw invalid(name, 'is set by the client itself');
    present.agent ||= lower === 'user-agent';
    present.accept ||= lower === 'accept';
    present.encoding ||= lower === 'accept-encoding';
    addHeader(flat, name, value);
  }
  if (!present.agent) flat.push('user-agent', userAgent);
  if (!present.accept) flat.push('accept', '*/*');
  if (!present.encoding) flat.push('accept-encoding', 'gzip, deflate, br');
  return flat;
}

function addHeader(flat: string[], name: string, value: string | readonly string[]): void {
  if (typeof value !== 'string') {
    for (const each of value) addHeader(flat, name, each);
    return;
  }
  if (ILLEGAL.test(value) || ILLEGAL.test(name)) throw invalid(name.replace(/[^\w-]/g, '?'), 'has a line break or NUL');
  flat.push(name, value);
}

function isDropped(lower: string, request: OutboundRequest, hop: Hop): boolean {
  if (hop.body === undefined && request.body !== undefined && ABOUT_THE_BODY.has(lower)) return true;
  if (hop.credentials) return false;
  return ALWAYS_CREDENTIAL.has(lower) || (request.credentialHeaders ?? []).includes(lower);
}

function invalid(name: string, why: string): TransportError {
  return new TransportError('invalid_request', `The header "${name}" ${why}.`, { header: name });
}
