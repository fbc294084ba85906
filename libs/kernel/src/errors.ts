import type { JsonValue } from './json';

/** What kind of failure ended an execution, as stored and published in `error_type`. */
export type ErrorType = 'transient' | 'permanent' | 'rate_limit' | 'partial' | 'timeout' | 'auth' | 'config';

/** When the same thing may be tried again; `at` is in milliseconds since the epoch. */
export type Retry = 'never' | 'backoff' | { readonly at: number };

export interface OrchidErrorOptions {
  readonly code: string;
  readonly type?: ErrorType;
  readonly retry?: Retry;
  readonly cause?: unknown;
  /** Facts safe to show and store: never a secret. */
  readonly details?: Readonly<Record<string, JsonValue>>;
}

/** A failure that callers are expected to understand. `code` is stable and part of the contract; `message` is for a person. */
export class OrchidError extends Error {
  readonly code: string;
  readonly type: ErrorType;
  readonly retry: Retry;
  readonly details: Readonly<Record<string, JsonValue>>;

  constructor(message: string, options: OrchidErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.type = options.type ?? 'permanent';
    this.retry = options.retry ?? 'never';
    this.details = options.details ?? {};
  }
}

/** One thing wrong with a document: where (JSONPath such as `$.step.url`), what, and what to do about it. */
export interface Fault {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
