import type { JsonObject } from '@orchid/kernel';

/** What is kept from one execution of a plan and config to the next. */
export interface KeptContext {
  readonly data: JsonObject;
  readonly lastExecutionAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly lastFailureAt: Date | null;
  readonly executionCount: number;
}

/** The stored context with its read-only members, as an execution that started at `startedAt` sees it. */
export function contextScope(
  kept: KeptContext | null,
  startedAt: Date,
  override: JsonObject | null = null,
): JsonObject {
  return {
    ...kept?.data,
    current_time: startedAt.toISOString(),
    last_execution_at: kept?.lastExecutionAt?.toISOString() ?? null,
    last_success_at: kept?.lastSuccessAt?.toISOString() ?? null,
    last_failure_at: kept?.lastFailureAt?.toISOString() ?? null,
    execution_count: kept?.executionCount ?? 0,
    ...override,
  };
}
