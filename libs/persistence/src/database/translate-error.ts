import { types } from 'node:util';
import { OrchidError } from '@orchid/kernel';
import { QueryFailedError } from 'typeorm';
import { Conflict, DatabaseFault, DatabaseUnavailable, InvalidData, ReferenceMissing } from './database.errors';

interface ServerError {
  readonly code: string;
  readonly message: string;
  readonly constraint: string | null;
}

/** Nouns of the constraints that a client can run into. */
const UNIQUE: Readonly<Record<string, readonly [noun: string, message: string]>> = {
  integrations_name_key: ['integration', 'An integration of this name exists already.'],
  configs_name_key: ['config', 'The integration has a config of this name already.'],
  auth_flows_name_key: ['auth_flow', 'The integration has an auth flow of this name already.'],
  plans_key_key: ['plan', 'A plan with this key exists already.'],
  plan_versions_pkey: ['plan_version', 'The plan was changed at the same moment.'],
  executions_one_pending: ['execution', 'Another execution of this plan and config is waiting already.'],
  executions_one_active: ['execution', 'Another execution of this plan and config is running.'],
};

const UNREACHABLE =
  /ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOST|ENET|Connection terminated|timeout exceeded|timeout expired|Client has encountered|not queryable|Cannot use a pool after|Driver not Connected|not established/i;

/** Turns what the driver throws into an {@link OrchidError}; errors that are ours, or nobody's, pass unchanged. */
export function translateError(error: unknown): unknown {
  if (error instanceof OrchidError || !types.isNativeError(error)) return error;
  // A QueryFailedError carries the statement's parameters, which may be secrets: only the driver's own error is kept.
  const driver: unknown = error instanceof QueryFailedError ? error.driverError : error;
  const server = serverError(driver);
  if (server !== null) return fromServer(server);
  const text = errorText(driver);
  return UNREACHABLE.test(text) ? new DatabaseUnavailable(text, new Error(text)) : error;
}

function fromServer(error: ServerError): OrchidError {
  const cause = Object.assign(new Error(error.message), { code: error.code });
  const details = error.constraint === null ? {} : { constraint: error.constraint };
  switch (error.code) {
    case '23505':
      return duplicate(error.constraint, cause);
    case '23503':
      return new ReferenceMissing(
        'Something that this refers to does not exist, or is still referred to.',
        details,
        cause,
      );
    case '40001':
    case '40P01':
      return new Conflict(
        'concurrent_change',
        'Changed by somebody else at the same moment.',
        {},
        { cause, retry: 'backoff' },
      );
    case '57014':
      return new DatabaseUnavailable('a statement took too long', cause);
    case '55P03':
      return new DatabaseUnavailable('a lock could not be had in time', cause);
    default:
      return byClass(error, details, cause);
  }
}

function byClass(error: ServerError, details: Readonly<Record<string, string>>, cause: Error): OrchidError {
  const unavailable = ['08', '53', '57', '58'].includes(error.code.slice(0, 2));
  if (unavailable || error.code === '25P03') return new DatabaseUnavailable(error.message, cause);
  if (['22', '23'].includes(error.code.slice(0, 2))) {
    return new InvalidData('The database cannot store this value.', { ...details, sqlState: error.code }, cause);
  }
  return new DatabaseFault(error.code, cause);
}

function duplicate(constraint: string | null, cause: Error): Conflict {
  const [noun, message] = UNIQUE[constraint ?? ''] ?? ['row', 'This exists already.'];
  return new Conflict('already_exists', message, { noun, constraint: constraint ?? '' }, { cause });
}

/** Errors of the server carry an SQLSTATE of five characters and a severity; those of sockets do not. */
function serverError(error: unknown): ServerError | null {
  if (!types.isNativeError(error) || !('severity' in error) || !('code' in error)) return null;
  if (typeof error.code !== 'string' || error.code.length !== 5) return null;
  const constraint = 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : null;
  return { code: error.code, message: error.message, constraint };
}

function errorText(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  // Every address of a host was tried.
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(errorText).join('; ');
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message.includes(code) ? error.message : `${code} ${error.message}`.trim();
}
