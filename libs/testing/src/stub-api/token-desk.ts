import { randomUUID } from 'node:crypto';

import type { StubApiOptions } from './stub-api.types';

export interface TokenAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const DEFAULT_LIFETIME_SECONDS = 3600;

/** The token endpoint's books (RFC 6749, sections 4.4 and 6): short-lived access tokens, refresh tokens kept or rotated. */
export class TokenDesk {
  private readonly expiries = new Map<string, number>();
  private readonly refreshTokens = new Set<string>();

  constructor(private readonly options: StubApiOptions) {}

  isLive(token: string | null): boolean {
    return token !== null && (this.expiries.get(token) ?? 0) > Date.now();
  }

  /** Makes every token issued so far invalid. */
  revokeAll(): void {
    this.expiries.clear();
  }

  issue(fields: ReadonlyMap<string, string>, basic: string | undefined): TokenAnswer {
    if (!this.knowsClient(fields, basic)) return { status: 401, body: { error: 'invalid_client' } };
    switch (fields.get('grant_type')) {
      case 'client_credentials':
        return { status: 200, body: this.grant() };
      case 'refresh_token':
        return this.refresh(fields.get('refresh_token') ?? '');
      default:
        return { status: 400, body: { error: 'unsupported_grant_type' } };
    }
  }

  private refresh(token: string): TokenAnswer {
    if (!this.refreshTokens.has(token)) return { status: 400, body: { error: 'invalid_grant' } };
    if (this.options.refreshTokens === 'rotate') this.refreshTokens.delete(token);
    return { status: 200, body: this.grant() };
  }

  private grant(): Record<string, unknown> {
    const lifetime = this.options.tokenLifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS;
    const token = `tok-${randomUUID()}`;
    this.expiries.set(token, Date.now() + lifetime * 1000);
    const body = { access_token: token, token_type: 'Bearer', expires_in: lifetime };
    if (this.options.refreshTokens === undefined) return body;
    const refreshToken = `ref-${randomUUID()}`;
    this.refreshTokens.add(refreshToken);
    return { ...body, refresh_token: refreshToken };
  }

  private knowsClient(fields: ReadonlyMap<string, string>, basic: string | undefined): boolean {
    const { clientId, clientSecret } = this.options;
    if (clientId === undefined) return true;
    const [id = '', secret = ''] =
      basic === undefined
        ? [fields.get('client_id'), fields.get('client_secret')]
        : Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent);
    return id === clientId && (clientSecret === undefined || secret === clientSecret);
  }
}
