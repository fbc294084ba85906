import { OrchidError, type ErrorType, type JsonValue, type Retry } from '@orchid/kernel';

type Details = Readonly<Record<string, JsonValue>>;

/** No row of this tenant has that id or key; another tenant's row is not found either. */
export class NotFound extends OrchidError {
  constructor(noun: string, id: string) {
    super(`There is no ${noun} "${id}".`, { code: 'not_found', details: { noun, id } });
  }
}

/** The row changed since it was read: `If-Match` no longer holds. */
export class StaleRevision extends OrchidError {
  constructor(noun: string, id: string) {
    super(`This ${noun} was changed in the meantime.`, { code: 'stale_revision', details: { noun, id } });
  }
}

/** The wish contradicts what is stored. `code` says how: `already_exists`, `in_use`, `config_disabled`, `concurrent_change`. */
export class Conflict extends OrchidError {
  constructor(code: string, message: string, details: Details = {}, more: { cause?: unknown; retry?: Retry } = {}) {
    super(message, { code, details, ...more });
  }
}

/** A row refers to something that does not exist for this tenant. */
export class ReferenceMissing extends OrchidError {
  constructor(message: string, details: Details, cause: unknown) {
    super(message, { code: 'reference_missing', details, cause });
  }
}

/** PostgreSQL cannot hold the value: NUL in text, a number out of range, a broken rule of a table. */
export class InvalidData extends OrchidError {
  constructor(message: string, details: Details, cause: unknown) {
    super(message, { code: 'invalid_data', details, cause });
  }
}

/** A page cursor that this list never gave out. */
export class InvalidCursor extends OrchidError {
  constructor() {
    super('The cursor is not one that this list gave out.', { code: 'invalid_cursor' });
  }
}

/** PostgreSQL cannot be reached, is shutting down, or did not answer in time. */
export class DatabaseUnavailable extends OrchidError {
  constructor(reason: string, cause: unknown) {
    super(`The database is not available: ${reason}.`, {
      code: 'database_unavailable',
      type: 'transient' satisfies ErrorType,
      retry: 'backoff',
      cause,
    });
  }
}

/** PostgreSQL refused a statement for a reason that is a defect of ours. */
export class DatabaseFault extends OrchidError {
  constructor(sqlState: string, cause: unknown) {
    super(`The database refused a statement (${sqlState}).`, { code: 'database_fault', details: { sqlState }, cause });
  }
}

/** The database role may do more than the application's: it would bypass the tenants' isolation. */
export class UnsafeRole extends OrchidError {
  constructor(role: string, reason: string) {
    super(`The application must not connect as "${role}": it ${reason}.`, { code: 'unsafe_role', type: 'config' });
  }
}

/** Another worker has claimed the execution since: stop before the next request and the next publish. */
export class OwnershipLost extends OrchidError {
  constructor(executionId: string, epoch: number) {
    super(`Execution ${executionId} is no longer owned by epoch ${epoch}.`, {
      code: 'ownership_lost',
      details: { executionId, epoch },
    });
  }
}

/** The context to be stored exceeds 64 KiB in one field or 1 MiB in all. Nothing was written. */
export class ContextTooLarge extends OrchidError {
  constructor(details: { field?: string; bytes: number; limit: number }) {
    const what = details.field === undefined ? 'The context' : `The context's field "${details.field}"`;
    super(`${what} has ${details.bytes} bytes, more than ${details.limit}.`, { code: 'context_too_large', details });
  }
}
