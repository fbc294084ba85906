import { createHash } from 'node:crypto';
import { ExpressionError, type Scope } from '@orchid/expression';
import type { HttpClient } from '@orchid/http-client';
import type { Clock, JsonObject, JsonValue } from '@orchid/kernel';
import { AuthError } from './auth.errors';
import type { CompiledAuthFlow, TokenSource } from './compiled-auth-flow';
import { expiryOf } from './expiry';
import { AuthRequestSender } from './send-auth-request';
import type { StoredRefreshToken, TokenVault } from './token-vault.port';

export interface ObtainedToken {
  readonly token: string;
  readonly expiresAt: number | null;
  readonly fields: JsonObject;
}

type Exchange = Extract<TokenSource, { kind: 'exchange' }>;

interface RefreshToken {
  readonly token: string | null;
  readonly generation: number;
  readonly seed: string;
}

/** Runs the requests of one flow for one config. */
export class TokenExchange {
  private readonly sender: AuthRequestSender;

  constructor(
    private readonly flow: CompiledAuthFlow,
    private readonly source: Exchange,
    private readonly config: JsonObject,
    private readonly ports: { readonly http: HttpClient; readonly clock: Clock; readonly vault: TokenVault },
    /** Under which the vault keeps this flow's refresh token. */
    private readonly vaultKey: string,
  ) {
    this.sender = new AuthRequestSender(ports.http, ports.clock, flow.name);
  }

  /** Throws `AuthError`. */
  async obtain(): Promise<ObtainedToken> {
    try {
      return await this.run();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      // The message names the expression, never the data it met.
      throw new AuthError('auth_bad_flow', this.flow.name, error.message, { cause: error });
    }
  }

  private async run(): Promise<ObtainedToken> {
    const refresh = await this.refreshToken();
    try {
      return await this.exchange(refresh);
    } catch (error) {
      if (!(error instanceof AuthError) || error.details.oauth_error !== 'invalid_grant') throw error;
      // Somebody else may have used this refresh token and stored its successor meanwhile.
      const current = await this.refreshToken();
      if (current.generation === refresh.generation) throw error;
      return this.exchange(current);
    }
  }

  private async exchange(refresh: RefreshToken): Promise<ObtainedToken> {
    if (refresh.token !== null) await this.ports.vault.markUsed(this.vaultKey, refresh.generation);
    let scope: Scope = { config: this.config, auth: this.authRoot(refresh), vars: {} };
    for (const request of this.source.requests) {
      const response = await this.sender.send(request, scope);
      scope = { ...scope, response, vars: this.varsAfter(request.id, request.vars, { ...scope, response }) };
    }
    const obtained = this.read(scope);
    await this.keep(refresh, scope);
    return obtained;
  }

  private authRoot(refresh: RefreshToken): JsonObject {
    const { assertion } = this.source;
    return {
      refresh_token: refresh.token,
      ...(assertion !== null && { assertion: signed(this.flow, () => assertion.render({ config: this.config })) }),
    };
  }

  private varsAfter(id: string | null, named: CompiledAuthFlow['fields'], scope: Scope): JsonObject {
    const response = scope.response as JsonObject;
    const vars: JsonObject = { ...(scope.vars as JsonObject), ...(id !== null && { [id]: response.body ?? null }) };
    for (const { name, expression } of named) vars[name] = expression.evaluate({ ...scope, vars });
    return vars;
  }

  private read(scope: Scope): ObtainedToken {
    const token = this.source.token.evaluate(scope);
    if ((typeof token !== 'string' && typeof token !== 'number') || token === '') {
      throw new AuthError(
        'auth_bad_response',
        this.flow.name,
        `the answer has no token at ${this.source.token.source}`,
      );
    }
    const now = this.ports.clock.now();
    const told = expiryOf(this.source.expiresIn?.evaluate(scope) ?? null, now);
    const fields: JsonObject = {};
    for (const { name, expression } of this.flow.fields) fields[name] = expression.evaluate(scope);
    return {
      token: String(token),
      expiresAt: told ?? (this.flow.ttlMs === null ? null : now + this.flow.ttlMs),
      fields,
    };
  }

  private async refreshToken(): Promise<RefreshToken> {
    const { seed, refresh } = this.source;
    if (seed === null && refresh === null) return { token: null, generation: 0, seed: '' };
    const first = asText(seed?.render({ config: this.config }) ?? null);
    const fingerprint = fingerprintOf(first ?? '');
    const stored: StoredRefreshToken | null = await this.ports.vault.read(this.vaultKey);
    if (stored?.seed === fingerprint) return stored;
    return { token: first, generation: stored?.generation ?? 0, seed: fingerprint };
  }

  /** An answer without a new refresh token keeps the old one. */
  private async keep(used: RefreshToken, scope: Scope): Promise<void> {
    const next = asText(this.source.refresh?.evaluate(scope) ?? null);
    if (next === null || next === used.token) return;
    await this.ports.vault.replace(this.vaultKey, used.generation, { token: next, seed: used.seed });
  }
}

/** Signs, and tells a key that does not fit as a fault of the flow. */
export function signed(flow: CompiledAuthFlow, sign: () => JsonValue): JsonValue {
  try {
    return sign();
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    throw new AuthError('auth_bad_flow', flow.name, `its key cannot sign with ${flow.document.alg ?? 'RS256'}`);
  }
}

function asText(value: JsonValue): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function fingerprintOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
