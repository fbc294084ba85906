import type { JsonObject } from '@orchid/kernel';
import { joinSecrets, splitSecrets } from '@orchid/persistence';
import { InvalidDocument } from '../http/request.errors';
import { checkValues } from './config-schema';

/** The values to store: the mask replaced by the stored secrets, checked, defaults filled in. Throws `InvalidDocument`. */
export function fullValues(schema: JsonObject, values: JsonObject, stored: JsonObject): JsonObject {
  const kept = splitSecrets(schema, stored).secrets;
  const { shown, secrets } = splitSecrets(schema, values, kept);
  const checked = checkValues(schema, joinSecrets(shown, secrets), '$.values');
  if (!checked.ok) throw new InvalidDocument(checked.faults);
  return checked.values;
}
