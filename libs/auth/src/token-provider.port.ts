import type { JsonObject } from '@orchid/kernel';

/** What `auth` holds in a scope. */
export interface AuthToken {
  readonly token: string;
  /** Added to each request unless the step sets the header itself. */
  readonly headers: Readonly<Record<string, string>>;
  /** Added to the query of each request unless the step sets the param itself. */
  readonly params?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; null when the token does not expire. */
  readonly expiresAt: number | null;
  readonly fields: JsonObject;
}

/** Tokens of one tenant and config; the engine's view of authentication. */
export interface TokenProvider {
  /** A valid token of the named flow, from the cache or fresh. Throws `AuthError` (type `auth`), naming flow and reason. */
  get(flow: string, signal?: AbortSignal): Promise<AuthToken>;
  /** Says that the API refused this token: the next {@link get} obtains another one. */
  reject(flow: string, token: AuthToken): Promise<void>;
}
