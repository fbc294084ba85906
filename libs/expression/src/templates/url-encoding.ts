import type { JsonValue } from '@orchid/kernel';
import { encodeComponent } from '../encode-component';
import { ExpressionError } from '../expression.errors';
import type { Scope } from '../expression.types';
import { toText, typeOf } from '../values';
import type { Params, Slot, UrlParts } from './url-zones';

/** What a url may hold as it is (RFC 3986); brackets are not legal in a query but sent by everybody. */
const ILLEGAL = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%[\]]+/g;
const HOST = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/;
const DOTS = /^(?:\.|%2e){1,2}$/i;
const LONGEST_HOST = 253;

/** Literal text as written, with only what is illegal percent-encoded. */
export function encodeLiteral(text: string): string {
  return text.replace(ILLEGAL, encodeComponent);
}

/** One segment of a path. Values are encoded whole, slashes too; null, empty, `.` and `..` are errors. */
export function renderSegment(parts: UrlParts, scope: Scope, params: Params): string {
  const segment = parts.map((part) =>
    typeof part === 'string' ? encodeLiteral(part) : pathValue(part, scope, params),
  );
  const text = segment.join('');
  const slot = parts.find((part) => typeof part !== 'string');
  if (slot !== undefined && DOTS.test(text)) throw badPath(slot, `\`${text}\` would climb in the path`);
  return text;
}

function pathValue(slot: Slot, scope: Scope, params: Params): string {
  const value = slot.value(scope, params);
  if (value === null || value === '') {
    throw new ExpressionError('missing_path_value', 'a value of the path is null or empty', { expression: slot.label });
  }
  if (typeof value === 'object') throw badPath(slot, `${typeOf(value)} cannot stand in a path`);
  return encodeComponent(toText(value));
}

function badPath(slot: Slot, message: string): ExpressionError {
  return new ExpressionError('bad_path_value', message, { expression: slot.label });
}

/** A name or value of a query: values are encoded whole, so that none can add a parameter. */
export function renderQueryPart(parts: UrlParts, scope: Scope, params: Params): string {
  const encode = (value: JsonValue): string => encodeComponent(toText(value));
  return parts
    .map((part) => (typeof part === 'string' ? encodeLiteral(part) : encode(part.value(scope, params))))
    .join('');
}

/** The host, where every value must be a host name or one label of it. */
export function renderHost(parts: UrlParts, scope: Scope, params: Params): string {
  return parts.map((part) => (typeof part === 'string' ? part : hostValue(part, scope, params))).join('');
}

function hostValue(slot: Slot, scope: Scope, params: Params): string {
  const value = slot.value(scope, params);
  const text = typeof value === 'object' ? '' : toText(value);
  if (text.length <= LONGEST_HOST && HOST.test(text)) return text;
  throw new ExpressionError('bad_host_value', 'a value in the host must be a host name or a label of one', {
    expression: slot.label,
  });
}
