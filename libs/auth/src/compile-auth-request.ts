import type { RetryDocument } from '@orchid/plan';
import type { AuthFlowDocument, AuthRequestDocument } from './auth-flow-document';
import type { CompiledAuthRequest } from './compiled-auth-flow';
import type { FlowReader } from './flow-reader';

const DEFAULT_TIMEOUT_SECONDS = 30;
const TRANSIENT_STATUSES = [408, 425, 429, 500, 502, 503, 504];

/** Compiles one request; `fail_when` and `retry` of the flow hold where the request has none of its own. */
export function compileAuthRequest(
  reader: FlowReader,
  path: string,
  request: AuthRequestDocument,
  flow: AuthFlowDocument,
): CompiledAuthRequest {
  const params = reader.values(`${path}.params`, request.params, 'param');
  const failWhen = request.fail_when ?? flow.fail_when;
  if (request.url === undefined) reader.fault(`${path}.url`, 'required', 'The field url is missing.', 'Add url.');
  return {
    id: request.id ?? null,
    method: request.method ?? (request.body === undefined ? 'GET' : 'POST'),
    url: reader.url(`${path}.url`, request.url ?? 'http://missing.invalid', [...params.keys()]),
    headers: reader.values(`${path}.headers`, request.headers, 'header'),
    params,
    body: request.body === undefined ? null : reader.value(`${path}.body`, request.body, 'body'),
    bodyFormat: request.body_format ?? (typeof request.body === 'string' ? 'text' : 'json'),
    timeoutMs: (request.timeout_seconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
    retry: retryPolicy(request.retry ?? flow.retry ?? {}),
    failWhen: failWhen === undefined ? null : reader.condition(`${path}.fail_when`, failWhen),
    vars: reader.named(`${path}.vars`, request.vars),
  };
}

function retryPolicy(retry: RetryDocument): CompiledAuthRequest['retry'] {
  return {
    maxRetries: retry.max_retries ?? 3,
    backoff: retry.backoff_type ?? 'fibonacci',
    initialDelayMs: retry.initial_delay_ms ?? 1_000,
    maxDelayMs: retry.max_delay_ms ?? 60_000,
    on: new Set(retry.on ?? TRANSIENT_STATUSES),
  };
}
