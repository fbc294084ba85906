import { isJsonObject, type JsonObject, type JsonValue } from '@orchid/kernel';
import type { PlanDocument } from '../plan-document';
import type { JsonSchema } from '../schema/json-schema';
import { planSchema } from '../schema/plan.schema';
import { rateLimitSchemas } from '../schema/rate-limit.schema';
import { stepSchema } from '../schema/step.schema';

const PLAN_ORDER = order(planSchema);
const STEP_ORDER = order(stepSchema);
const LIMIT_ORDER = order(rateLimitSchemas.RateLimit ?? {});

/**
 * A valid document in the form it is stored: fields of plans, steps and limits in one order, so that equal plans are
 * equal texts. Names an author made up (vars, headers, ...) keep the author's order: it means something.
 */
export function canonicalDocument(document: JsonObject): PlanDocument {
  const plan = ordered(document, PLAN_ORDER);
  const { rate_limits: limits, step } = plan;
  const canonical = {
    ...plan,
    ...(Array.isArray(limits) && { rate_limits: limits.map((limit) => orderedValue(limit, LIMIT_ORDER)) }),
    ...(step !== undefined && { step: canonicalStep(step) }),
  };
  return canonical as unknown as PlanDocument;
}

function canonicalStep(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const step = ordered(value, STEP_ORDER);
  const subSteps = step.sub_steps;
  return Array.isArray(subSteps) ? { ...step, sub_steps: subSteps.map(canonicalStep) } : step;
}

function orderedValue(value: JsonValue, names: readonly string[]): JsonValue {
  return isJsonObject(value) ? ordered(value, names) : value;
}

function ordered(object: JsonObject, names: readonly string[]): JsonObject {
  const rank = (name: string) => names.indexOf(name);
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => rank(a) - rank(b)));
}

function order(schema: JsonSchema): string[] {
  return Object.keys(schema.properties ?? {});
}
