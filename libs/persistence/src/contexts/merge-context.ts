import { stringifyJson, type JsonObject } from '@orchid/kernel';
import { ContextTooLarge } from '../database/database.errors';

export const MAX_CONTEXT_FIELD_BYTES = 64 * 1024;
export const MAX_CONTEXT_BYTES = 1024 * 1024;

/**
 * The stored context with `patch` applied: null removes a field, anything else replaces it.
 * Throws `ContextTooLarge`; sizes are those of the JSON text in UTF-8.
 */
export function mergeContext(stored: JsonObject, patch: JsonObject): JsonObject {
  const fields = new Map(Object.entries(stored));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name);
    else fields.set(name, value);
  }
  for (const [field, value] of fields) {
    const bytes = Buffer.byteLength(stringifyJson(value), 'utf8');
    if (bytes > MAX_CONTEXT_FIELD_BYTES) throw new ContextTooLarge({ field, bytes, limit: MAX_CONTEXT_FIELD_BYTES });
  }
  const merged = Object.fromEntries(fields);
  const bytes = Buffer.byteLength(stringifyJson(merged), 'utf8');
  if (bytes > MAX_CONTEXT_BYTES) throw new ContextTooLarge({ bytes, limit: MAX_CONTEXT_BYTES });
  return merged;
}
