import type { IncomingHttpHeaders } from 'node:http';

import { Agent } from 'undici';

import { decodeBody } from './decode/decode-body';
import type { DecodedBody } from './decode/decoded-body';
import { exchange, type RawAnswer } from './exchange';
import { guardedConnector } from './guard/guarded-connector';
import type { Resolver } from './guard/guarded-lookup';
import { OutboundGuard, type OutboundGuardOptions } from './guard/outbound-guard';
import type { HttpClient, OutboundRequest, OutboundResponse } from './http-client.port';
import { NO_LINKS, parseLinks } from './link-header';
import { isRedirect, MOST_REDIRECTS, nextHop, type Hop } from './redirect';
import { headersFor } from './request-headers';
import { readRows } from './rows/read-rows';
import { rowKind } from './rows/row-kind';
import { TransportError } from './transport-error';

export interface UndiciHttpClientOptions {
  readonly guard: OutboundGuardOptions;
  readonly userAgent: string;
  readonly maxConnectionsPerOrigin: number;
  /** Longest wait for a connection, in milliseconds; a request's own limit still holds. Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** A monotonic time source in milliseconds. */
  readonly now?: () => number;
  /** Resolves names; its answers still pass the guard. */
  readonly resolve?: Resolver;
  /** PEM certificates of further authorities to trust. There is no way to switch verification off. */
  readonly ca?: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MOST_HEADER_BYTES = 64 * 1024;

/** The {@link HttpClient} over undici's connection pools: keep-alive, HTTP/1.1, guarded sockets. One instance per process. */
export class UndiciHttpClient implements HttpClient {
  private readonly agent: Agent;
  private readonly guard: OutboundGuard;
  private readonly now: () => number;

  constructor(private readonly options: UndiciHttpClientOptions) {
    this.guard = new OutboundGuard(options.guard);
    this.now = options.now ?? (() => performance.now());
    this.agent = new Agent({
      connections: options.maxConnectionsPerOrigin,
      pipelining: 1,
      maxHeaderSize: MOST_HEADER_BYTES,
      // Both restart with every byte; the exchange has a limit of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: guardedConnector(this.guard, {
        timeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        ...(options.resolve !== undefined && { resolve: options.resolve }),
        ...(options.ca !== undefined && { ca: options.ca }),
      }),
    });
  }

  async send(request: OutboundRequest): Promise<OutboundResponse> {
    const started = this.now();
    let hop = firstHop(request);
    for (let redirects = 0; ; redirects += 1) {
      const raw = await this.sendHop(request, hop, request.timeoutMs - (this.now() - started));
      const { location } = raw.headers;
      if (!isRedirect(raw.status, location)) return this.answer(raw, hop.url, request, started);
      if (redirects === MOST_REDIRECTS) throw tooManyRedirects(request);
      hop = nextHop(hop, { status: raw.status, location }, request);
    }
  }

  /** Waits for requests under way, then closes every connection. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  private async answer(raw: RawAnswer, url: URL, request: OutboundRequest, started: number): Promise<OutboundResponse> {
    if (raw.arriving === undefined) {
      const decoded = decodeAnswer(raw, request);
      return toResponse(raw, url, { ...decoded, size: raw.bytes.length, durationMs: this.now() - started });
    }
    const rest = readRows(raw, request);
    const { isLast, ...first } = await rest.next();
    return toResponse(raw, url, { ...first, durationMs: this.now() - started, ...(!isLast && { rest }) });
  }

  private async sendHop(request: OutboundRequest, hop: Hop, timeoutMs: number): Promise<RawAnswer> {
    const { url } = hop;
    this.guard.assert(url);
    const headers = headersFor(request, hop, this.options.userAgent);
    const { origin } = url;
    const { decode, signal } = request;
    const path = url.search === '' ? url.pathname : url.pathname + url.search;
    return exchange(
      this.agent,
      { origin, path, method: hop.method, headers, body: hop.body ?? null },
      {
        origin,
        timeoutMs,
        maxBytes: decode.maxBytes,
        signal,
        streams: (status, arrived) => status < 400 && rowKind(arrived['content-type'], decode) !== null,
      },
    );
  }
}

function firstHop(request: OutboundRequest): Hop {
  if (!URL.canParse(request.url)) throw new TransportError('invalid_url', 'The address of the request cannot be read.');
  return { url: new URL(request.url), method: request.method, body: request.body, credentials: true };
}

function decodeAnswer({ bytes, fault, headers }: RawAnswer, { decode }: OutboundRequest): DecodedBody {
  return fault === undefined ? decodeBody(bytes, headers['content-type'], decode) : { body: null, fault };
}

type Read = Omit<OutboundResponse, 'status' | 'headers' | 'url' | 'links' | 'linkParams'>;

function toResponse(raw: RawAnswer, url: URL, read: Read): OutboundResponse {
  const headers = joinHeaders(raw.headers);
  url.hash = '';
  const { href } = url;
  const { links, linkParams } = headers.link === undefined ? NO_LINKS : parseLinks(headers.link, href);
  return { status: raw.status, headers, url: href, links, linkParams, ...read };
}

function joinHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) joined[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}

function tooManyRedirects(request: OutboundRequest): TransportError {
  const { origin } = new URL(request.url);
  return new TransportError('too_many_redirects', `${origin} redirected more than ${MOST_REDIRECTS} times.`, {
    origin,
  });
}
