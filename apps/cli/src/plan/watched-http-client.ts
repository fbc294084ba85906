import { type HttpClient, OutboundBlocked, type OutboundRequest, type OutboundResponse } from '@orchid/http-client';

/** Remembers which destinations the outbound guard refused, so that the author can be told how to allow them. */
export class WatchedHttpClient implements HttpClient {
  /** `host:port` of each. */
  readonly blocked = new Set<string>();

  constructor(private readonly inner: HttpClient) {}

  async send(request: OutboundRequest): Promise<OutboundResponse> {
    try {
      return await this.inner.send(request);
    } catch (error) {
      if (error instanceof OutboundBlocked) this.remember(request.url, error);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private remember(url: string, { reason, details }: OutboundBlocked): void {
    // Only these two are a matter of where the destination is; no option makes another scheme acceptable.
    if (reason !== 'address' && reason !== 'port') return;
    const { hostname, port, protocol } = new URL(url);
    const usualPort = protocol === 'https:' ? '443' : '80';
    // Another host was redirected to; its port is not told.
    const host = typeof details.host === 'string' ? details.host : hostname;
    this.blocked.add(host === hostname ? `${host}:${port || usualPort}` : `${host}:*`);
  }
}

/** What to do about refused destinations. */
export function allowHint(blocked: ReadonlySet<string>): string {
  const list = [...blocked].join(' ');
  return [
    `Plans reach public addresses on ports 80 and 443 only; ${list} is not one of them.`,
    `If you mean it, run this again with: --allow-private ${list}`,
  ].join('\n');
}
