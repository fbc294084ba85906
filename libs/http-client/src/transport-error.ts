import { OrchidError } from '@orchid/kernel';

export type TransportCode =
  | 'timeout'
  | 'connection_failed'
  | 'truncated'
  | 'malformed_response'
  | 'client_closed'
  | 'aborted'
  | 'tls_error'
  | 'too_many_redirects'
  | 'bad_redirect'
  | 'invalid_url'
  | 'invalid_request'
  | 'headers_too_large';

/** Codes whose cause lies with the other host's state of the moment: sending again may help. */
const TRANSIENT: ReadonlySet<TransportCode> = new Set<TransportCode>([
  'timeout',
  'connection_failed',
  'truncated',
  'malformed_response',
  'client_closed',
  'aborted',
]);

/**
 * A request that got no usable answer. `transient` with backoff, except where sending the same again cannot end otherwise
 * (`tls_error`, redirects, a request that HTTP does not allow): those are `permanent`. Carries no header value and no query.
 */
export class TransportError extends OrchidError {
  declare readonly code: TransportCode;

  constructor(code: TransportCode, message: string, details: Readonly<Record<string, string | number>> = {}) {
    const transient = TRANSIENT.has(code);
    super(message, {
      code,
      type: transient ? 'transient' : 'permanent',
      retry: transient ? 'backoff' : 'never',
      details,
    });
  }
}

export type BlockReason = 'scheme' | 'port' | 'userinfo' | 'host' | 'address' | 'denied' | 'not_listed';

const BLOCK_TEXT: Readonly<Record<BlockReason, string>> = {
  scheme: 'only http and https are allowed',
  port: 'its port is not among the allowed ones',
  userinfo: 'an address must not carry a user name or password',
  host: 'its host is not a valid name',
  address: 'it is not, or does not resolve only to, public unicast addresses',
  denied: 'the host is on the deny list',
  not_listed: 'the host is not among those that may be reached',
};

/** The outbound guard refused an address; nothing was sent to it. Never retried. `details.reason` says which rule. */
export class OutboundBlocked extends OrchidError {
  constructor(
    readonly reason: BlockReason,
    host: string,
  ) {
    super(`The address of "${host}" is refused: ${BLOCK_TEXT[reason]}.`, {
      code: 'outbound_blocked',
      type: 'permanent',
      retry: 'never',
      details: { reason, host },
    });
  }
}
