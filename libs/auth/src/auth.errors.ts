import { type Fault, type JsonValue, OrchidError, type Retry } from '@orchid/kernel';

export type AuthErrorCode =
  /** The token endpoint refused for good. */
  | 'auth_error'
  /** It answered, but without a usable token. */
  | 'auth_bad_response'
  /** The API refused a fresh token too. */
  | 'auth_rejected'
  /** It could not be reached, or said to come back later. */
  | 'auth_unavailable'
  /** The flow cannot be run for this config. */
  | 'auth_bad_flow'
  | 'auth_flow_not_found'
  | 'auth_flow_unsupported';

export interface AuthErrorOptions {
  readonly cause?: unknown;
  readonly retry?: Retry;
  readonly details?: Readonly<Record<string, JsonValue>>;
}

/** No token could be had. Names the flow and the reason; never a secret, a body or a header. */
export class AuthError extends OrchidError {
  declare readonly code: AuthErrorCode;

  constructor(
    code: AuthErrorCode,
    readonly flow: string,
    readonly reason: string,
    options: AuthErrorOptions = {},
  ) {
    super(`auth flow "${flow}": ${reason}`, {
      code,
      type: 'auth',
      retry: options.retry ?? 'never',
      cause: options.cause,
      details: { flow, ...options.details },
    });
  }
}

/** An auth flow document that breaks the rules; `faults` has every one of them. */
export class InvalidAuthFlow extends OrchidError {
  constructor(readonly faults: readonly Fault[]) {
    const [first] = faults;
    super(`the auth flow has ${faults.length} fault(s); the first: ${first?.path ?? '$'}: ${first?.message ?? ''}`, {
      code: 'invalid_auth_flow',
      type: 'config',
    });
  }
}
