/** What a caller may do; each role includes those before it, but for `publisher`, who may only post events. */
export const ROLES = ['viewer', 'operator', 'editor', 'admin', 'publisher'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls, proved or - in development - believed. */
export interface Identity {
  readonly tenantId: string;
  /** A name for logs and histories, not a key. */
  readonly userId: string;
  readonly roles: readonly Role[];
}
