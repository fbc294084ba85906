/** How an error's code is told over HTTP. */
export interface ErrorRow {
  readonly status: number;
  /** What the client can do about it. */
  readonly hint?: string;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number;
}

export const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Every code that a client may see, but for those of documents, which are listed with their rules. */
export const ERROR_TABLE: Readonly<Record<string, ErrorRow>> = {
  invalid_json: { status: 400 },
  invalid_encoding: { status: 400, hint: 'Send the JSON text in UTF-8.' },
  invalid_query: { status: 400 },
  invalid_header: { status: 400 },
  required: { status: 400, hint: 'Send a JSON body with Content-Type: application/json.' },
  body_interrupted: { status: 400, hint: 'Send the body whole.' },
  invalid_cursor: { status: 400, hint: 'Use next_cursor of an answer of this list, with the same filters.' },
  unauthenticated: { status: 401, hint: 'Send the headers X-Tenant-ID (a UUID) and X-User-ID.' },
  not_found: { status: 404 },
  unknown_route: { status: 404, hint: 'The routes are listed under /docs.' },
  already_exists: { status: 409, hint: 'Choose another name or key, or change the existing one.' },
  in_use: { status: 409 },
  config_disabled: { status: 409, hint: 'Enable the config first.' },
  already_queued: { status: 409, hint: 'Wait for the execution that is queued, or cancel it.' },
  already_finished: { status: 409 },
  reference_missing: { status: 409 },
  concurrent_change: { status: 409, hint: 'Repeat the request.' },
  stale_revision: { status: 412, hint: 'GET it again and repeat the change with its ETag.' },
  body_too_large: { status: 413, hint: 'A body may have at most 1 MiB.' },
  unsupported_media_type: { status: 415, hint: 'Send JSON with Content-Type: application/json.' },
  invalid_document: { status: 422 },
  invalid_data: { status: 422 },
  idempotency_key_reused: { status: 422, hint: 'Use a new Idempotency-Key for another request.' },
  database_unavailable: { status: 503, hint: 'Repeat the request later.', retryAfter: 2 },
  limiter_unavailable: { status: 503, hint: 'Repeat the request later.', retryAfter: 2 },
  token_cache_unavailable: { status: 503, hint: 'Repeat the request later.', retryAfter: 2 },
  other_integration: { status: 409, hint: "Name a config of the plan's integration." },
  plan_invalid: { status: 422, hint: 'The settings of this deployment no longer allow the plan: save it again.' },
  queue_unavailable: { status: 503, hint: 'Repeat the request later.', retryAfter: 2 },
};
