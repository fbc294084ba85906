import { HttpException } from '@nestjs/common';
import { OrchidError, type Fault, type JsonValue } from '@orchid/kernel';
import { BadRequest, InvalidDocument } from './request.errors';
import { ERROR_TABLE, TITLES, type ErrorRow } from './error-table';

/** The body of every answer that is an error (RFC 9457), with facts about it as further members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  /** Everything that is wrong, not only the first. */
  readonly errors: readonly Fault[];
  readonly [fact: string]: unknown;
}

interface Explanation {
  readonly code: string;
  readonly detail: string;
  readonly row: ErrorRow;
  readonly faults?: readonly Fault[];
  readonly facts?: Readonly<Record<string, JsonValue>>;
}

export interface Told {
  readonly problem: Problem;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter: number | null;
  /** A defect of ours: somebody must look at it. */
  readonly isDefect: boolean;
}

const DEFECT: Explanation = {
  code: 'internal_error',
  detail: 'Something went wrong here. The log has the details under the request id.',
  row: { status: 500 },
};

/** Says over HTTP what went wrong. Nothing of an error that is not meant for clients gets through. */
export function tellProblem(error: unknown, instance: string): Told {
  const { code, detail, row, faults = [], facts = {} } = explain(error);
  const { status, hint, retryAfter = null } = row;
  const summary: Fault = { path: '$', code, message: detail, ...(hint !== undefined && { hint }) };
  const told = {
    type: `urn:orchid:problem:${code}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    instance,
    code,
    errors: faults.length > 0 ? faults : [summary],
  };
  const problem: Problem = { ...told, ...snakeCase(facts), ...told };
  return { problem, retryAfter, isDefect: status === 500 };
}

function explain(error: unknown): Explanation {
  if (error instanceof InvalidDocument || error instanceof BadRequest) {
    return { code: error.code, detail: error.message, row: rowOf(error.code), faults: error.faults };
  }
  if (error instanceof OrchidError) return explainOrchid(error);
  if (error instanceof HttpException) return explainHttp(error.getStatus(), error.message);
  const status = statusOf(error);
  return status === null ? DEFECT : explainHttp(status, error instanceof Error ? error.message : '');
}

function explainOrchid(error: OrchidError): Explanation {
  const row = ERROR_TABLE[error.code];
  if (row === undefined) return DEFECT;
  const { code, details } = error;
  if (code === 'in_use') return { code, row: { ...row, hint: IN_USE_HINT }, facts: details, detail: inUse(error) };
  // What the database says of itself is for the log.
  const facts = row.status === 503 ? {} : details;
  const detail = code === 'database_unavailable' ? 'The database is not available.' : error.message;
  return { code, detail, row, facts };
}

const IN_USE_HINT = 'Delete what uses it first; an integration is deleted with all that it has by ?cascade=true.';

function inUse({ message, details }: OrchidError): string {
  const counts = Object.entries(details).filter(([, count]) => typeof count === 'number' && count > 0) as [
    string,
    number,
  ][];
  if (counts.length === 0) return message;
  const uses = counts.map(([noun, count]) => `${count} ${NOUNS[noun] ?? noun}`);
  return `${message} It has: ${uses.join(', ')}.`;
}

const NOUNS: Readonly<Record<string, string>> = { configs: 'config(s)', authFlows: 'auth flow(s)', plans: 'plan(s)' };

/** Nest's and Express's own refusals. */
function explainHttp(status: number, message: string): Explanation {
  if (status === 404) {
    return { code: 'unknown_route', detail: 'There is no such route.', row: rowOf('unknown_route') };
  }
  if (status >= 500 || TITLES[status] === undefined) return DEFECT;
  return { code: 'bad_request', detail: message, row: { status } };
}

function rowOf(code: string): ErrorRow {
  return ERROR_TABLE[code] ?? DEFECT.row;
}

/** Of the errors that Express's own parts throw, such as for a path that is not percent-encoded. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('status' in error) || !('expose' in error || error instanceof URIError))
    return null;
  return typeof error.status === 'number' && error.status < 500 ? error.status : null;
}

function snakeCase(facts: Readonly<Record<string, JsonValue>>): Record<string, JsonValue> {
  const rename = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [rename(name), value]));
}
