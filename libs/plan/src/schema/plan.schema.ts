import { flag, object, oneOf, ref, whole, type JsonSchema } from './json-schema';
import { rateLimitSchemas } from './rate-limit.schema';
import { stepPartSchemas } from './step-parts.schema';
import { stepSchema } from './step.schema';

const YEAR_SECONDS = 31_536_000;
const DEFINITION = '#/$defs/';
const COMPONENT = '#/components/schemas/';

const waitSeconds = whole(1, YEAR_SECONDS, 'Pause from the end of one execution to the start of the next, in seconds.');

const properties: Readonly<Record<string, JsonSchema>> = {
  key: {
    type: 'string',
    pattern: '^[a-z0-9][a-z0-9._-]{0,127}$',
    description:
      'Name of the plan, unique and unchangeable: small letters, digits, dots, underscores and dashes, at most 128.',
    examples: ['salesforce-contacts'],
  },
  integration: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description: 'Name of the integration. Either this or `integration_id`.',
  },
  integration_id: {
    type: 'string',
    format: 'uuid',
    description: 'Id of the integration. Either this or `integration`.',
  },
  name: { type: 'string', maxLength: 255, description: 'Name for people.' },
  description: { type: 'string', maxLength: 10_000, description: 'What the plan is for.' },
  enabled: flag('Whether the plan runs by itself.', false),
  wait_seconds: waitSeconds,
  wait: { ...waitSeconds, deprecated: true, description: 'Another name of `wait_seconds`.' },
  wait_from: oneOf(['end', 'start'], 'Whether the pause counts from the end or the start of an execution.', 'end'),
  schedule: ref('Schedule', 'Run by the clock instead of after a pause.'),
  repeat_count: whole(0, 1_000_000_000, 'Executions after which the plan stops for a config; 0 is forever.', 0),
  max_execution_seconds: whole(1, 30 * 86_400, 'Active time of one execution, in seconds.', 300),
  max_loops: whole(1, 1_000_000_000, 'Passes of one loop; reaching it is a failure.', 1_000),
  max_nesting_depth: whole(0, 20, 'Levels of sub-steps below the root.', 5),
  max_request_bytes: whole(1, 1_073_741_824, 'Largest body sent.', 5_242_880),
  allowed_origins: {
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 1_024 },
    maxItems: 100,
    default: [],
    description: "Origins besides a step's own that may receive its credentials.",
    examples: [['https://files.example.com']],
  },
  rate_limits: {
    type: 'array',
    items: { $ref: `${DEFINITION}RateLimit` },
    maxItems: 100,
    default: [],
    description: 'Quotas; a request takes from every one that matches it.',
  },
  step: ref('Step', 'The root step.'),
};

const plan = object(properties, {
  title: 'Plan',
  description: 'What to fetch from an API, how often, and what to publish.',
  required: ['key', 'step'],
  examples: [
    {
      key: 'contacts',
      integration: 'crm',
      wait_seconds: 3600,
      step: { url: '{config.base_url}/contacts', next_url: 'response.links.next' },
    },
  ],
});

const definitions: Readonly<Record<string, JsonSchema>> = {
  Step: stepSchema,
  ...stepPartSchemas,
  ...rateLimitSchemas,
  Schedule: object(
    {
      cron: {
        type: 'string',
        minLength: 1,
        maxLength: 128,
        description: 'Five fields: minute, hour, day of month, month, day of week; six with seconds in front.',
        examples: ['0 6 * * 1-5'],
      },
      timezone: {
        type: 'string',
        minLength: 1,
        maxLength: 64,
        default: 'UTC',
        description: 'IANA name.',
        examples: ['Europe/Berlin'],
      },
      jitter_seconds: whole(0, 86_400, 'Random delay of at most so many seconds.', 0),
    },
    { required: ['cron'], title: 'Schedule', description: 'Run by the clock.' },
  ),
};

/** JSON Schema (draft 2020-12) of the plan document: what the validator checks, editors complete from and the API documents. */
export const planSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:orchid:plan',
  ...plan,
  $defs: definitions,
};

/** The plan's schema as components of an OpenAPI 3.1 document: `Plan`, `Step`, `RateLimit`, ... with references among them. */
export function planComponentSchemas(): Record<string, JsonSchema> {
  const schemas = { Plan: plan, ...definitions };
  return JSON.parse(JSON.stringify(schemas), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace(DEFINITION, COMPONENT) : value,
  ) as Record<string, JsonSchema>;
}
