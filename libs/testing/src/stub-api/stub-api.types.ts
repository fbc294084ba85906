/** One request as the stub saw it; the oracle of fault tests counts over these. */
export interface LedgerEntry {
  readonly seq: number;
  /** Arrival, in milliseconds since the epoch. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Which page of a list was asked for, from 1, however it was addressed; null for anything else. */
  readonly page: number | null;
  /** The id in the path of a request about one item. */
  readonly item: string | null;
  /** The bearer token that came with it. */
  readonly token: string | null;
  /** From the header `x-tenant-id` or the parameter `tenant`. */
  readonly tenant: string | null;
  /** The body it came with, except at the token endpoint. */
  body?: string;
  /** 0 while unanswered, and for ever when the stub hung up or kept silent. */
  status: number;
}

/** What to do instead of answering properly. */
export type FaultKind =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'drip'; readonly everyMs?: number }
  | { readonly kind: 'half_body' }
  | { readonly kind: 'invalid_json' }
  | { readonly kind: 'html' }
  | { readonly kind: 'deep_json'; readonly depth?: number }
  | { readonly kind: 'huge'; readonly bytes: number }
  | { readonly kind: 'gzip_bomb'; readonly bytes: number }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  | { readonly kind: 'delay'; readonly ms: number };

/** A fault for some requests: those to `path` (a trailing `*` is any rest), after the first `after`, `times` times. */
export type FaultRule = FaultKind & {
  readonly path: string;
  readonly method?: string;
  /** How often it strikes; without it, always. */
  readonly times?: number;
  /** How many matching requests go through first. */
  readonly after?: number;
};

export interface StubApiOptions {
  readonly port?: number;
  readonly host?: string;
  /** How many contacts exist. Default 100. */
  readonly contacts?: number;
  /** How many users exist. Default 30. */
  readonly users?: number;
  /** Page size where the request names none. Default 20. */
  readonly pageSize?: number;
  /** Numbers of users whose settings answer 404. */
  readonly missingSettings?: readonly number[];
  /** Whether everything under /api demands a live token of /oauth/token. */
  readonly requireToken?: boolean;
  readonly tokenLifetimeSeconds?: number;
  /** Hands out refresh tokens too; `rotate` makes each good for one use. */
  readonly refreshTokens?: 'keep' | 'rotate';
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Requests under /api per window, over all callers; beyond it 429 with Retry-After. */
  readonly rateLimit?: { readonly limit: number; readonly windowSeconds: number };
  /** Delay of every answer under /api. */
  readonly latencyMs?: number;
  readonly faults?: readonly FaultRule[];
  /** `false` keeps counters only: for benchmarks. */
  readonly ledger?: boolean;
}

export interface StubStats {
  readonly requests: number;
  readonly tokenCalls: number;
  readonly inFlight: number;
  readonly mostInFlight: number;
  /** By route, such as `GET /api/contacts/:id/details`. */
  readonly byRoute: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
}
