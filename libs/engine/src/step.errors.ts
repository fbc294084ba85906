import { OrchidError, type ErrorType, type JsonValue } from '@orchid/kernel';
import type { ExecutionError } from './execution-outcome';

/** A rule of the plan language that a running step broke. */
export class StepError extends OrchidError {
  constructor(
    code: string,
    message: string,
    details: Readonly<Record<string, JsonValue>> = {},
    type: ErrorType = 'permanent',
  ) {
    super(message, { code, type, details });
  }
}

const INFRASTRUCTURE = new Set([
  'broker_unavailable',
  'broker_refused',
  'publisher_closed',
  'publisher_overloaded',
  'unroutable',
  'limiter_unavailable',
  'token_cache_unavailable',
  'database_unavailable',
  'database_fault',
  'ownership_lost',
]);

/** Whether an error speaks of the API or the plan; anything else is Orchid's own trouble and passes through the engine. */
export function isStepFailure(error: unknown): error is OrchidError {
  return error instanceof OrchidError && !INFRASTRUCTURE.has(error.code);
}

export function executionError(error: OrchidError, stepPath: string): ExecutionError {
  return { code: error.code, type: error.type, message: error.message, step_path: stepPath };
}
