import { authFlowSchema } from '@orchid/auth';
import { planComponentSchemas, type JsonSchema } from '@orchid/plan';
import { planExamples } from '../plans/plan-examples';

const time = { type: 'string', format: 'date-time' };
const id = { type: 'string', format: 'uuid' };
const storedTimes = { created_at: time, updated_at: time };

/** What the libraries say of their documents, and the same as it is answered. */
export function componentSchemas(): Record<string, JsonSchema> {
  const plan = planComponentSchemas();
  const { $schema: _dialect, allOf: _conditions, ...flow } = authFlowSchema;
  const version = { type: 'integer', minimum: 1 };
  const times = { created_at: '2026-01-15T10:30:00.000Z', updated_at: '2026-01-15T10:30:00.000Z' };
  const stored = {
    ...planExamples.paged.value,
    integration_id: '0190b1e0-7c00-7000-8000-000000000000',
    version: 1,
    ...times,
  };
  const versionAnswer = { version, created_at: time, created_by: { type: ['string', 'null'] } };
  return {
    ...plan,
    PlanAnswer: {
      ...answered(plan.Plan ?? {}, 'PlanAnswer', { integration_id: id, version, ...storedTimes }),
      examples: [stored],
    },
    PlanVersionAnswer: answered(plan.Plan ?? {}, 'PlanVersionAnswer', versionAnswer),
    AuthFlow: flow,
    AuthFlowAnswer: answered(flow, 'AuthFlowAnswer', { id, integration_id: id, ...storedTimes }),
  };
}

function answered(document: JsonSchema, title: string, added: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const { examples: _examples, ...rest } = document;
  const properties = { ...(document.properties as object), ...added };
  return { ...rest, title, properties, required: [...(document.required as string[]), ...Object.keys(added)] };
}
