import type { HttpClient, OutboundRequest, OutboundResponse } from '@orchid/http-client';
import { type Clock, type JsonObject, OrchidError, systemClock } from '@orchid/kernel';
import type { AuthFlowDocument } from './auth-flow-document';
import { compileAuthFlow } from './compile-auth-flow';
import { FlowTokenProvider } from './flow-token-provider';
import { MemoryTokenCache } from './memory-token-cache';
import type { TokenCache } from './token-cache.port';
import type { TokenVault } from './token-vault.port';

export type Answer = Partial<OutboundResponse> | OrchidError;

/** Answers from a list, the last one for good, and remembers what was asked. */
export class ScriptedHttp implements HttpClient {
  readonly requests: OutboundRequest[] = [];

  constructor(private readonly answers: readonly Answer[]) {}

  async send(request: OutboundRequest): Promise<OutboundResponse> {
    this.requests.push(request);
    const answer = this.answers[Math.min(this.requests.length, this.answers.length) - 1] ?? {};
    await new Promise((resolve) => setImmediate(resolve));
    if (answer instanceof OrchidError) throw answer;
    return { status: 200, headers: {}, url: request.url, body: null, links: {}, size: 0, durationMs: 1, ...answer };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export const START = 1_700_000_000_000;

/** Jumps instead of sleeping. */
export class JumpingClock implements Clock {
  readonly slept: number[] = [];
  constructor(public time = START) {}
  now = (): number => this.time;
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal !== undefined) return systemClock.sleep(ms, signal);
    this.slept.push(ms);
    this.time += ms;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const token = (access_token: string, more: JsonObject = {}): Answer => ({
  body: { access_token, expires_in: 3600, ...more },
});
export const transient = new OrchidError('refused', { code: 'connection_failed', type: 'transient' });

export interface Setup {
  readonly config?: JsonObject;
  readonly cache?: TokenCache;
  readonly vault?: TokenVault;
}

export function provideOn(clock: Clock, document: AuthFlowDocument, answers: readonly Answer[], setup: Setup) {
  const http = new ScriptedHttp(answers);
  const flow = compileAuthFlow(document, { now: () => clock.now() });
  const provider = new FlowTokenProvider({
    tenantId: 'tenant',
    configId: 'config',
    flows: new Map([[flow.name, flow]]),
    config: setup.config ?? { id: 'me', secret: 's3cret', base_url: 'https://api.example' },
    http,
    cache: setup.cache ?? new MemoryTokenCache(clock),
    clock,
    ...(setup.vault !== undefined && { vault: setup.vault }),
  });
  return { provider, http };
}

/** The same on a clock that jumps. */
export function provide(
  document: AuthFlowDocument,
  answers: readonly Answer[],
  setup: Setup & { readonly clock?: JumpingClock } = {},
) {
  const clock = setup.clock ?? new JumpingClock();
  return { ...provideOn(clock, document, answers, setup), clock };
}

export const credentials: AuthFlowDocument = {
  name: 'oauth',
  type: 'oauth2_client_credentials',
  token_url: '{config.base_url}/oauth/token',
  client_id: '{config.id}',
  client_secret: '{config.secret}',
};
export const refreshing: AuthFlowDocument = {
  ...credentials,
  type: 'oauth2_refresh_token',
  refresh_token: '{config.refresh}',
};
export const custom: AuthFlowDocument = {
  name: 'login',
  type: 'custom',
  request: {
    url: '{config.base_url}/login',
    method: 'POST',
    headers: { 'X-App': 'orchid' },
    body: { user: '{config.id}', secret: '{config.secret}' },
  },
  token_path: 'response.body.session.key',
  expires_in_path: 'response.body.session.ends',
  fields: { instance_url: 'response.body.instance' },
};
export const form = (request: OutboundRequest | undefined) =>
  Object.fromEntries(new URLSearchParams(String(request?.body)));
