import { isJsonObject, OrchidError, stringifyJson, type JsonValue } from '@orchid/kernel';

export type BodyFormat = 'json' | 'form' | 'text';

export interface EncodedBody {
  readonly text: string;
  readonly contentType: string;
}

const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
};

/** A form needs names: its body is neither an object nor ready-made text (`bad_form_body`). */
export class BadFormBody extends OrchidError {
  constructor() {
    super('a body with body_format "form" has to be an object or text', { code: 'bad_form_body' });
  }
}

/**
 * Encodes a request's body. In a form nested objects become `a[b]` and arrays repeat the name. A text is sent as it stands
 * in every format: its author wrote the JSON or the form. Throws {@link BadFormBody}.
 */
export function encodeBody(value: JsonValue, format: BodyFormat): EncodedBody {
  return { text: encode(value, format), contentType: CONTENT_TYPES[format] };
}

function encode(value: JsonValue, format: BodyFormat): string {
  if (typeof value === 'string') return value;
  if (format !== 'form') return stringifyJson(value);
  if (!isJsonObject(value)) throw new BadFormBody();
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
