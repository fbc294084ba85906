import { type ErrorType, type JsonValue, OrchidError, type Retry } from '@orchid/kernel';

/**
 * Why records were not published. `broker_unavailable` and `publisher_overloaded` are worth another try later,
 * `publisher_closed` is worth one elsewhere; the others stay as they are until somebody changes the message or the set-up.
 */
export type PublishErrorCode =
  | 'broker_unavailable'
  | 'broker_refused'
  | 'message_too_large'
  | 'publisher_closed'
  | 'publisher_overloaded'
  | 'unroutable';

const KINDS: Readonly<Record<PublishErrorCode, { readonly type: ErrorType; readonly retry: Retry }>> = {
  broker_unavailable: { type: 'transient', retry: 'backoff' },
  broker_refused: { type: 'config', retry: 'never' },
  message_too_large: { type: 'permanent', retry: 'never' },
  publisher_closed: { type: 'transient', retry: 'backoff' },
  publisher_overloaded: { type: 'transient', retry: 'backoff' },
  unroutable: { type: 'config', retry: 'never' },
};

export interface PublishErrorOptions {
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, JsonValue>>;
}

export class PublishError extends OrchidError {
  declare readonly code: PublishErrorCode;

  constructor(code: PublishErrorCode, message: string, options: PublishErrorOptions = {}) {
    super(message, { code, ...KINDS[code], ...options });
  }

  static unavailable(what: string, cause?: unknown): PublishError {
    const message = (cause as Partial<Error> | undefined)?.message ?? '';
    const why = message === '' ? '' : `: ${message}`;
    return new PublishError('broker_unavailable', `${what}${why}`, { cause });
  }
}

/** Whether sending the same records again, unchanged, may work. */
export function isTransient(error: PublishError): boolean {
  return error.code === 'broker_unavailable';
}
