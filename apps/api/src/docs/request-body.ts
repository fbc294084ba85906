import type { ApiBodyOptions } from '@nestjs/swagger';
import type { JsonSchema } from '@orchid/plan';

/** Documents a body by the very schema that it is checked with. */
export function bodyOf(schema: JsonSchema, example: object): ApiBodyOptions {
  return { schema: { ...schema, example } as Extract<ApiBodyOptions, { schema: unknown }>['schema'] };
}
