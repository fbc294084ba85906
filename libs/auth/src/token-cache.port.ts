/** Right to obtain a token, held by one of all workers. */
export interface TokenLock {
  /** Holds it for another `leaseMs`; false when it was lost meanwhile. */
  extend(leaseMs: number): Promise<boolean>;
  /** Idempotent; never takes away a lock that somebody else holds by now. */
  release(): Promise<void>;
}

/** Where tokens are kept between requests and shared between workers. */
export interface TokenCache {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Removes the value under `key` if it is one that matches. */
  drop(key: string, matches: (value: string) => boolean): Promise<void>;
  /** Takes the lock if it is free; null when it is not. It ends by itself after `leaseMs`. */
  lock(key: string, leaseMs: number): Promise<TokenLock | null>;
}

/** Authenticated encryption, such as AES-256-GCM: `aad` must be the same when opening. */
export interface Cipher {
  seal(text: string, aad: string): string;
  /** Throws when the text was changed, was sealed for another `aad`, or its key is gone. */
  open(sealed: string, aad: string): string;
}
