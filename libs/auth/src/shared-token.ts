import type { Clock } from '@orchid/kernel';
import { isJsonObject, type JsonObject, OrchidError, parseJson, type Retry, stringifyJson } from '@orchid/kernel';
import { AuthError, type AuthErrorCode } from './auth.errors';
import { usableUntil } from './expiry';
import type { ObtainedToken } from './obtain-token';
import type { TokenCache, TokenLock } from './token-cache.port';

/** A dead worker's lock ends after this time; a living one extends it. */
const LOCK_LEASE_MS = 10_000;
const FIRST_LOOK_MS = 20;
const SLOWEST_LOOK_MS = 250;
const PATIENCE_MS = 120_000;
/** For so long a refusal is the answer to everybody: nobody storms an endpoint that just said no. */
const REFUSAL_TTL_MS = 10_000;
/** How long a token of unknown life is shared. */
const UNKNOWN_LIFE_MS = 3_600_000;

export interface UsableToken extends ObtainedToken {
  readonly usableUntil: number;
}

export interface SharedTokenOptions {
  readonly flow: string;
  readonly key: string;
  /** Stands for the flow and config a token was made for: what was made for others is not used. */
  readonly fingerprint: string;
  readonly skewMs: number | null;
  readonly obtain: () => Promise<ObtainedToken>;
}

/** One token that many workers use and one of them obtains. */
export class SharedToken {
  constructor(
    private readonly cache: TokenCache,
    private readonly clock: Clock,
    private readonly options: SharedTokenOptions,
  ) {}

  /** The cached token, or a fresh one that this or another worker obtains. Throws `AuthError`. */
  async get(): Promise<UsableToken> {
    try {
      return await this.getOrObtain();
    } catch (error) {
      if (error instanceof AuthError || !(error instanceof OrchidError)) throw error;
      const reason = `the token cache cannot be used (${error.code})`;
      throw new AuthError('auth_unavailable', this.options.flow, reason, { cause: error, retry: 'backoff' });
    }
  }

  private async getOrObtain(): Promise<UsableToken> {
    const deadline = this.clock.now() + PATIENCE_MS;
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, SLOWEST_LOOK_MS)) {
      const cached = await this.read();
      if (cached !== null) return cached;
      const lock = await this.cache.lock(this.options.key, LOCK_LEASE_MS);
      if (lock !== null) return this.obtainUnder(lock);
      if (this.clock.now() > deadline) {
        const reason = 'another worker has been obtaining the token for too long';
        throw new AuthError('auth_unavailable', this.options.flow, reason, { retry: 'backoff' });
      }
      await this.clock.sleep(pause);
    }
  }

  private async obtainUnder(lock: TokenLock): Promise<UsableToken> {
    const done = new AbortController();
    void this.keepAlive(lock, done.signal);
    try {
      // Between the look and the lock another worker may have stored it.
      return (await this.read()) ?? (await this.obtainAndShare());
    } finally {
      done.abort();
      await lock.release();
    }
  }

  private async obtainAndShare(): Promise<UsableToken> {
    try {
      const token = await this.options.obtain();
      const now = this.clock.now();
      const until =
        token.expiresAt === null ? now + UNKNOWN_LIFE_MS : usableUntil(token.expiresAt, now, this.options.skewMs);
      await this.write({ ...token, usableUntil: until }, until - now);
      return { ...token, usableUntil: until };
    } catch (error) {
      if (error instanceof AuthError) await this.write(refusalOf(error), REFUSAL_TTL_MS);
      throw error;
    }
  }

  private async keepAlive(lock: TokenLock, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.clock.sleep(LOCK_LEASE_MS / 3, signal);
        await lock.extend(LOCK_LEASE_MS);
      }
    } catch {
      // Done, or the cache is away: then the lock ends by itself.
    }
  }

  private write(entry: JsonObject, ttlMs: number): Promise<void> {
    const text = stringifyJson({ ...entry, fingerprint: this.options.fingerprint });
    return this.cache.set(this.options.key, text, Math.max(1, Math.ceil(ttlMs)));
  }

  private async read(): Promise<UsableToken | null> {
    const entry = parseEntry(await this.cache.get(this.options.key));
    if (entry?.fingerprint !== this.options.fingerprint) return null;
    if (typeof entry.refusal === 'string') {
      const reason = typeof entry.reason === 'string' ? entry.reason : '';
      throw new AuthError(entry.refusal as AuthErrorCode, this.options.flow, reason, {
        retry: entry.retry as Retry,
        details: entry.details as JsonObject,
      });
    }
    const token = entry as unknown as UsableToken;
    return token.usableUntil > this.clock.now() ? token : null;
  }
}

/** Whether a cached text is the entry of this token. */
export function isEntryOf(text: string, token: string): boolean {
  return parseEntry(text)?.token === token;
}

function refusalOf(error: AuthError): JsonObject {
  const retry = typeof error.retry === 'string' ? error.retry : { at: error.retry.at };
  return { refusal: error.code, reason: error.reason, retry, details: { ...error.details } };
}

function parseEntry(text: string | null): JsonObject | null {
  const entry = text === null ? null : parseJson(text);
  return isJsonObject(entry) ? entry : null;
}
