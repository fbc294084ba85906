import type { Clock } from '@orchid/kernel';
import type { TokenCache, TokenLock } from './token-cache.port';

interface Entry {
  readonly value: string;
  readonly until: number;
}

/** Tokens of one process. */
export class MemoryTokenCache implements TokenCache {
  private readonly entries = new Map<string, Entry>();
  private readonly locks = new Map<string, { until: number }>();

  constructor(private readonly clock: Clock) {}

  get(key: string): Promise<string | null> {
    const entry = this.entries.get(key);
    return Promise.resolve(entry !== undefined && entry.until > this.clock.now() ? entry.value : null);
  }

  set(key: string, value: string, ttlMs: number): Promise<void> {
    this.entries.set(key, { value, until: this.clock.now() + ttlMs });
    return Promise.resolve();
  }

  drop(key: string, matches: (value: string) => boolean): Promise<void> {
    const entry = this.entries.get(key);
    if (entry !== undefined && matches(entry.value)) this.entries.delete(key);
    return Promise.resolve();
  }

  lock(key: string, leaseMs: number): Promise<TokenLock | null> {
    const held = this.locks.get(key);
    if (held !== undefined && held.until > this.clock.now()) return Promise.resolve(null);
    const mine = { until: this.clock.now() + leaseMs };
    this.locks.set(key, mine);
    return Promise.resolve({
      extend: (ms) => {
        mine.until = this.clock.now() + ms;
        return Promise.resolve(this.locks.get(key) === mine);
      },
      release: () => {
        if (this.locks.get(key) === mine) this.locks.delete(key);
        return Promise.resolve();
      },
    });
  }
}
