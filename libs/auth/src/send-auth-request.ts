import type { Scope } from '@orchid/expression';
import { encodeBody, type HttpClient, type OutboundRequest, type OutboundResponse } from '@orchid/http-client';
import { type Clock, isJsonObject, type JsonObject, type JsonValue, OrchidError, stringifyJson } from '@orchid/kernel';
import { backoffMs } from '@orchid/plan';
import { parseRetryAfter } from '@orchid/rate-limit';
import { AuthError } from './auth.errors';
import type { CompiledAuthRequest, Rendered } from './compiled-auth-flow';

const MOST_ANSWER_BYTES = 1_048_576;
/** A longer wait is left to whoever schedules the execution. */
const LONGEST_WAIT_MS = 30_000;
/** Error codes that say nothing secret (RFC 6749, section 5.2, and RFC 7523). */
const OAUTH_ERRORS = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

/** Sends a flow's requests. */
export class AuthRequestSender {
  constructor(
    private readonly http: HttpClient,
    private readonly clock: Clock,
    private readonly flow: string,
  ) {}

  /** The `response` of a request, repeated while the trouble is transient. Throws `AuthError`. */
  async send(request: CompiledAuthRequest, scope: Scope): Promise<JsonObject> {
    const outbound = this.render(request, scope);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.attempt(outbound);
      if (!(answer instanceof OrchidError)) {
        if (!request.retry.on.has(answer.status)) return this.accept(request, scope, answer);
      } else if (answer.type !== 'transient') throw this.unsendable(answer);
      await this.beforeRepeating(request, attempt, answer);
    }
  }

  private async attempt(outbound: OutboundRequest): Promise<OutboundResponse | OrchidError> {
    try {
      return await this.http.send(outbound);
    } catch (error) {
      if (error instanceof OrchidError) return error;
      throw error;
    }
  }

  private async beforeRepeating(
    request: CompiledAuthRequest,
    attempt: number,
    answer: OutboundResponse | OrchidError,
  ): Promise<void> {
    const failed = answer instanceof OrchidError;
    const now = this.clock.now();
    const told = failed ? 0 : (parseRetryAfter(answer.headers['retry-after'], { now, date: answer.headers.date }) ?? 0);
    if (attempt <= request.retry.maxRetries && told <= LONGEST_WAIT_MS) {
      return this.clock.sleep(Math.max(told, backoffMs(request.retry, attempt, Math.random())));
    }
    const what = failed
      ? `the token endpoint could not be reached (${answer.code})`
      : `the token endpoint answered ${answer.status}`;
    throw new AuthError('auth_unavailable', this.flow, `${what}, ${attempt} time(s)`, {
      retry: told > 0 ? { at: now + told } : 'backoff',
      details: failed ? { cause: answer.code } : { status: answer.status },
    });
  }

  private accept(request: CompiledAuthRequest, scope: Scope, answer: OutboundResponse): JsonObject {
    if (answer.status >= 400) throw this.refused(answer);
    if (answer.fault !== undefined) {
      throw new AuthError('auth_bad_response', this.flow, `the answer's body cannot be read (${answer.fault.code})`);
    }
    const response = responseRoot(answer);
    if (request.failWhen?.test({ ...scope, response }) === true) {
      throw new AuthError('auth_error', this.flow, 'the answer meets fail_when', {
        details: { status: answer.status },
      });
    }
    return response;
  }

  private refused({ status, body }: OutboundResponse): AuthError {
    const told = isJsonObject(body) && typeof body.error === 'string' ? body.error : '';
    const known = OAUTH_ERRORS.has(told) ? told : null;
    const reason = `the token endpoint answered ${status}${known === null ? '' : ` (${known})`}`;
    return new AuthError('auth_error', this.flow, reason, {
      details: { status, ...(known !== null && { oauth_error: known }) },
    });
  }

  private unsendable(cause: OrchidError): AuthError {
    return new AuthError('auth_bad_flow', this.flow, `its request cannot be sent (${cause.code})`, {
      details: { cause: cause.code },
    });
  }

  private render(request: CompiledAuthRequest, scope: Scope): OutboundRequest {
    const headers = renderHeaders(request.headers, scope);
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    const body = request.body === null ? null : encodeBody(request.body.render(scope), request.bodyFormat);
    if (body !== null && !names.includes('content-type')) headers['content-type'] = body.contentType;
    const params = Object.fromEntries([...request.params].map(([name, value]) => [name, value.render(scope)]));
    return {
      method: request.method,
      url: request.url.render(scope, params),
      headers,
      ...(body !== null && { body: body.text }),
      timeoutMs: request.timeoutMs,
      decode: { format: 'auto', maxBytes: MOST_ANSWER_BYTES },
      credentialHeaders: names.filter((name) => name !== 'accept' && name !== 'content-type'),
    };
  }
}

function renderHeaders(templates: ReadonlyMap<string, Rendered>, scope: Scope): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, template] of templates) {
    const value = template.render(scope);
    if (value !== null) headers[name] = Array.isArray(value) ? value.map(headerText) : headerText(value);
  }
  return headers;
}

function headerText(value: JsonValue): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}

function responseRoot({ status, headers, body, links, url, durationMs }: OutboundResponse): JsonObject {
  return { status_code: status, headers: { ...headers }, body, links: { ...links }, url, duration_ms: durationMs };
}
