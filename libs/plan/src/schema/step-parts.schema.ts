import { EXPRESSION_LENGTH, flag, object, oneOf, ref, span, whole, type JsonSchema } from './json-schema';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const IDENTIFIER = '^[A-Za-z_][A-Za-z0-9_-]*$';

const text: JsonSchema = { type: 'string', minLength: 1, maxLength: EXPRESSION_LENGTH };

/** The `$defs` that steps are built from. */
export const stepPartSchemas: Readonly<Record<string, JsonSchema>> = {
  Expression: {
    ...text,
    description: 'An expression on config, auth, context, vars, response, prev, parent, item, item_index and meta.',
  },
  Condition: {
    ...text,
    description: 'An expression that gives true, false or null; it holds for true only.',
  },
  Expressions: {
    type: 'object',
    description: 'Expressions by name, evaluated in the order written.',
    propertyNames: { $ref: '#/$defs/VariableName' },
    additionalProperties: { $ref: '#/$defs/Expression' },
  },
  VariableName: {
    type: 'string',
    pattern: IDENTIFIER,
    maxLength: 128,
    description: 'A letter or underscore, then letters, digits, underscores and dashes.',
  },
  FieldName: {
    type: 'string',
    pattern: '^[^\\u0000-\\u001f]+$',
    maxLength: 128,
    description: 'Text without control characters.',
  },
  StatusList: {
    type: 'array',
    items: { type: 'integer', minimum: 100, maximum: 599 },
    maxItems: 100,
    description: 'HTTP statuses.',
    examples: [[404, 410]],
  },
  TemplateValue: {
    type: ['string', 'number', 'boolean', 'null', 'array', 'object'],
    maxLength: 65_536,
    items: { $ref: '#/$defs/TemplateValue' },
    properties: { expr: { $ref: '#/$defs/Expression' } },
    required: ['expr'],
    additionalProperties: false,
    description: 'A template, a plain value, `{"expr": "..."}`, or a list of these.',
    examples: ['{config.page_size}', { expr: 'vars.page' }],
  },
  ContextUpdate: {
    type: ['string', 'object'],
    minLength: 1,
    maxLength: EXPRESSION_LENGTH,
    properties: {
      expr: ref('Expression', 'The value.'),
      reduce: oneOf(['max', 'min', 'last'], 'How the values of many items become one.'),
      key: ref('Expression', 'Keep one value for each key instead of one in all.', { examples: ['item.id'] }),
    },
    required: ['expr', 'reduce'],
    additionalProperties: false,
    description: 'An expression; in a sub-step `{"expr", "reduce", "key"}`.',
    examples: [{ expr: 'response.body.updated_at', reduce: 'max' }],
  },
  Retry: object(
    {
      max_retries: whole(0, 100, 'Repetitions after the first attempt.', 3),
      backoff_type: oneOf(['fibonacci', 'exponential', 'linear', 'constant'], 'How the delay grows.', 'fibonacci'),
      initial_delay_ms: whole(0, HOUR_MS, 'Delay before the first repetition, in milliseconds.', 1_000),
      max_delay_ms: whole(0, DAY_MS, 'Longest delay of the backoff, in milliseconds.', 60_000),
      on: ref('StatusList', 'Statuses that are repeated.', { default: [408, 425, 429, 500, 502, 503, 504] }),
    },
    { title: 'Retry', description: 'When and how a failed attempt is repeated.' },
  ),
  Poll: object(
    {
      until: ref('Condition', 'Stop polling when this holds.', { examples: ["response.body.status == 'done'"] }),
      every_ms: whole(1, DAY_MS, 'Time between two requests, in milliseconds.'),
      max_seconds: span(604_800, 'Longest time to poll; beyond it the step fails with `poll_timeout`.'),
    },
    {
      required: ['until', 'every_ms', 'max_seconds'],
      title: 'Poll',
      description: 'Sends the same request until a condition holds. Nothing is published before.',
    },
  ),
  Csv: object(
    {
      delimiter: { type: 'string', minLength: 1, maxLength: 8, description: 'Found by itself when absent.' },
      quote: { type: 'string', minLength: 1, maxLength: 1, description: 'Quotation mark.', default: '"' },
      header: flag('Whether the first row holds the names.', true),
    },
    { title: 'Csv', description: 'How a CSV body is read. Every value is text.' },
  ),
  AuthCase: object(
    {
      when: ref('Condition', 'A condition on `config`.', { examples: ["config.login == 'oauth'"] }),
      use: { type: 'string', minLength: 1, maxLength: 255, description: 'Name of the flow.' },
    },
    { required: ['when', 'use'], title: 'AuthCase', description: 'One case of a choice between flows.' },
  ),
};
