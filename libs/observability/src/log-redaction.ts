import { REDACTED } from '@orchid/kernel';

const SECRET_FIELD =
  /^(?:pass(?:word|wd|phrase)?|.*[_-]?secrets?|.*token|authorization|proxy-authorization|cookie|set-cookie|.*api[_-]?key|private[_-]?key|encryption[_-]?keys?|credentials?)$/i;
/** A count or a name of tokens is no token. */
const HARMLESS_FIELD = /^(?:next_page_token_path|max_token|is_secret)$/i;
const MAX_DEPTH = 8;

/** A copy of a log line's fields in which the values of fields named like secrets are masked, at any depth. */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactRecord(fields, 0);
}

function redactRecord(record: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      isSecretField(name) ? mask(value) : redactValue(value, depth),
    ]),
  );
}

function redactValue(value: unknown, depth: number): unknown {
  if (Array.isArray(value))
    return depth < MAX_DEPTH ? value.map((each: unknown) => redactValue(each, depth + 1)) : '[deep]';
  if (!isPlainObject(value)) return value;
  return depth < MAX_DEPTH ? redactRecord(value, depth + 1) : '[deep]';
}

function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name) && !HARMLESS_FIELD.test(name);
}

function mask(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' ? value : REDACTED;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
