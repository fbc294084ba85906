import { createContext, runInContext } from 'node:vm';

/** Work on somebody's schema or values took too long; it was broken off. */
export class TookTooLong extends Error {}

/** Runs synchronous `work`, and breaks it off after `ms`: a small schema can describe exponential work. */
export function withinTime<Result>(ms: number, work: () => Result): Result {
  const outcome: { result?: Result } = {};
  const context = createContext({ run: () => void (outcome.result = work()) });
  try {
    runInContext('run()', context, { timeout: ms });
  } catch (error) {
    throw isTimeout(error) ? new TookTooLong(`broken off after ${ms} ms`) : error;
  }
  return outcome.result as Result;
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
