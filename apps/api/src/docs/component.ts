/** A reference to a schema that `openApiDocument` adds by name: those that come from the libraries' own JSON Schemas. */
export function component(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
