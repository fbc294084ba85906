export type { AuthFlow } from './auth-flows/auth-flow.entity';
export type { AuthFlowStore } from './auth-flows/auth-flow.store';
export type { Config } from './configs/config.entity';
export type { ConfigChange, ConfigStore, NewConfig } from './configs/config.store';
export type { StoredContext } from './contexts/context.entity';
export type { ContextStore } from './contexts/context.store';
export { MAX_CONTEXT_BYTES, MAX_CONTEXT_FIELD_BYTES, mergeContext } from './contexts/merge-context';
export { Database, type DatabaseOptions, type UnitOfWork } from './database/database';
export * from './database/database.errors';
export type { Page, PageRequest } from './database/page';
export type { TenantWork } from './database/tenant-work';
export type { DispatchedExecution, DispatchWork, LostOptions } from './dispatch/dispatch-work';
export { SecretBox, SecretBoxError, type RowIdentity } from './encryption/secret-box';
export { joinSecrets, SECRET_MASK, secretMembers, splitSecrets, type SplitValues } from './encryption/split-secrets';
export type { Checkpoint } from './executions/checkpoint.entity';
export type { CheckpointStore } from './executions/checkpoint.store';
export type { Claim, ClaimOptions, ClaimOutcome } from './executions/claim-execution';
export * from './executions/execution.entity';
export type {
  CancelOutcome,
  ExecutionFilter,
  ExecutionStore,
  OwnerNews,
  TriggerOutcome,
  TriggerRequest,
} from './executions/execution.store';
export type { EndedExecution, ExecutionResult, Finished } from './executions/finish-execution';
export type { IdempotencyOutcome, IdempotencyStore, IdempotentRequest } from './idempotency/idempotency.store';
export type { ConfigSchema, Integration } from './integrations/integration.entity';
export type { IntegrationFields, IntegrationStore } from './integrations/integration.store';
export { appUrl, migrate, type Migrated, type MigrateOptions } from './migrate/migrate';
export type { PlanVersion } from './plans/plan-version.entity';
export type { Plan } from './plans/plan.entity';
export type { NewPlan, PlanChange, PlanStore, PlanWithDocument } from './plans/plan.store';
export type { Schedule } from './schedules/schedule.entity';
export { SCHEDULES_CHANGED, type ScheduleStore } from './schedules/schedule.store';
export type { Statistics } from './statistics/statistics.entity';
export type { StatisticsStore } from './statistics/statistics.store';
