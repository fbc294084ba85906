import { Injectable } from '@nestjs/common';
import { Conflict } from '@orchid/persistence';
import { DispatchExecution } from '../executions/dispatch-execution';
import type { Scope } from '../http/tenant-door';
import type { TriggerPlanRequest } from './trigger-plan.request';

@Injectable()
export class TriggerPlan {
  constructor(private readonly dispatch: DispatchExecution) {}

  /** The id of the new, pending execution. Throws `Conflict`: `already_queued`, `config_disabled`. */
  async execute({ work, caller, afterCommit }: Scope, key: string, request: TriggerPlanRequest): Promise<string> {
    const { id: planId } = await work.plans.get(key);
    const contextOverride = request.context_override ?? null;
    const configId = request.config_id.toLowerCase();
    const outcome = await work.executions.trigger({ planId, configId, trigger: 'manual', contextOverride });
    if (outcome.kind === 'already_queued') {
      const { executionId } = outcome;
      throw new Conflict('already_queued', 'An execution of this plan and config is waiting already.', { executionId });
    }
    const { id: executionId } = outcome.execution;
    // Also behind one that runs: it may end before this is committed, and would not know of it.
    afterCommit(() => this.dispatch.enqueue({ tenantId: caller.tenantId, executionId }));
    return executionId;
  }
}
