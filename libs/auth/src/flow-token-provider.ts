import { createHash } from 'node:crypto';
import { ExpressionError } from '@orchid/expression';
import type { HttpClient } from '@orchid/http-client';
import { type Clock, isJsonObject, type JsonObject, type JsonValue, parseJson, stringifyJson } from '@orchid/kernel';
import { AuthError } from './auth.errors';
import type { CompiledAuthFlow, Rendered } from './compiled-auth-flow';
import { expiryOf, usableUntil } from './expiry';
import { memoryVaultOf } from './memory-token-vault';
import { signed, TokenExchange } from './obtain-token';
import { isEntryOf, SharedToken, type UsableToken } from './shared-token';
import { shareFlight, unlessAborted } from './single-flight';
import type { TokenCache } from './token-cache.port';
import type { AuthToken, TokenProvider } from './token-provider.port';
import type { TokenVault } from './token-vault.port';

export interface FlowTokenProviderOptions {
  readonly tenantId: string;
  readonly configId: string;
  /** The integration's flows by name. */
  readonly flows: ReadonlyMap<string, CompiledAuthFlow>;
  /** The config's values, secrets decrypted. */
  readonly config: JsonObject;
  readonly http: HttpClient;
  /** Share one between the providers of a process: it is also what makes them obtain a token together. */
  readonly cache: TokenCache;
  readonly clock: Clock;
  /** Refresh tokens that rotate; in memory beside the cache when absent. */
  readonly vault?: TokenVault;
}

interface Memo {
  readonly presented: AuthToken;
  readonly usableUntil: number;
}

/** Tokens of one tenant and config by their auth flows: obtained once, shared through the cache, kept at hand for an execution. */
export class FlowTokenProvider implements TokenProvider {
  private readonly memos = new Map<string, Memo>();
  private readonly vault: TokenVault;

  constructor(private readonly options: FlowTokenProviderOptions) {
    this.vault = options.vault ?? memoryVaultOf(options.cache);
  }

  async get(flowName: string, signal?: AbortSignal): Promise<AuthToken> {
    const memo = this.memos.get(flowName);
    if (memo !== undefined && memo.usableUntil > this.options.clock.now()) return memo.presented;
    signal?.throwIfAborted();
    const flow = this.flow(flowName);
    const token = await unlessAborted(this.token(flow), signal);
    const presented = this.present(flow, token);
    this.memos.set(flowName, { presented, usableUntil: token.usableUntil });
    return presented;
  }

  async reject(flowName: string, token: AuthToken): Promise<void> {
    if (this.memos.get(flowName)?.presented.token === token.token) this.memos.delete(flowName);
    const { source } = this.flow(flowName);
    if (source.kind !== 'exchange') return;
    await this.options.cache.drop(this.key(flowName), (value) => isEntryOf(value, token.token));
  }

  private flow(name: string): CompiledAuthFlow {
    const flow = this.options.flows.get(name);
    if (flow !== undefined) return flow;
    const known = [...this.options.flows.keys()].join(', ');
    throw new AuthError('auth_flow_not_found', name, `the integration has no such flow; it has: ${known || 'none'}`);
  }

  private async token(flow: CompiledAuthFlow): Promise<UsableToken> {
    const { source } = flow;
    switch (source.kind) {
      case 'config':
        return { token: this.fromConfig(flow, source.token), expiresAt: null, usableUntil: Infinity, fields: {} };
      case 'signed':
        return this.sign(flow, source.token);
      case 'interactive':
        throw new AuthError(
          'auth_flow_unsupported',
          flow.name,
          `the type ${flow.document.type} cannot obtain a token yet`,
        );
      case 'exchange': {
        const { http, clock, config, cache } = this.options;
        const ports = { http, clock, vault: this.vault };
        const key = this.key(flow.name);
        const exchange = new TokenExchange(flow, source, config, ports, key);
        const fingerprint = fingerprintOf([flow.document as unknown as JsonValue, config]);
        const obtain = () => exchange.obtain();
        const shared = new SharedToken(cache, clock, {
          flow: flow.name,
          key,
          fingerprint,
          skewMs: flow.skewMs,
          obtain,
        });
        return shareFlight(cache, `${key} ${fingerprint}`, () => shared.get());
      }
    }
  }

  private sign(flow: CompiledAuthFlow, assertion: Rendered): UsableToken {
    const now = this.options.clock.now();
    const token = textOf(signed(flow, () => assertion.render({ config: this.options.config })));
    const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const expiresAt = expiryOf((isJsonObject(claims) ? claims.exp : null) ?? null, now);
    const until = expiresAt === null ? now : usableUntil(expiresAt, now, flow.skewMs);
    return { token, expiresAt, usableUntil: until, fields: {} };
  }

  private fromConfig(flow: CompiledAuthFlow, template: Rendered): string {
    const value = this.rendered(flow, () => template.render({ config: this.options.config }));
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
    throw new AuthError('auth_bad_flow', flow.name, 'the config has no value for its token');
  }

  private present(flow: CompiledAuthFlow, { token, expiresAt, fields }: UsableToken): AuthToken {
    const { header, param } = flow;
    const scope = { config: this.options.config, auth: { ...fields, token, access_token: token } };
    const headers: Record<string, string> = {};
    if (header !== null) {
      const value = textOf(this.rendered(flow, () => header.format.render(scope)));
      if (/[\r\n\0]/.test(value)) {
        throw new AuthError('auth_bad_response', flow.name, `the token does not fit into the header ${header.name}`);
      }
      headers[header.name] = value;
    }
    return { token, headers, ...(param !== null && { params: { [param]: token } }), expiresAt, fields };
  }

  private rendered(flow: CompiledAuthFlow, render: () => JsonValue): JsonValue {
    try {
      return render();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new AuthError('auth_bad_flow', flow.name, error.message, { cause: error });
    }
  }

  private key(flow: string): string {
    return [this.options.tenantId, this.options.configId, flow].map(encodeURIComponent).join(':');
  }
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}

function fingerprintOf(facts: JsonValue[]): string {
  return createHash('sha256').update(stringifyJson(facts)).digest('base64url');
}
