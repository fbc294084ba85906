import type { JsonValue } from '@orchid/kernel';
import { bodyReader, requestSchema } from '../http/body-of';
import { BadRequest } from '../http/request.errors';

export const enabledSchema = requestSchema('EnabledRequest', { enabled: { type: 'boolean' } }, ['enabled']);
export const readEnabled = bodyReader<{ readonly enabled: boolean }>(enabledSchema);

export const rollbackSchema = requestSchema(
  'RollbackRequest',
  { version: { type: 'integer', minimum: 1, maximum: 999_999_999, description: 'The version to return to.' } },
  ['version'],
);
export const readRollback = bodyReader<{ readonly version: number }>(rollbackSchema);

/** A plan is judged by its own validator: only its absence is refused here. */
export function readPlan(body: unknown): JsonValue {
  if (body === undefined) throw new BadRequest('required', 'The request has no body.');
  return body as JsonValue;
}
