import { randomUUID } from 'node:crypto';
import { OrchidError } from '@orchid/kernel';
import type { Redis } from 'ioredis';
import type { Cipher, TokenCache, TokenLock } from './token-cache.port';

/** How long Redis may take before it counts as away. */
const ANSWER_WITHIN_MS = 1_500;
/** Both scripts act only when the key still holds what the caller knows of it. */
const DROP_IF_SAME = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;
const EXTEND_IF_SAME = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;

export interface RedisTokenCacheOptions {
  /** Put in front of every key. */
  readonly keyPrefix: string;
  /** Seals what is stored, with the key as additional data. */
  readonly cipher: Cipher;
}

/** Redis did not answer; tokens cannot be shared meanwhile. */
export class TokenCacheUnavailable extends OrchidError {
  constructor(cause: unknown) {
    super('the token cache cannot be reached', {
      code: 'token_cache_unavailable',
      type: 'transient',
      retry: 'backoff',
      cause,
    });
  }
}

/** Tokens of all workers, encrypted. Throws {@link TokenCacheUnavailable}. */
export class RedisTokenCache implements TokenCache {
  constructor(
    private readonly redis: Redis,
    private readonly options: RedisTokenCacheOptions,
  ) {}

  async get(key: string): Promise<string | null> {
    const sealed = await within(this.redis.get(this.token(key)));
    return sealed === null ? null : this.open(key, sealed);
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    const sealed = this.options.cipher.seal(value, key);
    await within(this.redis.set(this.token(key), sealed, 'PX', ttlMs));
  }

  async drop(key: string, matches: (value: string) => boolean): Promise<void> {
    const sealed = await within(this.redis.get(this.token(key)));
    const value = sealed === null ? null : this.open(key, sealed);
    if (sealed === null || value === null || !matches(value)) return;
    await within(this.redis.eval(DROP_IF_SAME, 1, this.token(key), sealed));
  }

  async lock(key: string, leaseMs: number): Promise<TokenLock | null> {
    const name = `${this.options.keyPrefix}auth:lock:${key}`;
    const owner = randomUUID();
    const taken = await within(this.redis.set(name, owner, 'PX', leaseMs, 'NX'));
    if (taken === null) return null;
    return {
      extend: async (ms) => (await within(this.redis.eval(EXTEND_IF_SAME, 1, name, owner, ms))) === 1,
      release: async () => {
        await within(this.redis.eval(DROP_IF_SAME, 1, name, owner));
      },
    };
  }

  private token(key: string): string {
    return `${this.options.keyPrefix}auth:token:${key}`;
  }

  /** What cannot be opened - its key is retired, or it was tampered with - is as good as absent. */
  private open(key: string, sealed: string): string | null {
    try {
      return this.options.cipher.open(sealed, key);
    } catch {
      return null;
    }
  }
}

async function within<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Redis did not answer in time')), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    throw new TokenCacheUnavailable(error);
  } finally {
    clearTimeout(timer);
  }
}
