import type { JsonValue } from '@orchid/kernel';
import { ExpressionError } from '../expression.errors';

/** An address cut where path and query are added. The fragment, which is never sent, is gone. */
export interface Address {
  readonly beforeQuery: string;
  readonly query: string | null;
}

const ABSOLUTE = /^https?:\/\/[^/?#\\]/i;
const PLAIN = /^[\x21-\x5b\x5d-\x7e]*$/;

/** Reads an absolute http(s) address out of a value. It stays as it is; what no url may hold is encoded as browsers do. */
export function readAddress(value: JsonValue, expression: string): Address {
  const text = typeof value === 'string' ? value.trim() : '';
  const url = ABSOLUTE.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null) {
    throw new ExpressionError('bad_url', 'must be an absolute http or https address', { expression });
  }
  const [address = ''] = (PLAIN.test(text) ? text : url.href).split('#', 1);
  const at = address.indexOf('?');
  return at === -1
    ? { beforeQuery: address, query: null }
    : { beforeQuery: address.slice(0, at), query: address.slice(at + 1) };
}
