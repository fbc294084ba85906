import type { StoredRefreshToken, TokenVault } from './token-vault.port';

const vaults = new WeakMap<object, MemoryTokenVault>();

/** One vault in memory for all who share `realm`. */
export function memoryVaultOf(realm: object): MemoryTokenVault {
  const vault = vaults.get(realm) ?? new MemoryTokenVault();
  vaults.set(realm, vault);
  return vault;
}

/** Refresh tokens of one process, lost with it: for tests and embedded use. */
export class MemoryTokenVault implements TokenVault {
  private readonly tokens = new Map<string, StoredRefreshToken>();
  /** The generation last recorded as used, by key. */
  readonly used = new Map<string, number>();

  read(key: string): Promise<StoredRefreshToken | null> {
    return Promise.resolve(this.tokens.get(key) ?? null);
  }

  markUsed(key: string, generation: number): Promise<void> {
    this.used.set(key, generation);
    return Promise.resolve();
  }

  replace(key: string, generation: number, next: Omit<StoredRefreshToken, 'generation'>): Promise<boolean> {
    if ((this.tokens.get(key)?.generation ?? 0) !== generation) return Promise.resolve(false);
    this.tokens.set(key, { ...next, generation: generation + 1 });
    return Promise.resolve(true);
  }
}
