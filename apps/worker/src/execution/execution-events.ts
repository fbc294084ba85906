import type { Clock } from '@orchid/kernel';
import { eventRecord, type ExecutionCompleted, type Publisher, type Receipt } from '@orchid/messaging';
import type { Execution } from '@orchid/persistence';

type Ended = ExecutionCompleted['status'];

/** Publishes that an execution began and ended. */
export class ExecutionEvents {
  constructor(
    private readonly publisher: Publisher,
    private readonly clock: Clock,
  ) {}

  async started(execution: Execution): Promise<void> {
    await this.publisher.publish([
      eventRecord({ type: 'execution.started', ...this.facts(execution), status: 'running' }),
    ]);
  }

  async completed(execution: Execution, status: Ended, receipt: Receipt): Promise<void> {
    const event = { type: 'execution.completed', ...this.facts(execution), status, receipt } as const;
    await this.publisher.publish([eventRecord(event)]);
  }

  private facts(execution: Execution) {
    return {
      tenant_id: execution.tenantId,
      integration: execution.integration,
      plan_key: execution.planKey,
      plan_version: execution.planVersion,
      config_id: execution.configId,
      execution_id: execution.id,
      timestamp: new Date(this.clock.now()).toISOString(),
    };
  }
}
