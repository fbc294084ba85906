/** A refresh token that replaces the config's first one. */
export interface StoredRefreshToken {
  readonly token: string;
  /** Raised by each replacement. */
  readonly generation: number;
  /** Fingerprint of the config's refresh token that it descends from: another one there starts anew. */
  readonly seed: string;
}

/** Keeps rotating refresh tokens. A token is recorded as used before it is sent and replaced only by generation. */
export interface TokenVault {
  read(key: string): Promise<StoredRefreshToken | null>;
  /** Records that a generation (0: the config's own) is about to be used. */
  markUsed(key: string, generation: number): Promise<void>;
  /** Stores the successor of `generation`; false when somebody else replaced it already. */
  replace(key: string, generation: number, next: Omit<StoredRefreshToken, 'generation'>): Promise<boolean>;
}
