import { EXPRESSION_LENGTH, object, oneOf, ref, whole, type JsonSchema } from './json-schema';

const count = (maximum: number, description: string): JsonSchema => ({
  type: ['integer', 'string'],
  minimum: 1,
  maximum,
  minLength: 1,
  maxLength: EXPRESSION_LENGTH,
  description: `${description} A whole number, or an expression on \`config\`.`,
});
const learned = (description: string, example: string) => ref('Expression', description, { examples: [example] });

/** The `$defs` of rate limits. */
export const rateLimitSchemas: Readonly<Record<string, JsonSchema>> = {
  RateLimit: object(
    {
      name: {
        type: 'string',
        minLength: 1,
        maxLength: 128,
        description: 'One name and scope is one bucket. Scope and match when absent.',
      },
      match: {
        type: 'string',
        minLength: 1,
        maxLength: 512,
        description:
          'What falls under the limit: a glob on the path (`*` within a segment, `**` across), `method:POST`, or the id of a step. All requests when absent.',
        examples: ['/api/contacts/*', 'method:POST', 'details'],
      },
      requests: count(1_000_000_000, 'Requests granted in a window.'),
      window_secs: count(2_678_400, 'Length of the window in seconds.'),
      scope: oneOf(['global', 'per_config', 'per_endpoint'], 'What shares the bucket.', 'global'),
      max_concurrent: count(1_000_000, 'Requests in flight at once.'),
      priority: whole(-1_000, 1_000, 'Of those waiting for one bucket the higher goes first.', 0),
      dynamic: ref('DynamicLimit', "What the API's answers say about the limit."),
      max_wait_seconds: {
        type: 'number',
        minimum: 0,
        maximum: 86_400,
        default: 60,
        description: 'Longest wait before `on_exceeded` applies.',
      },
      on_exceeded: oneOf(['park', 'fail'], 'After the longest wait: come back later, or fail the step.', 'park'),
    },
    { title: 'RateLimit', description: 'A quota that requests take from before they are sent.' },
  ),
  DynamicLimit: object(
    {
      limit: learned('Requests granted in a window.', "response.headers['X-RateLimit-Limit']"),
      remaining: learned('Requests left in this window.', "response.headers['X-RateLimit-Remaining']"),
      reset: learned('When the window ends.', "response.headers['X-RateLimit-Reset']"),
      retry_after: learned('How long nothing may be sent.', "response.headers['Retry-After']"),
      reset_format: oneOf(
        ['auto', 'epoch_s', 'epoch_ms', 'delta_s', 'http_date', 'iso'],
        'How `reset` is written.',
        'auto',
      ),
    },
    { title: 'DynamicLimit', minProperties: 1, description: 'Expressions on `response` by which a bucket learns.' },
  ),
};
