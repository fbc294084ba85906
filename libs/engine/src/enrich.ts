import { isJsonObject, setOwn, type JsonObject, type JsonValue } from '@orchid/kernel';

/** An item with one field per attached sub-step; a name the item has already is prefixed with `_`. */
export function enrich(item: JsonValue, attached: JsonObject): JsonObject {
  if (Object.keys(attached).length === 0 && isJsonObject(item)) return item;
  const enriched: JsonObject = isJsonObject(item) ? { ...item } : { value: item };
  for (const [id, body] of Object.entries(attached)) {
    let name = id;
    while (Object.hasOwn(enriched, name)) name = `_${name}`;
    setOwn(enriched, name, body);
  }
  return enriched;
}
