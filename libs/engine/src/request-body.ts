import { isJsonObject, stringifyJson, type JsonValue } from '@orchid/kernel';
import type { CompiledRequest } from '@orchid/plan';
import { StepError } from './step.errors';

export interface RenderedBody {
  readonly text: string;
  readonly contentType: string;
}

const CONTENT_TYPES: Readonly<Record<CompiledRequest['bodyFormat'], string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
};

/** Encodes a rendered body. A text under `json` is sent as it stands: the author wrote the JSON. */
export function encodeBody(value: JsonValue, format: CompiledRequest['bodyFormat'], maxBytes: number): RenderedBody {
  const text = encode(value, format);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) {
    throw new StepError(
      'request_too_large',
      `the body is ${bytes} bytes, ${maxBytes} are allowed (max_request_bytes)`,
      { bytes },
    );
  }
  return { text, contentType: CONTENT_TYPES[format] };
}

function encode(value: JsonValue, format: CompiledRequest['bodyFormat']): string {
  if (typeof value === 'string') return value;
  return format === 'form' ? encodeForm(value) : stringifyJson(value);
}

function encodeForm(value: JsonValue): string {
  if (!isJsonObject(value)) {
    throw new StepError('bad_form_body', 'a body with body_format "form" has to be an object or text');
  }
  const form = new URLSearchParams();
  for (const [name, member] of Object.entries(value)) append(form, name, member);
  return form.toString();
}

function append(form: URLSearchParams, name: string, value: JsonValue): void {
  if (value === null) return;
  if (Array.isArray(value)) value.forEach((each) => append(form, name, each));
  else if (isJsonObject(value)) Object.entries(value).forEach(([key, each]) => append(form, `${name}[${key}]`, each));
  else form.append(name, String(value));
}
