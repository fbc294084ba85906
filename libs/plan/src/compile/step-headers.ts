import type { JsonValue } from '@orchid/kernel';
import type { Findings } from '../findings';
import { below } from '../json-path';

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Set by the client alone: they decide where a message goes and where it ends (RFC 9110, sections 7.2, 7.6.1, 8.6). */
const FORBIDDEN = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Finds headers a plan may not set, names that are none, and literal line breaks. */
export function checkHeaders(
  findings: Findings,
  path: string,
  headers: Readonly<Record<string, JsonValue>> | undefined,
): void {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers ?? {})) {
    const at = below(path, name);
    const lower = name.toLowerCase();
    if (!TOKEN.test(name)) {
      findings.fault(
        at,
        'invalid_header_name',
        'This is no name of a header.',
        'Use letters, digits and dashes, without spaces.',
      );
    } else if (FORBIDDEN.has(lower)) {
      findings.fault(
        at,
        'forbidden_header',
        `A plan may not set the header ${name}.`,
        'Remove it: the client sets it where it is needed.',
      );
    } else if (seen.has(lower)) {
      findings.fault(at, 'duplicate_header', `The header ${name} is set twice.`, 'Give one name a list of values.');
    }
    seen.add(lower);
    checkText(findings, at, value);
  }
}

function checkText(findings: Findings, path: string, value: JsonValue): void {
  if (Array.isArray(value)) value.forEach((each, index) => checkText(findings, below(path, index), each));
  if (typeof value !== 'string' || !/[\r\n]/.test(literalOf(value))) return;
  findings.fault(
    path,
    'invalid_header_value',
    'The value of a header may not contain line breaks.',
    'Write the value on one line.',
  );
}

/** The text outside of islands; a line break inside an expression is only white space. */
function literalOf(template: string): string {
  return template.replace(/\{[^{}]*\}/g, '');
}
