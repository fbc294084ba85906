import { hash } from 'node:crypto';
import type { AuthToken } from '@orchid/auth';
import type { Scope } from '@orchid/expression';
import { encodeBody, type EncodedBody, type OutboundRequest } from '@orchid/http-client';
import { REDACTED, stringifyJson, type JsonValue } from '@orchid/kernel';
import type { CompiledRequest } from '@orchid/plan';
import type { SavedRequest } from './exchange';
import type { Execution } from './execution';
import { isFromAnswer } from './origin';
import { StepError } from './step.errors';

const DEFAULT_RESPONSE_BYTES = 10 * 1024 * 1024;
const FORBIDDEN_VALUE = /[\r\n\0]/;

export interface RenderedRequest {
  readonly outbound: OutboundRequest;
  readonly saved: SavedRequest;
  readonly body: string | null;
  /** The origin that may receive this step's credentials. */
  readonly origin: string;
  /** Equal for two requests that ask for the same thing, whatever their token. */
  readonly fingerprint: () => string;
}

interface Rendering {
  readonly request: CompiledRequest;
  readonly scope: Scope;
  readonly token: AuthToken | null;
  /** The address an answer gave for this pass; null on the first. */
  readonly nextUrl: string | null;
  /** The origin trusted so far: of the step's first request, or of the step its auth is inherited from. */
  readonly trusted: string | null;
  /** Rows of the answer that were published before. */
  readonly rowsDone: number;
  /** This step has sent before. */
  readonly sentBefore: boolean;
}

/** Renders a step's request. Throws `ExpressionError` and `StepError`. */
export function renderRequest(run: Execution, rendering: Rendering): RenderedRequest {
  const { request, scope } = rendering;
  const credentials = run.credentialsOf(request);
  const params: Record<string, JsonValue> = { ...rendering.token?.params, ...renderAll(request.params, scope) };
  let url = rendering.nextUrl ?? request.url.render(scope, params);
  const origin = originOf(url);
  const keepsTrust = rendering.sentBefore || rendering.nextUrl !== null || isFromAnswer(request);
  const trusted = (keepsTrust ? rendering.trusted : null) ?? origin;
  const crossing = origin !== trusted && !run.input.plan.allowedOrigins.includes(origin);
  const secretParams = [...credentials.params, ...Object.keys(rendering.token?.params ?? {})];
  if (rendering.nextUrl !== null) url = crossing ? url : withParams(url, rendering.token?.params ?? {});
  else if (crossing && secretParams.length > 0) url = request.url.render(scope, without(params, secretParams));
  const body =
    request.body === null
      ? null
      : limited(encodeBody(request.body.render(scope), request.bodyFormat), run.input.plan.maxRequestBytes);
  const headers = renderHeaders(rendering, crossing ? credentials.headers : null, body);
  const tokenNames = Object.keys(rendering.token?.headers ?? {}).map((name) => name.toLowerCase());
  const secretNames = new Set([...credentials.headers, ...tokenNames]);
  const shownHeaders = show(run, headers, secretNames);
  return {
    outbound: outboundOf(run, request, { url, headers, body, secretNames, rowsDone: rendering.rowsDone }),
    saved: { method: request.method, url, shownUrl: run.input.redactor.text(url), shownHeaders },
    body: body?.text ?? null,
    origin: trusted,
    fingerprint: () =>
      hash('sha1', `${request.method} ${url} ${JSON.stringify(shownHeaders)} ${body?.text ?? ''}`, 'base64'),
  };
}

type Headers = Record<string, string | string[]>;

interface OutboundParts {
  readonly url: string;
  readonly headers: Headers;
  readonly body: EncodedBody | null;
  readonly secretNames: ReadonlySet<string>;
  readonly rowsDone: number;
}

function outboundOf(run: Execution, request: CompiledRequest, parts: OutboundParts): OutboundRequest {
  return {
    method: request.method,
    url: parts.url,
    headers: parts.headers,
    ...(parts.body !== null && { body: parts.body.text }),
    timeoutMs: request.timeoutMs,
    decode: {
      format: request.responseFormat,
      ...(request.csv !== null && { csv: request.csv }),
      ...(request.forceArray !== undefined && { forceArray: request.forceArray }),
      ...(request.decompress !== undefined && { decompress: request.decompress }),
      maxBytes: request.maxResponseBytes ?? DEFAULT_RESPONSE_BYTES,
      ...(typeof request.rowsPerPage === 'number' && { rows: { perPage: request.rowsPerPage, skip: parts.rowsDone } }),
    },
    credentialHeaders: [...parts.secretNames],
    allowedOrigins: run.input.plan.allowedOrigins,
    signal: run.input.stop.signal,
  };
}

function renderAll(values: CompiledRequest['params'], scope: Scope): Record<string, JsonValue> {
  const rendered: Record<string, JsonValue> = {};
  for (const [name, value] of values) rendered[name] = value.render(scope);
  return rendered;
}

function renderHeaders(rendering: Rendering, dropped: ReadonlySet<string> | null, body: EncodedBody | null): Headers {
  const headers: Headers = {};
  const set = new Set<string>();
  for (const [name, value] of rendering.request.headers) {
    set.add(name.toLowerCase());
    if (dropped?.has(name.toLowerCase()) === true) continue;
    const text = headerValue(name, value.render(rendering.scope));
    if (text !== null) headers[name] = text;
  }
  const fromFlow = dropped === null ? Object.entries(rendering.token?.headers ?? {}) : [];
  for (const [name, value] of fromFlow) if (!set.has(name.toLowerCase())) headers[name] = value;
  if (body !== null && !set.has('content-type')) headers['Content-Type'] = body.contentType;
  return headers;
}

function headerValue(name: string, value: JsonValue): string | string[] | null {
  if (value === null) return null;
  if (Array.isArray(value)) return value.filter((each) => each !== null).map((each) => headerText(name, each));
  return headerText(name, value);
}

function headerText(name: string, value: JsonValue): string {
  const text = typeof value === 'string' ? value : typeof value === 'object' ? stringifyJson(value) : String(value);
  if (FORBIDDEN_VALUE.test(text)) {
    throw new StepError('bad_header_value', `the value of header ${name} contains a line break or NUL`, {
      header: name,
    });
  }
  return text;
}

function show(run: Execution, headers: Headers, secretNames: ReadonlySet<string>): Headers {
  const shown = run.input.redactor.headers(headers);
  for (const name of Object.keys(shown)) if (secretNames.has(name.toLowerCase())) shown[name] = REDACTED;
  return shown;
}

function limited(body: EncodedBody, maxBytes: number): EncodedBody {
  const bytes = Buffer.byteLength(body.text);
  if (bytes <= maxBytes) return body;
  const message = `the body is ${bytes} bytes, ${maxBytes} are allowed (max_request_bytes)`;
  throw new StepError('request_too_large', message, { bytes });
}

function originOf(url: string): string {
  if (!URL.canParse(url)) throw new StepError('bad_url', 'the url does not evaluate to an absolute http(s) address');
  return new URL(url).origin;
}

/** A next page's address that names a param keeps it. */
function withParams(url: string, params: Readonly<Record<string, string>>): string {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(params))
    if (!whole.searchParams.has(name)) whole.searchParams.set(name, value);
  return Object.keys(params).length === 0 ? url : whole.href;
}

function without(params: Record<string, JsonValue>, names: readonly string[]): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));
}
