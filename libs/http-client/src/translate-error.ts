import { OrchidError } from '@orchid/kernel';

import { errorCode } from './error-code';
import { TransportError, type TransportCode } from './transport-error';

interface Rule {
  readonly matches: RegExp;
  readonly code: TransportCode;
  readonly message: string;
}

const RULES: readonly Rule[] = [
  { matches: /^(UND_ERR_\w*TIMEOUT|ETIMEDOUT)$/, code: 'timeout', message: 'took too long to answer' },
  {
    matches: /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|HOSTNAME_|INVALID_|CRL_|EPROTO$)/,
    code: 'tls_error',
    message: 'could not prove its identity over TLS',
  },
  { matches: /^(ENOTFOUND|EAI_\w+)$/, code: 'connection_failed', message: 'has a name that could not be resolved' },
  {
    matches: /^(UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/,
    code: 'headers_too_large',
    message: 'sent headers beyond the limit',
  },
  { matches: /^HPE_INVALID_EOF_STATE$/, code: 'truncated', message: 'closed the connection inside its answer' },
  {
    matches: /^(UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|UND_ERR_REQ_CONTENT_LENGTH_MISMATCH)$/,
    code: 'invalid_request',
    message: 'cannot be sent this request: a header or the method is not valid in HTTP',
  },
  { matches: /^UND_ERR_(CLOSED|DESTROYED)$/, code: 'client_closed', message: 'was not asked: the client is closed' },
];

/** undici leaves out the parser's own code for most faults, so the error's name stands in. */
const PARSER_ERROR = /^(HPE_|HTTPParserError$)/;

/**
 * Turns what undici, net or tls reported into an error of ours. The cause is dropped on purpose, its code kept: parser errors
 * quote bytes of the answer. `answering`: the head of the answer had arrived.
 */
export function translateError(error: unknown, origin: string, answering: boolean): OrchidError {
  if (error instanceof OrchidError) return error;
  const cause = errorCode(error) ?? (error instanceof Error ? error.name : 'unknown');
  const rule = RULES.find(({ matches }) => matches.test(cause)) ?? otherwise(cause, answering);
  return new TransportError(rule.code, `${origin} ${rule.message} (${cause}).`, { origin, cause });
}

function otherwise(cause: string, answering: boolean): Pick<Rule, 'code' | 'message'> {
  if (answering) return { code: 'truncated', message: 'closed the connection inside its answer' };
  if (PARSER_ERROR.test(cause)) return { code: 'malformed_response', message: 'sent something that is not HTTP' };
  return { code: 'connection_failed', message: 'could not be reached' };
}
