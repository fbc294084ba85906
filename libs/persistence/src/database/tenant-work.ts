import { AuthFlowStore } from '../auth-flows/auth-flow.store';
import { ConfigStore } from '../configs/config.store';
import { ContextStore } from '../contexts/context.store';
import type { SecretBox } from '../encryption/secret-box';
import { CheckpointStore } from '../executions/checkpoint.store';
import { ExecutionStore } from '../executions/execution.store';
import { IdempotencyStore } from '../idempotency/idempotency.store';
import { IntegrationStore } from '../integrations/integration.store';
import { PlanStore } from '../plans/plan.store';
import { ScheduleStore } from '../schedules/schedule.store';
import { StatisticsStore } from '../statistics/statistics.store';
import type { TenantStatements } from './statements';

/** The stores of one tenant over one transaction. Not to be used after it ended. */
export class TenantWork {
  readonly schedules: ScheduleStore;
  readonly integrations: IntegrationStore;
  readonly configs: ConfigStore;
  readonly authFlows: AuthFlowStore;
  readonly plans: PlanStore;
  readonly contexts: ContextStore;
  readonly statistics: StatisticsStore;
  readonly checkpoints: CheckpointStore;
  readonly executions: ExecutionStore;
  readonly idempotency: IdempotencyStore;

  constructor(statements: TenantStatements, secrets: SecretBox | null) {
    this.schedules = new ScheduleStore(statements);
    this.integrations = new IntegrationStore(statements, this.schedules);
    this.configs = new ConfigStore(statements, this.schedules, secrets);
    this.authFlows = new AuthFlowStore(statements);
    this.plans = new PlanStore(statements, this.schedules);
    this.contexts = new ContextStore(statements);
    this.statistics = new StatisticsStore(statements);
    this.checkpoints = new CheckpointStore(statements);
    this.executions = new ExecutionStore(statements, this);
    this.idempotency = new IdempotencyStore(statements);
  }
}
