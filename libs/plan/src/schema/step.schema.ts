import { flag, object, oneOf, ref, span, whole, type JsonSchema } from './json-schema';

const DAY_SECONDS = 86_400;
const GIBIBYTE = 1_073_741_824;

const condition = (description: string, ...examples: string[]) =>
  ref('Condition', description, examples.length > 0 ? { examples } : {});
const expression = (description: string, ...examples: string[]) =>
  ref('Expression', description, examples.length > 0 ? { examples } : {});
const statuses = (description: string) => ref('StatusList', description);
const names = (description: string, example: JsonSchema) => ref('Expressions', description, { examples: [example] });

const request = {
  url: {
    type: 'string',
    minLength: 1,
    maxLength: 8_192,
    description:
      'Address: literal text with islands. An island in the path is one percent-encoded segment; a leading island is an ' +
      'absolute address. A one-word placeholder such as `{user_id}` is a param, else a field of the config. ' +
      'A step without `url` sends nothing and only groups or iterates.',
    examples: ['{config.base_url}/api/contacts/{item.id}/details'],
  },
  method: oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'], 'HTTP method.', 'GET'),
  headers: {
    type: 'object',
    description: 'Request headers by name: a template, `{"expr": "..."}`, or a list of them. Null leaves a header out.',
    additionalProperties: { $ref: '#/$defs/TemplateValue' },
    examples: [{ Authorization: 'Bearer {auth.token}' }],
  },
  params: {
    type: 'object',
    description:
      'Query parameters by name. Null leaves one out, a list repeats it. One used in the path is not repeated.',
    additionalProperties: { $ref: '#/$defs/TemplateValue' },
    examples: [{ limit: '100', since: '{context.last_success_at}' }],
  },
  body: { description: 'Request body: any JSON with templates in its strings.', examples: [{ query: '{vars.query}' }] },
  body_format: oneOf(
    ['json', 'form', 'text'],
    'How the body is written. An object or a list is JSON unless said otherwise.',
  ),
  timeout_seconds: span(3_600, 'One HTTP attempt, from connecting to the last byte.', 30),
  step_timeout_seconds: span(
    DAY_SECONDS,
    'All attempts of one request together, without the waits a server asked for.',
    300,
  ),
};

const outcome = {
  retry: ref('Retry', 'When and how a failed attempt is repeated.'),
  retry_when: condition('Repeat the request as if it had failed for a moment.', "response.body.error == 'busy'"),
  abort_on: statuses('Statuses that stop the whole execution as `aborted`.'),
  abort_when: condition('Stop the whole execution as `aborted`.', 'response.status_code == 403'),
  fail_on: statuses('Statuses that fail the step for good.'),
  fail_when: condition('Fail the step for good: for APIs that report errors in a 200.', 'response.body.ok == false'),
  ignore_on: statuses('Statuses that go to the error topic and are not a failure.'),
  ignore_when: condition('Publish to the error topic and carry on.'),
  accept_on: statuses('Statuses that count as success although they say otherwise.'),
  accept_when: condition('Count this answer as success although its status says otherwise.'),
  poll: ref('Poll', 'Send again until a condition holds: asynchronous reports.'),
};

const flow = {
  init: names('Values put into `vars` once, before the first pass.', { page: '1' }),
  while: condition('Loop again while this holds.', 'response.body.has_more == true'),
  break_when: condition('Leave the loop when this holds.', 'vars.page >= 50'),
  next_url: expression("The next page's address; null or empty ends the loop.", 'response.links.next'),
  vars: names('Values of this execution, evaluated after each answer in the order written.', { page: 'vars.page + 1' }),
  context_updates: {
    type: 'object',
    description: 'Values kept for the next execution. A sub-step writes through a reducer.',
    propertyNames: { $ref: '#/$defs/FieldName' },
    additionalProperties: { $ref: '#/$defs/ContextUpdate' },
    examples: [{ cursor: 'response.body.cursor' }],
  },
  set_context: {
    type: 'object',
    deprecated: true,
    description: 'Another name of `context_updates`.',
    additionalProperties: { $ref: '#/$defs/ContextUpdate' },
  },
  extract: {
    type: 'object',
    description: 'Values put into `extracted_data` of the message.',
    propertyNames: { $ref: '#/$defs/FieldName' },
    additionalProperties: { $ref: '#/$defs/Expression' },
    examples: [{ total: 'response.body.total' }],
  },
};

const fanOut = {
  iterate_over: expression(
    "The items. On a sub-step: a list in its parent's answer. On the root, and on a step without `url`: the items of its own `sub_steps`.",
    'response.body.contacts[*]',
  ),
  sub_steps: {
    type: 'array',
    items: { $ref: '#/$defs/Step' },
    description: 'Steps that run for each answer, or for each item.',
  },
  concurrency: whole(1, 1_000, 'Items that run at once.', 50),
  stop_on_error: flag('Cancel the remaining items when one fails.', false),
  fanout_emit_mode: oneOf(['record', 'page'], 'One message for each item, or one for each page of items.', 'record'),
  attach: flag(
    "Whether this step's body goes into its parent's item. True unless the step loops or reads rows by the page.",
  ),
  emit_to_kafka: flag("Publish this step's answers.", true),
};

const auth = {
  auth_flow: {
    type: ['string', 'null', 'array'],
    minLength: 1,
    maxLength: 255,
    minItems: 1,
    items: { $ref: '#/$defs/AuthCase' },
    description:
      'Name of the flow that fills `auth`; sub-steps inherit it. Null means none from here on. A list takes the first ' +
      "case that holds. Absent where a template reads `auth`: the integration's only flow.",
  },
  auth_flow_id: { type: 'string', format: 'uuid', description: 'The flow by id instead of by name.' },
};

const decoding = {
  response_format: oneOf(['auto', 'json', 'ndjson', 'xml', 'csv', 'text', 'binary'], 'How the body is read.', 'auto'),
  csv: ref('Csv', 'How a CSV body is read.'),
  decompress: {
    type: 'array',
    items: { type: 'string', enum: ['gzip', 'zip'] },
    maxItems: 4,
    description: 'Files to unpack before decoding, outermost first. Content-Encoding is always undone.',
  },
  force_array: {
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 1_024 },
    maxItems: 100,
    description: 'Paths in an XML body that are lists even when the element occurs once.',
    examples: [['feed.entry']],
  },
  max_response_bytes: whole(1, GIBIBYTE, "Cap on the decoded body, at most the deployment's maximum.", 10_485_760),
  rows_per_page: whole(1, 1_000_000, 'Read an ndjson or CSV body as a stream, so many rows a page.'),
};

export const stepSchema: JsonSchema = object(
  {
    id: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      maxLength: 64,
      description: 'Name of the step: letters, digits and underscores. `sub_step_<n>` when absent.',
      examples: ['details'],
    },
    ...request,
    ...outcome,
    ...flow,
    ...fanOut,
    ...auth,
    ...decoding,
  },
  { title: 'Step', description: 'One request, or a group of requests, with what follows from its answer.' },
);
