import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line written within an operation carries. Ids only: never a value that could be secret. */
export interface LogContext {
  readonly tenant_id?: string;
  readonly request_id?: string;
  readonly plan_key?: string;
  readonly config_id?: string;
  readonly execution_id?: string;
  readonly step_path?: string;
  readonly job_id?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs `work` so that its log lines, also those after an `await`, carry `fields` besides what surrounds it. */
export function withLogContext<T>(fields: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

export function currentLogContext(): LogContext {
  return storage.getStore() ?? {};
}
