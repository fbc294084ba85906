import { Ajv2020 } from 'ajv/dist/2020';
import type { JsonSchema } from './json-schema';
import { planComponentSchemas, planSchema } from './plan.schema';

/** Every object schema with fields, with a name for messages. */
function parts(): [string, JsonSchema][] {
  return Object.entries(planComponentSchemas());
}

function fieldsOf(schema: JsonSchema): [string, JsonSchema][] {
  return Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
}

describe('the schema of a plan', () => {
  it('is a valid schema of draft 2020-12', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
    ajv.addFormat('uuid', true);
    expect(ajv.validateSchema(planSchema)).toBe(true);
    const check = ajv.compile(planSchema);
    const [example] = planSchema.examples as unknown[];
    expect(check(example)).toBe(true);
    expect(check({ key: 'a', step: { url: 'https://a.example', wat: 1 } })).toBe(false);
  });

  it('describes every field, for editors and Swagger UI', () => {
    const silent = parts().flatMap(([part, schema]) =>
      fieldsOf(schema)
        .filter(([name, { description, $ref }]) => !(name === 'expr' && $ref) && typeof description !== 'string')
        .map(([name]) => `${part}.${name}`),
    );
    expect(silent).toEqual([]);
  });

  it('gives defaults that it accepts itself', () => {
    const components = planComponentSchemas();
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'urn:orchid:test', components: { schemas: components } });
    const rewritten = (schema: JsonSchema) =>
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"urn:orchid:test#/components')) as JsonSchema;
    const refused = parts().flatMap(([part, schema]) =>
      fieldsOf(schema)
        .filter(([, field]) => 'default' in field && !ajv.validate(rewritten(field), field.default))
        .map(([name]) => `${part}.${name}`),
    );
    expect(refused).toEqual([]);
    expect(
      parts()
        .flatMap(([, schema]) => fieldsOf(schema))
        .filter(([, field]) => 'default' in field).length,
    ).toBeGreaterThan(25);
  });

  it('becomes components of an OpenAPI document, with references among them', () => {
    const components = planComponentSchemas();
    expect(Object.keys(components)).toEqual(
      expect.arrayContaining(['Plan', 'Step', 'RateLimit', 'Retry', 'Poll', 'Schedule']),
    );
    const text = JSON.stringify(components);
    expect(text).not.toContain('#/$defs/');
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(components).toHaveProperty(name ?? '');
    expect(components.Plan).not.toHaveProperty('$defs');
  });
});
