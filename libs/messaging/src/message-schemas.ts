const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const text = { type: 'string' } as const;
const uuid = { type: 'string', format: 'uuid' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const maybe = (type: 'string' | 'integer') => ({ type: [type, 'null'] });
const headerValue = { anyOf: [text, { type: 'array', items: text }] } as const;

const origin = {
  tenant_id: text,
  integration: text,
  plan_key: text,
  plan_version: { type: 'integer', minimum: 1 },
  config_id: text,
  execution_id: text,
} as const;

const messageFields = {
  schema_version: { const: 1 },
  message_id: uuid,
  ...origin,
  step_path: { type: 'string', pattern: '^root(\\.[A-Za-z_][A-Za-z0-9_]*)*$' },
  page: { type: 'integer', minimum: 1 },
  item_index: { type: ['integer', 'null'], minimum: 0 },
  timestamp: time,
  trace_id: maybe('string'),
  span_id: maybe('string'),
  request_url: text,
  request_method: text,
  request_headers: { type: 'object', additionalProperties: headerValue },
  status_code: maybe('integer'),
  response_headers: { type: 'object', additionalProperties: text },
  response_body: { description: 'What the API sent, decoded; with fan-out an array of its items.' },
  response_size: { ...count, description: 'Decoded bytes.' },
  duration_ms: { type: 'number', minimum: 0 },
  extracted_data: { type: 'object' },
} as const;

const optionalFields = {
  part: {
    type: 'object',
    description: 'Only when the items of a page were split over several messages.',
    properties: { index: count, count: { type: 'integer', minimum: 2 } },
    required: ['index', 'count'],
    additionalProperties: false,
  },
  response_encoding: { const: 'base64', description: 'Only with a binary body.' },
} as const;

const errorType = { enum: ['transient', 'permanent', 'rate_limit', 'partial', 'timeout', 'auth', 'config'] } as const;

const error = {
  type: 'object',
  properties: { code: text, type: errorType, message: text, attempts: count, deferred_until: time },
  required: ['code', 'type', 'message', 'attempts'],
  additionalProperties: false,
} as const;

const stopReason = {
  enum: [
    ...['while_false', 'condition_null', 'next_url_null', 'break_when', 'ignored', 'single', 'loop_limit'],
    ...['paging_stuck', null],
  ],
} as const;

const receiptFields = {
  pages: count,
  api_calls: { ...count, description: 'Every request sent, retries included, token requests not.' },
  records: count,
  items_total: count,
  items_failed: count,
  items_ignored: count,
  bytes: count,
  published: { ...count, description: 'Messages on both data topics.' },
  loops: {
    type: 'array',
    items: {
      type: 'object',
      properties: { step_path: text, pages: count, stop_reason: stopReason },
      required: ['step_path', 'pages', 'stop_reason'],
      additionalProperties: false,
    },
  },
  complete: { type: 'boolean', description: 'What a consumer may delete on.' },
} as const;

const eventFields = { ...origin, timestamp: time } as const;

const closed = <P extends object>(title: string, properties: P, optional: object = {}) => ({
  $schema: DIALECT,
  title,
  type: 'object' as const,
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
  additionalProperties: false,
});

/** JSON Schemas (draft 2020-12) of every message that is published, by what they describe. */
export const messageSchemas = {
  response: closed('A message of api-responses', messageFields, optionalFields),
  error: closed('A message of api-errors', { ...messageFields, error }, optionalFields),
  executionStarted: closed('execution.started', {
    type: { const: 'execution.started' },
    status: { const: 'running' },
    ...eventFields,
  }),
  executionCompleted: closed('execution.completed', {
    type: { const: 'execution.completed' },
    status: { enum: ['success', 'failed', 'aborted', 'cancelled'] },
    ...eventFields,
    receipt: {
      type: 'object',
      properties: receiptFields,
      required: Object.keys(receiptFields),
      additionalProperties: false,
    },
  }),
};
