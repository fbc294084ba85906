export interface QueueSettings {
  readonly redisUrl: string;
  /** Name of the BullMQ queue; must not contain `:`. */
  readonly name: string;
  /** Prefix of every Redis key. Kept in one hash tag, so that a Redis Cluster holds the whole queue in one slot. */
  readonly keyPrefix: string;
}

export function bullPrefix(keyPrefix: string): string {
  return `{${keyPrefix}bull}`;
}
