/** A JSON Schema (draft 2020-12), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const EXPRESSION_LENGTH = 4_096;

export function ref(name: string, description: string, extra: JsonSchema = {}): JsonSchema {
  return { $ref: `#/$defs/${name}`, description, ...extra };
}

export function object(properties: Readonly<Record<string, JsonSchema>>, extra: JsonSchema = {}): JsonSchema {
  return { type: 'object', properties, additionalProperties: false, ...extra };
}

export function oneOf(values: readonly string[], description: string, byDefault?: string): JsonSchema {
  const base = { type: 'string', enum: values, description };
  return byDefault === undefined ? base : { ...base, default: byDefault };
}

export function whole(minimum: number, maximum: number, description: string, byDefault?: number): JsonSchema {
  const base = { type: 'integer', minimum, maximum, description };
  return byDefault === undefined ? base : { ...base, default: byDefault };
}

/** More than nothing, fractions allowed: time spans. */
export function span(maximum: number, description: string, byDefault?: number): JsonSchema {
  const base = { type: 'number', exclusiveMinimum: 0, maximum, description };
  return byDefault === undefined ? base : { ...base, default: byDefault };
}

export function flag(description: string, byDefault?: boolean): JsonSchema {
  const base = { type: 'boolean', description };
  return byDefault === undefined ? base : { ...base, default: byDefault };
}
