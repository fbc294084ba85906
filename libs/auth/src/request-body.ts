import { isJsonObject, type JsonValue, stringifyJson } from '@orchid/kernel';
import type { BodyFormat } from '@orchid/plan';

const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
};

export interface EncodedBody {
  readonly text: string;
  readonly contentType: string;
}

/** Encodes a rendered body: in a form nested objects become `a[b]` and arrays repeat the name. */
export function encodeBody(value: JsonValue, format: BodyFormat): EncodedBody {
  return { text: encode(value, format), contentType: CONTENT_TYPES[format] };
}

function encode(value: JsonValue, format: BodyFormat): string {
  if (typeof value === 'string') return value;
  if (format !== 'form' || !isJsonObject(value)) return stringifyJson(value);
  const form = new URLSearchParams();
  for (const [name, member] of Object.entries(value)) append(form, name, member);
  return form.toString();
}

function append(form: URLSearchParams, name: string, value: JsonValue): void {
  if (value === null) return;
  if (Array.isArray(value)) for (const each of value) append(form, name, each);
  else if (isJsonObject(value)) for (const [key, each] of Object.entries(value)) append(form, `${name}[${key}]`, each);
  else form.append(name, String(value));
}
