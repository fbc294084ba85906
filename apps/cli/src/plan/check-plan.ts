import type { Fault, JsonObject, JsonValue } from '@orchid/kernel';
import { isJsonObject } from '@orchid/kernel';
import {
  type CanonicalExpression,
  type CompiledPlan,
  type PlanCaps,
  type PlanDocument,
  parsePlanText,
  validatePlan,
} from '@orchid/plan';
import { UsageError } from '../usage.errors';
import { locator } from './locate-path';

/** A fault and where in the text it is, counted from 1. */
export interface PlacedFault extends Fault {
  readonly line: number;
  readonly column: number;
}

export interface CheckedPlan {
  readonly document: PlanDocument | null;
  /** Null when there are errors. */
  readonly plan: CompiledPlan | null;
  readonly errors: readonly PlacedFault[];
  readonly warnings: readonly PlacedFault[];
  readonly canonical: readonly CanonicalExpression[];
}

export interface CheckOptions {
  readonly caps: PlanCaps;
  /** The JSON Schema of the config, where it is known. */
  readonly configSchema?: JsonObject;
}

/** Checks the text of a plan, with all its faults. Throws {@link UsageError} where the text is no JSON at all. */
export function checkPlan(file: string, text: string, options: CheckOptions): CheckedPlan {
  const parsed = parsePlanText(text);
  if (!parsed.ok) {
    const [first] = parsed.faults;
    if (first?.code === 'invalid_json') throw new UsageError(`${file}: ${first.message}`);
    return { document: null, plan: null, errors: parsed.faults, warnings: [], canonical: [] };
  }
  const { caps, configSchema } = options;
  const fields = configSchema === undefined ? null : configFields(configSchema);
  const result = validatePlan(parsed.value, { caps, ...(fields !== null && { configFields: fields }) });
  const place = locator(text);
  const placed = (faults: readonly Fault[]) => faults.map((fault) => ({ ...fault, ...place(fault.path) }));
  const warnings = placed(result.warnings);
  if (!result.ok) return { document: null, plan: null, errors: placed(result.faults), warnings, canonical: [] };
  return { document: result.document, plan: result.plan, errors: [], warnings, canonical: result.canonical };
}

/** The schema itself, from a file that may also be an integration's `{name, schema}` or a whole integration. */
export function schemaOf(value: JsonObject): JsonObject {
  const inner = isJsonObject(value.config_schema) ? value.config_schema : value;
  return isJsonObject(inner.schema) ? inner.schema : inner;
}

/** The fields a schema names; null where it leaves others open on purpose. */
function configFields(schema: JsonObject): string[] | null {
  const properties: JsonValue | undefined = schema.properties;
  return isJsonObject(properties) ? Object.keys(properties) : null;
}
